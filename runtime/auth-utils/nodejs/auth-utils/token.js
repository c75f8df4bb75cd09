import { compactVerify } from 'jose/jws/compact/verify';
import { checkClaims } from './claims.js';
import { clock } from './clock.js';
import { readConfig } from './config.js';
import { demand, misconfigured, Refusal } from './errors.js';
import { fetchedKey } from './fetched-key.js';
import { readHeader } from './header.js';
import { fetchJwks } from './jwks.js';
import { loadSecret } from './keys.js';
import { fetchSecret } from './secrets.js';
import { parseObject } from './strict-json.js';

// Ours: jose takes unused bits of the last character that are not zero
const BASE64URL = '(?:[\\w-]{4})*(?:[\\w-][AQgw]|[\\w-]{2}[AEIMQUYcgkosw048])?';
const TOKEN = new RegExp(`^(?!\\.)${BASE64URL}\\.(?!\\.)${BASE64URL}\\.${BASE64URL}$`);

let started;

export function reset() {
  started = undefined;
}

async function start() {
  const config = readConfig();
  const { name, pem, url, ttl, cooldown } = config.key;
  const state = { config, headers: new Map() };
  const fetch = () => url ? fetchJwks(url, config.algorithms) : fetchSecret(config);
  if (ttl !== undefined) return { ...state, ...fetchedKey(fetch, ttl, cooldown) };
  const keys = await loadSecret(pem ?? process.env[name] ?? misconfigured(`${name} is not set`), name ?? 'key.pem', config);
  return { ...state, get: () => keys, newer: () => keys };
}

function candidates(keys, { alg, kid }, jwks) {
  const fit = keys.filter((key) => key.alg === alg && !(key.until <= clock.now()) && (!jwks || kid === undefined || key.kid === kid));
  return jwks && kid === undefined && fit.length > 1 ? [] : fit;
}

/** The payload's bytes; after a failure newer keys are tried, once. */
async function verifySignature(token, header, { config, get, newer }) {
  let code, used, keys = await get();
  for (let round = 0; round < 2 && keys !== used; round++) {
    code = 'unknown_key';
    for (const { key } of candidates(keys, header, config.key.url)) {
      try {
        return (await compactVerify(token, key, { algorithms: [header.alg] })).payload;
      } catch {
        code = 'bad_signature';
      }
    }
    used = keys;
    if (!round) keys = await newer(used);
  }
  throw new Refusal(code);
}

async function verify(token, state) {
  const { config, headers } = state;
  if (token instanceof Uint8Array) token = Buffer.from(token).toString();
  const isText = typeof token === 'string';
  demand(isText ? /[^ \t-\r]/.test(token) : token !== undefined && token !== null, 'missing');
  demand(isText, 'malformed');
  demand(token.length <= config.maxTokenBytes, 'too_large');
  demand(TOKEN.test(token), 'malformed');
  const [encoded, , signature] = token.split('.');
  const header = (signature && headers.get(encoded)) || readHeader(encoded, signature, config.algorithms);
  const payload = parseObject(await verifySignature(token, header, state));
  // Headers that verified are remembered
  if (!headers.has(encoded)) {
    if (headers.size === 32) headers.clear();
    headers.set(encoded, header);
  }
  demand(payload, 'malformed');
  checkClaims(payload, config);
  return payload;
}

export async function verifyToken(token) {
  const state = await (started ??= start());
  try {
    return { valid: true, payload: await verify(token, state) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code } = error;
    return { valid: false, error: code === 'key_unavailable' ? 'Token cannot be verified now' : 'Invalid token', code };
  }
}
