import { misconfigured } from './errors.js';
import { isObject } from './strict-json.js';

const ALGORITHM = /^((HS|RS|PS|ES)(256|384|512)|EdDSA)$/;

const flag = (value) => typeof value === 'boolean';
const text = (value) => typeof value === 'string' && value !== '';
const texts = (value) => Array.isArray(value) && value.length > 0 && value.every(text);
const seconds = (value) => Number.isFinite(value) && value >= 0;
const https = (value) => text(value) && value.startsWith('https://') && URL.canParse(value);
const uses = (value) => texts(value) && value.every((use) => use === 'access' || use === 'id');
const algorithms = (value) => texts(value) && value.every((alg) => ALGORITHM.test(alg)) && new Set(value.map(isHmac)).size === 1;

// Name of a field: its check and its default; without a default it must be there
const SECRET = { field: [text, undefined], ttl: [seconds, 300], overlap: [seconds, 0] };
const JWKS = { ttl: [seconds, 600], cooldown: [seconds, 30] };
const KEYS = {
  environment: { name: [text] },
  secret: { id: [text], ...SECRET },
  parameter: { name: [text], ...SECRET },
  jwks: { url: [https], ...JWKS },
  userPool: { issuer: [https], clients: [texts], tokenUse: [uses, ['access', 'id']], ...JWKS },
  publicKey: { pem: [text] },
};
const CONFIG = {
  key: [isObject, { type: 'environment', name: 'JWT_SECRET' }],
  algorithms: [algorithms, ['HS256']],
  issuer: [text, undefined],
  audience: [texts, undefined],
  leeway: [seconds, 0],
  requireExpiration: [flag, true],
  allowShortSecrets: [flag, false],
  maxTokenBytes: [(value) => Number.isSafeInteger(value) && value > 0, 16384],
};

export function isHmac(algorithm) {
  return algorithm.startsWith('HS');
}

const wrong = (what) => misconfigured(`AUTH_UTILS_CONFIG: ${what}`);

function read(fields, given, path = '') {
  for (const name of Object.keys(given)) if (!Object.hasOwn(fields, name)) wrong(`unknown field ${path}${name}`);
  const result = {};
  for (const [name, [check, ...preset]] of Object.entries(fields)) {
    if (Object.hasOwn(given, name) ? !check(given[name]) : !preset.length) wrong(`${path}${name} is missing or wrong`);
    result[name] = Object.hasOwn(given, name) ? given[name] : preset[0];
  }
  return result;
}

/** The configuration of the environment, checked and with its defaults. */
export function readConfig() {
  let given;
  try {
    given = JSON.parse(process.env.AUTH_UTILS_CONFIG ?? '{}');
  } catch {
    // The message of JSON.parse quotes the text
  }
  if (!isObject(given)) wrong('not a JSON object');
  const config = read(CONFIG, given);
  const { type, ...rest } = config.key;
  if (!Object.hasOwn(KEYS, type)) wrong('key.type is missing or wrong');
  const key = config.key = { type, ...read(KEYS[type], rest, 'key.') };

  if (['jwks', 'userPool', 'publicKey'].includes(type) && isHmac(config.algorithms[0])) wrong(`a key of type ${type} needs asymmetric algorithms`);
  if (type === 'userPool') {
    if (config.issuer && config.issuer !== key.issuer) wrong('issuer is not the user pool');
    config.issuer = key.issuer;
  }
  return config;
}
