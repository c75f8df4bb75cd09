import { misconfigured } from './errors.js';
import { isObject } from './strict-json.js';

const flag = (value) => typeof value === 'boolean';
const text = (value) => typeof value === 'string' && value !== '';
const texts = (value) => Array.isArray(value) && value.length > 0 && value.every(text);
const seconds = (value) => Number.isFinite(value) && value >= 0;
const https = (value) => text(value) && value.startsWith('https://') && URL.canParse(value);
const uses = (value) => texts(value) && value.every((use) => use === 'access' || use === 'id');
// HS never with others
const algorithms = (value) => texts(value) && /^(HS(256|384|512),)+$|^(((RS|PS|ES)(256|384|512)|EdDSA),)+$/.test(`${value},`);
const bytes = (value) => Number.isSafeInteger(value) && value > 0;

// Check and default of a field; wanted, when it has none
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
  maxTokenBytes: [bytes, 16384],
};

function read(fields, given) {
  const wrong = (name) => misconfigured(`AUTH_UTILS_CONFIG: ${name} is unknown, missing or wrong`);
  Object.keys(given).forEach((name) => Object.hasOwn(fields, name) || wrong(name));
  return Object.fromEntries(Object.entries(fields).map(([name, [check, ...preset]]) => {
    if (!Object.hasOwn(given, name)) return [name, preset.length ? preset[0] : wrong(name)];
    return [name, check(given[name]) ? given[name] : wrong(name)];
  }));
}

export function readConfig() {
  let given;
  try {
    given = JSON.parse(process.env.AUTH_UTILS_CONFIG ?? '{}');
  } catch {
    // Its message quotes the text
  }
  if (!isObject(given)) misconfigured('AUTH_UTILS_CONFIG is not a JSON object');
  const config = read(CONFIG, given);
  const { type } = config.key;
  if (!Object.hasOwn(KEYS, type)) misconfigured('AUTH_UTILS_CONFIG: unknown key.type');
  const key = config.key = read({ type: [text], ...KEYS[type] }, config.key);
  if ((key.cooldown !== undefined || key.pem) && config.algorithms[0].startsWith('HS')) misconfigured(`${type} needs asymmetric algorithms`);
  if (key.issuer) {
    if ((config.issuer ??= key.issuer) !== key.issuer) misconfigured('issuer is not the user pool');
    key.url = `${key.issuer}/.well-known/jwks.json`;
  }
  return config;
}
