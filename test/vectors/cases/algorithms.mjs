import * as crypto from 'node:crypto';
import { curves, keys, OTHER_SECRET, SECRET, toBytes, toNumber } from '../keys.mjs';
import { algorithms, resigned, sign, token } from '../sign.mjs';
import { claims, group, publicKey } from './collect.mjs';

const every = group('algorithms');
const { cases, add } = group('signatures');
export default [every.cases, cases];

const configured = (alg) => alg.startsWith('HS') ? { config: { algorithms: [alg] }, env: { JWT_SECRET: SECRET } } : publicKey(alg);
const flipped = (at, bit = 1) => (bytes) => {
  bytes[at < 0 ? bytes.length + at : at] ^= bit;
  return bytes;
};
/** The algorithm of the same family that is taken for this one. */
const neighbours = {
  HS256: 'HS384', HS384: 'HS512', HS512: 'HS256', RS256: 'RS384', RS384: 'RS512', RS512: 'RS256', PS256: 'PS384', PS384: 'PS512', PS512: 'PS256',
  ES256: 'ES384', ES384: 'ES512', ES512: 'ES256', EdDSA: 'ES256',
};
for (const [alg, { key, other = OTHER_SECRET }] of Object.entries(algorithms)) {
  const good = token({ header: { alg, typ: 'JWT' }, payload: claims });
  const id = alg.toLowerCase();
  every.add(id, `${alg}`, 'valid', { ...configured(alg), token: good });
  every.add(`${id}-first-bit`, `${alg}, one bit of the first byte of the signature flipped`, 'bad_signature', {
    ...configured(alg), token: resigned(good, flipped(0)),
  });
  every.add(`${id}-last-bit`, `${alg}, one bit of the last byte of the signature flipped`, 'bad_signature', {
    ...configured(alg), token: resigned(good, flipped(-1)),
  });
  every.add(`${id}-wrong-key`, `${alg} by another key`, 'bad_signature', {
    ...configured(alg), token: token({ header: { alg, typ: 'JWT' }, payload: claims, key: other }),
  });
  every.add(`${id}-truncated`, `${alg}, the last byte of the signature cut off`, 'bad_signature', {
    ...configured(alg), token: resigned(good, (bytes) => bytes.subarray(0, -1)),
  });
  every.add(`${id}-longer`, `${alg}, one zero byte after the signature`, 'bad_signature', {
    ...configured(alg), token: resigned(good, (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
  });
  every.add(`${id}-neighbour`, `${alg} where only ${neighbours[alg]} is configured`, 'algorithm_not_allowed', {
    ...configured(neighbours[alg]), token: good,
  });
  every.add(`${id}-other-claims`, `The signature of other claims (${alg})`, 'bad_signature', {
    ...configured(alg), token: resigned(good, () => sign(alg, 'header.payload', key)),
  });
}

// What a header calls one algorithm and the signature was made with another, both of which are configured
for (const [named, really] of [
  ['RS256', 'RS384'], ['RS256', 'PS256'], ['PS256', 'RS256'], ['PS256', 'PS384'], ['PS512', 'PS256'], ['HS256', 'HS512'], ['HS384', 'HS256'],
]) {
  const both = named.startsWith('HS')
    ? { config: { algorithms: [named, really] }, env: { JWT_SECRET: SECRET } } : publicKey([named, really], keys.rsa.pem);
  add(`named-${named.toLowerCase()}-made-${really.toLowerCase()}`, `The header says ${named}, the signature is ${really}; both are configured`,
    'bad_signature', { ...both, token: token({ header: { alg: named }, payload: claims, alg: really }) });
}
for (const named of ['RS256', 'PS384', 'RS512']) {
  add(`one-key-${named.toLowerCase()}`, `${named} under a key that serves RS256, PS384 and RS512`, 'valid', {
    ...publicKey(['RS256', 'PS384', 'RS512'], keys.rsa.pem), token: token({ header: { alg: named }, payload: claims }),
  });
}
add('key-does-not-fit', 'ES256 is configured, but the one static key is RSA: no key for this token', 'unknown_key', {
  ...publicKey(['RS256', 'ES256'], keys.rsa.pem), token: token({ header: { alg: 'ES256' }, payload: claims }),
});
add('environment-pem', 'RS256 with the public key as a PEM in the environment', 'valid', {
  config: { algorithms: ['RS256'] }, env: { JWT_SECRET: keys.rsa.pem }, token: token({ header: { alg: 'RS256' }, payload: claims }),
});
add('environment-name', 'The secret in a variable of another name', 'valid', {
  config: { key: { type: 'environment', name: 'ORDERS_KEY' } }, env: { ORDERS_KEY: SECRET, JWT_SECRET: OTHER_SECRET },
});

// Secrets of HS*
const withSecret = (secret, alg = 'HS256', config = {}) => ({
  config: { algorithms: [alg], ...config }, env: { JWT_SECRET: secret }, token: token({ header: { alg }, payload: claims, key: secret }),
});
add('no-configuration', 'AUTH_UTILS_CONFIG is not set at all (config is null): JWT_SECRET and HS256', 'valid', { config: null });
add('secret-32-bytes', 'A secret of exactly 32 bytes for HS256', 'valid', withSecret('x'.repeat(32)));
add('secret-64-bytes', 'A secret of exactly 64 bytes for HS512', 'valid', withSecret('y'.repeat(64), 'HS512'));
add('secret-utf8', 'A secret of 16 letters and 32 bytes: its UTF-8 counts', 'valid', withSecret('é'.repeat(16)));
add('secret-line-end', 'A secret with a line end: it is not trimmed', 'valid', withSecret(` ${'x'.repeat(32)}\n`));
add('secret-trimmed', 'A token signed with the secret without its line end', 'bad_signature', {
  ...withSecret('x'.repeat(32)), env: { JWT_SECRET: `${'x'.repeat(32)}\n` },
});
add('secret-base64', 'A token signed with the bytes that the secret is the base64 of: it is not decoded', 'bad_signature', {
  env: { JWT_SECRET: Buffer.alloc(32, 7).toString('base64') }, token: token({ payload: claims, key: Buffer.alloc(32, 7) }),
});
add('secret-short', 'A short secret where short ones are allowed', 'valid', withSecret('short', 'HS256', { allowShortSecrets: true }));
add('secret-empty-key', 'A token signed with the empty secret', 'bad_signature', { token: token({ payload: claims, key: '' }) });

// RSA
const rs = (text, expect = 'bad_signature') => [expect, { ...publicKey('RS256'), token: text }];
const rs256 = token({ header: { alg: 'RS256' }, payload: claims });
add('rs-leading-zero', 'RS256, one zero byte before the signature', ...rs(resigned(rs256, (bytes) => Buffer.concat([Buffer.alloc(1), bytes]))));
add('rs-zero', 'RS256, a signature of zeros', ...rs(resigned(rs256, (bytes) => Buffer.alloc(bytes.length))));
add('rs-one', 'RS256, the signature is the number one', ...rs(resigned(rs256, (bytes) => toBytes(1n, bytes.length))));
add('rs-plus-modulus', 'RS256, the number of the signature plus the modulus', ...rs(resigned(rs256, (bytes) => {
  const sum = toNumber(bytes) + toNumber(Buffer.from(keys.rsa.jwk.n, 'base64url'));
  return toBytes(sum, sum >> 2048n === 0n ? 256 : 257);
})));
for (const saltLength of [0, 20, 222]) {
  add(`ps-salt-${saltLength}`, `PS256 with a salt of ${saltLength} bytes instead of 32`, 'bad_signature', {
    ...publicKey('PS256'),
    token: resigned(token({ header: { alg: 'PS256' }, payload: claims }), () => Buffer.alloc(0)) + Buffer.from(
      sign('PS256', token({ header: { alg: 'PS256' }, payload: claims }).split('.').slice(0, 2).join('.'), keys.rsa, { saltLength }),
    ).toString('base64url'),
  });
}

// ECDSA
for (const alg of ['ES256', 'ES384', 'ES512']) {
  const { curve } = algorithms[alg];
  const { order, size } = curves[curve];
  const good = token({ header: { alg }, payload: claims });
  const id = alg.toLowerCase();
  const bad = (name, about, change, expect = 'bad_signature') => {
    add(`${id}-${name}`, `${alg}, ${about}`, expect, { ...publicKey(alg), token: resigned(good, change) });
  };
  const half = (bytes, at) => bytes.subarray(at * size, (at + 1) * size);
  bad('der', 'the signature in DER', (bytes) => derOf(half(bytes, 0), half(bytes, 1)));
  bad('r-zero', 'r is zero', (bytes) => Buffer.concat([Buffer.alloc(size), half(bytes, 1)]));
  bad('s-zero', 's is zero', (bytes) => Buffer.concat([half(bytes, 0), Buffer.alloc(size)]));
  bad('both-zero', 'r and s are zero', (bytes) => Buffer.alloc(bytes.length));
  bad('both-order', 'r and s are the order of the curve', () => Buffer.concat([toBytes(order, size), toBytes(order, size)]));
  bad('swapped', 'r and s swapped', (bytes) => Buffer.concat([half(bytes, 1), half(bytes, 0)]));
  bad('half', 'r alone', (bytes) => half(bytes, 0));
  bad('other-s', 'the other of the two right values of s, which ECDSA allows', (bytes) =>
    Buffer.concat([half(bytes, 0), toBytes(order - toNumber(half(bytes, 1)), size)]), 'valid');
}

function derOf(...numbers) {
  const parts = numbers.map((bytes) => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const short = bytes.subarray(start);
    const body = short[0] > 0x7f ? Buffer.concat([Buffer.alloc(1), short]) : short;
    return Buffer.concat([Buffer.from([2, body.length]), body]);
  });
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(body.length > 0x7f ? [0x30, 0x81, body.length] : [0x30, body.length]), body]);
}

// EdDSA
const ed = token({ header: { alg: 'EdDSA' }, payload: claims });
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
add('eddsa-s-plus-order', 'Ed25519, s plus the order of the base point', 'bad_signature', {
  ...publicKey('EdDSA'),
  token: resigned(ed, (bytes) => Buffer.concat([
    bytes.subarray(0, 32), toBytes(toNumber(Buffer.from(bytes.subarray(32)).reverse()) + ORDER, 32).reverse(),
  ])),
});
add('eddsa-zero', 'Ed25519, a signature of zeros', 'bad_signature', { ...publicKey('EdDSA'), token: resigned(ed, () => Buffer.alloc(64)) });
add('eddsa-by-ed448', 'An Ed448 signature under an Ed25519 key', 'bad_signature', {
  ...publicKey('EdDSA'), token: token({ header: { alg: 'EdDSA' }, payload: claims, key: keys.ed448 }),
});
add('eddsa-new-name', 'The header says Ed25519, the newer name of the algorithm', 'algorithm_not_allowed', {
  ...publicKey('EdDSA'), token: token({ header: { alg: 'Ed25519' }, payload: claims, alg: 'EdDSA' }),
});

// HMAC with what everyone knows
const { pem } = keys.rsa;
const pems = {
  'pem': pem, 'pem-without-last-line-end': pem.trim(), 'pem-crlf': pem.replaceAll('\n', '\r\n'),
  'der': keys.rsa.publicKey.export({ format: 'der', type: 'spki' }),
  'pkcs1-pem': keys.rsa.publicKey.export({ format: 'pem', type: 'pkcs1' }), 'jwk': JSON.stringify(keys.rsa.jwk),
};
for (const [form, key] of Object.entries(pems)) {
  const confused = (named) => token({ header: { alg: named }, payload: claims, alg: 'HS256', key });
  add(`confusion-hs256-${form}`, `HS256 with the RSA public key (${form}) as secret, where RS256 is wanted`, 'algorithm_not_allowed', {
    ...publicKey('RS256'), token: confused('HS256'),
  });
  add(`confusion-rs256-${form}`, `HMAC with the RSA public key (${form}) as secret, called RS256`, 'bad_signature', {
    ...publicKey('RS256'), token: confused('RS256'),
  });
}
add('confusion-es256', 'HMAC with the EC public key as secret, called ES256', 'bad_signature', {
  ...publicKey('ES256'), token: token({ header: { alg: 'ES256' }, payload: claims, alg: 'HS256', key: keys.p256.pem }),
});
add('digest-alone', 'RS256, the SHA-256 of the input instead of a signature', ...rs(resigned(rs256, () =>
  crypto.createHash('sha256').update(rs256.slice(0, rs256.lastIndexOf('.'))).digest())));
