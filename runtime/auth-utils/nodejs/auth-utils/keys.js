import { createPublicKey } from 'node:crypto';
import { misconfigured } from './errors.js';

const CURVES = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };

// One block, ASCII white space alone
const PEM = /^[\t-\r ]*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\t-\r ]+-----END PUBLIC KEY-----[\t-\r ]*$/;
// PEM, SSH, JWK as HMAC secret: known to anybody. The same list in the Python half
const PUBLIC = /----[- ]BEGIN|(?:^|[\r\n])[ \t]*(?:(?:sk-)?(?:ssh|ecdsa)-|[{[][^]*"kty")/;

/** The uses of a public key, one an algorithm that it fits; createPublicKey throws when it is none. */
function publicKeys(source, algorithms, kid) {
  const key = createPublicKey(source);
  const { asymmetricKeyType: type, asymmetricKeyDetails: { namedCurve, modulusLength } } = key;
  return algorithms.filter((alg) => {
    if (alg === 'EdDSA') return type === 'ed25519';
    return alg in CURVES ? namedCurve === CURVES[alg] : type === 'rsa' && modulusLength >= 2048;
  }).map((alg) => ({ alg, kid, key }));
}

/** Keys of a secret or PEM; `name` is for the operator. */
export async function loadSecret(value, name, { algorithms, allowShortSecrets }) {
  const bytes = Buffer.from(value);
  const text = bytes.toString('latin1');
  if (!text) misconfigured(`${name} is empty`);
  if (!algorithms[0].startsWith('HS')) {
    try {
      // Private keys and certificates would do for createPublicKey
      const keys = PEM.test(text) && publicKeys(text, algorithms);
      if (keys.length) return keys;
    } catch {
      // As below
    }
    misconfigured(`${name} is no public key for ${algorithms}`);
  }
  if (PUBLIC.test(text)) misconfigured(`${name} is no HMAC secret`);
  const least = Math.max(...algorithms.map((alg) => alg.slice(2))) / 8;
  if (bytes.length < least && !allowShortSecrets) misconfigured(`${name} has under ${least} bytes`);
  return Promise.all(algorithms.map(async (alg) => {
    // jose would import bytes for each token
    const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: `SHA-${alg.slice(2)}` }, false, ['verify']);
    return { alg, key };
  }));
}

/** Keys of a member of a JWKS: none when it is of no use. */
export function loadJwk(jwk, algorithms) {
  try {
    const { use = 'sig', key_ops: operations = ['verify'], alg, kid } = jwk;
    if (use !== 'sig' || !Array.isArray(operations) || !operations.includes('verify') || 'd' in jwk) return [];
    return publicKeys({ key: jwk, format: 'jwk' }, algorithms.filter((one) => alg === undefined || alg === one), kid);
  } catch {
    return [];
  }
}
