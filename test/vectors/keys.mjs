import * as crypto from 'node:crypto';

/** Bytes that are always the same for a name: keys of tests need no chance, and so no private key lies in the repository. */
export const bytesOf = (name, length) => crypto.createHash('shake256', { outputLength: length }).update(name).digest();

export const toNumber = (bytes) => BigInt(`0x${bytes.toString('hex')}`);
export const toBytes = (number, length) => Buffer.from(number.toString(16).padStart(length * 2, '0'), 'hex');

const base64url = (number, length = Math.ceil(number.toString(16).length / 2)) => toBytes(number, length).toString('base64url');

/** The inverse of `value` modulo `modulus`, by Euclid. */
export function inverse(value, modulus) {
  let [a, b, x, y] = [((value % modulus) + modulus) % modulus, modulus, 1n, 0n];
  while (b !== 0n) {
    [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  }
  return ((x % modulus) + modulus) % modulus;
}

const EXPONENT = 65537n;

function primeOf(name, bits) {
  const highest = 3n << BigInt(bits - 2);
  for (let candidate = toNumber(bytesOf(name, bits / 8)) | highest | 1n; ; candidate += 2n) {
    if ((candidate - 1n) % EXPONENT !== 0n && crypto.checkPrimeSync(candidate)) {
      return candidate;
    }
  }
}

function rsaKey(name, bits) {
  const [p, q] = [primeOf(`${name} p`, bits / 2), primeOf(`${name} q`, bits / 2)];
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const numbers = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const members = Object.entries(numbers).map(([member, number]) => [member, base64url(number)]);
  return keyPair(crypto.createPrivateKey({ format: 'jwk', key: { kty: 'RSA', ...Object.fromEntries(members) } }));
}

/** Each curve: its name in OpenSSL, bytes of a coordinate, order of the base point. */
export const curves = {
  'P-256': { openssl: 'prime256v1', size: 32, order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n },
  'P-384': {
    openssl: 'secp384r1', size: 48,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
  'P-521': {
    openssl: 'secp521r1', size: 66,
    order: (0x1ffn << 512n)
      | (0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffan << 256n)
      | 0x51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  },
};

/** The point `scalar` times the base point, as its two coordinates. */
export function pointOf(curve, scalar) {
  const { openssl, size } = curves[curve];
  const side = crypto.createECDH(openssl);
  side.setPrivateKey(toBytes(scalar, size));
  const point = side.getPublicKey();
  return [point.subarray(1, 1 + size), point.subarray(1 + size)];
}

function ecKey(name, curve) {
  const { size, order } = curves[curve];
  const d = toNumber(bytesOf(name, size)) % (order - 1n) + 1n;
  const [x, y] = pointOf(curve, d).map((coordinate) => coordinate.toString('base64url'));
  return keyPair(crypto.createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: curve, x, y, d: base64url(d, size) } }));
}

function edKey(name, prefix, length) {
  const der = Buffer.concat([Buffer.from(prefix, 'hex'), bytesOf(name, length)]);
  return keyPair(crypto.createPrivateKey({ format: 'der', type: 'pkcs8', key: der }));
}

function keyPair(privateKey) {
  const publicKey = crypto.createPublicKey(privateKey);
  return { privateKey, publicKey, pem: pemOf(publicKey), jwk: publicKey.export({ format: 'jwk' }) };
}

const pemOf = (publicKey) => publicKey.export({ format: 'pem', type: 'spki' });

/** A public key of an RFC's example. */
export function publicPair(jwk) {
  const publicKey = crypto.createPublicKey({ format: 'jwk', key: jwk });
  return { publicKey, pem: pemOf(publicKey), jwk };
}

export const keys = {
  rsa: rsaKey('rsa', 2048),
  otherRsa: rsaKey('other rsa', 2048),
  weakRsa: rsaKey('weak rsa', 1024),
  p256: ecKey('p256', 'P-256'),
  otherP256: ecKey('other p256', 'P-256'),
  p384: ecKey('p384', 'P-384'),
  otherP384: ecKey('other p384', 'P-384'),
  p521: ecKey('p521', 'P-521'),
  otherP521: ecKey('other p521', 'P-521'),
  ed25519: edKey('ed25519', '302e020100300506032b657004220420', 32),
  otherEd25519: edKey('other ed25519', '302e020100300506032b657004220420', 32),
  ed448: edKey('ed448', '3047020100300506032b6571043b0439', 57),
};

/** Long enough for each of the hashes: 64 bytes. */
export const SECRET = 'a secret of the tests that is long enough for HS512: 64 bytes...';
export const OTHER_SECRET = 'another secret of the tests, which no configuration here holds..';
