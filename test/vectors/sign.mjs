import * as crypto from 'node:crypto';
import { bytesOf, curves, inverse, keys, pointOf, SECRET, toBytes, toNumber } from './keys.mjs';

export const base64url = (content) => Buffer.from(content).toString('base64url');

export const algorithms = {
  HS256: { hash: 'sha256', key: SECRET },
  HS384: { hash: 'sha384', key: SECRET },
  HS512: { hash: 'sha512', key: SECRET },
  RS256: { hash: 'sha256', key: keys.rsa, other: keys.otherRsa },
  RS384: { hash: 'sha384', key: keys.rsa, other: keys.otherRsa },
  RS512: { hash: 'sha512', key: keys.rsa, other: keys.otherRsa },
  PS256: { hash: 'sha256', key: keys.rsa, other: keys.otherRsa },
  PS384: { hash: 'sha384', key: keys.rsa, other: keys.otherRsa },
  PS512: { hash: 'sha512', key: keys.rsa, other: keys.otherRsa },
  ES256: { hash: 'sha256', key: keys.p256, other: keys.otherP256, curve: 'P-256' },
  ES384: { hash: 'sha384', key: keys.p384, other: keys.otherP384, curve: 'P-384' },
  ES512: { hash: 'sha512', key: keys.p521, other: keys.otherP521, curve: 'P-521' },
  EdDSA: { key: keys.ed25519, other: keys.otherEd25519 },
};

const digest = (hash, ...parts) => crypto.createHash(hash).update(Buffer.concat(parts)).digest();

/** EMSA-PSS of RFC 8017, 9.1.1, with a salt that follows from the input: the same token each time. */
function pss(hash, input, { privateKey }, saltLength) {
  const messageHash = digest(hash, input);
  const salt = bytesOf(`salt ${messageHash.toString('hex')}`, saltLength ?? messageHash.length);
  const own = digest(hash, Buffer.alloc(8), messageHash, salt);
  const length = privateKey.asymmetricKeyDetails.modulusLength / 8;
  const block = Buffer.alloc(length - own.length - 1);
  block[block.length - salt.length - 1] = 1;
  salt.copy(block, block.length - salt.length);
  for (let counter = 0, done = 0; done < block.length; counter += 1) {
    for (const byte of digest(hash, own, toBytes(BigInt(counter), 4)).subarray(0, block.length - done)) {
      block[done] ^= byte;
      done += 1;
    }
  }
  block[0] &= 0x7f;
  return crypto.privateEncrypt({ key: privateKey, padding: crypto.constants.RSA_NO_PADDING }, Buffer.concat([block, own, Buffer.from([0xbc])]));
}

/** ECDSA whose one-time number follows from key and input. Good enough for tests alone. */
function ecdsa(hash, input, { privateKey }, curve) {
  const { order, size } = curves[curve];
  const secret = toNumber(Buffer.from(privateKey.export({ format: 'jwk' }).d, 'base64url'));
  const once = toNumber(bytesOf(`once ${secret} ${input.toString('hex')}`, size)) % (order - 1n) + 1n;
  const r = toNumber(pointOf(curve, once)[0]) % order;
  const s = inverse(once, order) * (toNumber(digest(hash, input)) + r * secret) % order;
  return Buffer.concat([toBytes(r, size), toBytes(s, size)]);
}

/** The signature of a text, the same each time for every algorithm. */
export function sign(alg, text, key = algorithms[alg].key, { saltLength } = {}) {
  const { hash, curve } = algorithms[alg];
  const input = Buffer.from(text);
  switch (alg.slice(0, 2)) {
    case 'HS': return crypto.createHmac(hash, key).update(input).digest();
    case 'RS': return crypto.sign(hash, input, key.privateKey);
    case 'PS': return pss(hash, input, key, saltLength);
    case 'ES': return ecdsa(hash, input, key, curve);
    default: return crypto.sign(null, input, key.privateKey);
  }
}

/** Whether a signature is right, by node:crypto. */
export function verifies(alg, text, key, signature) {
  const { hash } = algorithms[alg];
  const input = Buffer.from(text);
  const padding = alg.startsWith('PS') ? crypto.constants.RSA_PKCS1_PSS_PADDING : undefined;
  switch (alg.slice(0, 2)) {
    case 'HS': return crypto.createHmac(hash, key).update(input).digest().equals(signature);
    case 'RS': case 'PS': return crypto.verify(hash, input, { key, padding, saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST }, signature);
    case 'ES': return crypto.verify(hash, input, { key, dsaEncoding: 'ieee-p1363' }, signature);
    default: return crypto.verify(null, input, key, signature);
  }
}

const textOf = (content) => typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);

/** A token of any header and payload (object, JSON text or bytes); `alg` and `key` are what it is really signed with. */
export function token({ header = {}, payload, alg, key, encodedHeader, encodedPayload }) {
  const really = alg ?? header.alg ?? 'HS256';
  const named = typeof header === 'string' || Buffer.isBuffer(header) ? header : { alg: really, ...header };
  const input = `${encodedHeader ?? base64url(textOf(named))}.${encodedPayload ?? base64url(textOf(payload))}`;
  return `${input}.${base64url(sign(really, input, key))}`;
}

/** The same token with another signature. */
export function resigned(text, change) {
  const end = text.lastIndexOf('.') + 1;
  return text.slice(0, end) + base64url(change(Buffer.from(text.slice(end), 'base64url')));
}
