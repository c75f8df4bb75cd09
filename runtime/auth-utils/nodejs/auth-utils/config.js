import { misconfigured } from './errors.js';
import { isObject, parseObject } from './strict-json.js';

const text = (value) => typeof value === 'string' && value !== '';
const texts = (value) => Array.isArray(value) && value.length > 0 && value.every(text);
const seconds = (value) => Number.isFinite(value) && value >= 0;
const flag = (value) => typeof value === 'boolean';
const https = (value) => text(value) && /^https:\/\/[\w.:[\]-]+(\/[!-~]*)?$/.test(value);
// All by one of the patterns
const match = (...patterns) => (value) => texts(value) && patterns.some((pattern) => value.every((one) => pattern.test(one)));
const maybe = (check) => (value) => value === undefined || check(value);

// Check and default of each field
const SECRET = { field: [maybe(text)], ttl: [seconds, 300], overlap: [seconds, 0] };
const JWKS = { ttl: [seconds, 600], cooldown: [seconds, 30] };
const KEYS = {
  __proto__: null,
  environment: { name: [text] },
  secret: { id: [text], ...SECRET },
  parameter: { name: [text], ...SECRET },
  jwks: { url: [https], ...JWKS },
  userPool: { issuer: [https], clients: [texts], tokenUse: [match(/^(access|id)$/), ['access', 'id']], ...JWKS },
  publicKey: { pem: [text] },
};
const CONFIG = {
  key: [isObject, { type: 'environment', name: 'JWT_SECRET' }],
  // HS never with others
  algorithms: [match(/^HS(256|384|512)$/, /^((RS|PS|ES)(256|384|512)|EdDSA)$/), ['HS256']],
  issuer: [maybe(text)],
  audience: [maybe(texts)],
  leeway: [seconds, 0],
  requireExpiration: [flag, true],
  allowShortSecrets: [flag, false],
  maxTokenBytes: [(value) => value > 0 && Number.isInteger(value), 16384],
};

const wrong = (what) => misconfigured(`AUTH_UTILS_CONFIG: ${what} is unknown, missing or wrong`);

function read(fields, given) {
  for (const name of Object.keys(given)) if (!Object.hasOwn(fields, name)) wrong(name);
  return Object.fromEntries(Object.entries(fields).map(([name, [check, preset]]) => {
    const { [name]: value = preset } = given;
    return [name, check(value) ? value : wrong(name)];
  }));
}

export function readConfig() {
  const given = parseObject(Buffer.from(process.env.AUTH_UTILS_CONFIG ?? '{}')) ?? misconfigured('AUTH_UTILS_CONFIG is not a strict JSON object');
  const config = read(CONFIG, given);
  const { type } = config.key;
  config.algorithms = [...new Set(config.algorithms)];
  const key = config.key = read({ type: [text], ...(KEYS[type] ?? wrong('key.type')) }, config.key);
  if (key.issuer) {
    key.url = `${key.issuer}/.well-known/jwks.json`;
    if ((config.issuer ??= key.issuer) !== key.issuer) wrong('issuer');
  }
  if ((key.url || key.pem) && config.algorithms[0].startsWith('HS')) wrong(`algorithms for ${type}`);
  return config;
}
