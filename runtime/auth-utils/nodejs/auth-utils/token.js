import { compactVerify } from 'jose/jws/compact/verify';
import { checkClaims } from './claims.js';
import { clock } from './clock.js';
import { readConfig } from './config.js';
import { misconfigured, Refusal, refuse } from './errors.js';
import { FetchedKey } from './fetched-key.js';
import { readHeader } from './header.js';
import { fetchJwks } from './jwks.js';
import { loadSecret } from './keys.js';
import { secretFetcher } from './secrets.js';
import { parseObject } from './strict-json.js';

// Canonical unpadded base64url: unused bits of the last character are zero. Ours: jose lets others through.
const BASE64URL = '(?:[\\w-]{4})*(?:[\\w-][AQgw]|[\\w-]{2}[AEIMQUYcgkosw048])?';
const TOKEN = new RegExp(`^(?!\\.)${BASE64URL}\\.(?!\\.)${BASE64URL}\\.${BASE64URL}$`);
const HEADERS = 32;

let settings;

/** Forgets configuration and keys. */
export function reset() {
  settings = undefined;
}

async function keySource(config) {
  const { type, name, pem, url, issuer, ttl, cooldown } = config.key;
  if (type === 'jwks') return new FetchedKey(() => fetchJwks(url, config.algorithms), ttl, cooldown);
  if (type === 'userPool') return new FetchedKey(() => fetchJwks(`${issuer}/.well-known/jwks.json`, config.algorithms), ttl, cooldown);
  if (type === 'secret' || type === 'parameter') return new FetchedKey(secretFetcher(config), ttl, 30);
  const what = name ? `environment variable ${name}` : 'key.pem';
  const keys = await loadSecret(pem ?? process.env[name] ?? misconfigured(`${what} is not set`), what, config);
  return { get: () => keys, newer: () => keys };
}

async function start() {
  const config = readConfig();
  return { config, source: await keySource(config), byKid: 'cooldown' in config.key, headers: new Map() };
}

function candidates(keys, { alg, kid }, byKid) {
  const found = keys.filter((key) => key.alg === alg && !(key.until <= clock.now()) && (!byKid || kid === undefined || key.kid === kid));
  return byKid && kid === undefined && found.length > 1 ? [] : found;
}

/** The payload's bytes, once a key verifies the signature; a second time with newer keys, if there are any. */
async function verifySignature(token, header, { source, byKid }) {
  const options = { algorithms: [header.alg] };
  let code, used, keys = await source.get();
  for (let round = 0; round < 2 && keys !== used; round++) {
    code = 'unknown_key';
    for (const { key } of candidates(keys, header, byKid)) {
      try {
        return (await compactVerify(token, key, options)).payload;
      } catch {
        code = 'bad_signature';
      }
    }
    used = keys;
    if (round === 0) keys = await source.newer(used);
  }
  refuse(code);
}

async function verify(token, state) {
  const { config, headers } = state;
  if (token instanceof Uint8Array) token = Buffer.from(token).toString();
  if (token === undefined || token === null || (typeof token === 'string' && !token.trim())) refuse('missing');
  if (typeof token !== 'string') refuse('malformed');
  if (token.length > config.maxTokenBytes) refuse('too_large');
  if (!TOKEN.test(token)) refuse('malformed');

  const end = token.indexOf('.');
  const encoded = token.slice(0, end);
  const signature = !token.endsWith('.');
  // Headers of tokens that verified are remembered
  const header = (signature && headers.get(encoded)) || readHeader(encoded, signature, config.algorithms);
  const payload = parseObject(await verifySignature(token, header, state)) ?? refuse('malformed');
  if (headers.size >= HEADERS) headers.clear();
  headers.set(encoded, header);
  checkClaims(payload, config);
  return payload;
}

export async function verifyToken(token) {
  const state = await (settings ??= start());
  try {
    return { valid: true, payload: await verify(token, state) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code } = error;
    // No more than that: it would help an attacker
    return { valid: false, error: code === 'key_unavailable' ? 'Token cannot be verified now' : 'Invalid token', code };
  }
}
