import { createPublicKey } from 'node:crypto';
import { isHmac } from './config.js';
import { misconfigured } from './errors.js';

const CURVES = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };
const PEM = /^\s*-----BEGIN PUBLIC KEY-----[\w+/=\s]+-----END PUBLIC KEY-----\s*$/;
// The makings of HS/RS confusion: a public key as HMAC secret
const NO_SECRET = /-----BEGIN|^\s*ssh-|^\s*\{[^]*"kty"/m;

function fits(algorithm, { asymmetricKeyType: type, asymmetricKeyDetails: details }) {
  if (algorithm === 'EdDSA') return type === 'ed25519';
  if (algorithm in CURVES) return type === 'ec' && details.namedCurve === CURVES[algorithm];
  return type === 'rsa' && details.modulusLength >= 2048;
}

const entries = (key, algorithms, kid) => algorithms.filter((alg) => fits(alg, key)).map((alg) => ({ alg, kid, key }));

/** A secret, text or bytes, as a list of keys, one an algorithm. `name` tells the operator which secret it is. */
export async function loadSecret(value, name, { algorithms, allowShortSecrets }) {
  const bytes = Buffer.from(value);
  if (!bytes.length) misconfigured(`${name} is empty`);
  if (!isHmac(algorithms[0])) return loadPem(bytes.toString(), name, algorithms);

  if (NO_SECRET.test(bytes.toString('latin1'))) misconfigured(`${name} holds a key of another kind, not an HMAC secret`);
  const wanted = Math.max(...algorithms.map((alg) => alg.slice(2))) / 8;
  if (bytes.length < wanted && !allowShortSecrets) misconfigured(`${name} is too short: ${wanted} bytes at least`);
  return Promise.all(algorithms.map(async (alg) => {
    // Once here: jose would import bytes anew for each token
    const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: `SHA-${alg.slice(2)}` }, false, ['verify']);
    return { alg, key };
  }));
}

function loadPem(pem, name, algorithms) {
  let keys = [];
  try {
    // createPublicKey would take private keys and certificates, too
    if (PEM.test(pem)) keys = entries(createPublicKey(pem), algorithms);
  } catch {
    // Told below; OpenSSL's message says no more
  }
  return keys.length ? keys : misconfigured(`${name} is no PEM public key that fits ${algorithms.join(', ')}`);
}

/** The keys of one member of a JWKS; none when it is of no use here. */
export function loadJwk(jwk, algorithms) {
  const { use = 'sig', key_ops: operations = ['verify'], alg, kid, d } = Object(jwk);
  if (use !== 'sig' || !operations?.includes?.('verify') || d !== undefined) return [];
  try {
    return entries(createPublicKey({ key: jwk, format: 'jwk' }), algorithms.filter((one) => alg === undefined || alg === one), kid);
  } catch {
    return [];
  }
}
