import { keys, SECRET } from '../keys.mjs';
import { algorithms, base64url, token } from '../sign.mjs';
import { claims, group, JWKS_URL, keySet, member } from './collect.mjs';

const { cases, add } = group('key-set');
export default [cases];

const by = (key, header = {}) => token({ header: { alg: 'RS256', ...header }, payload: claims, key });
const { rsa, otherRsa, weakRsa } = keys;
const oct = { kty: 'oct', k: base64url(SECRET) };

for (const alg of Object.keys(algorithms).filter((name) => !name.startsWith('HS'))) {
  const { key, other } = algorithms[alg];
  add(`${alg.toLowerCase()}`, `${alg} by kid`, 'valid', {
    ...keySet(alg, member(other, { kid: 'b', use: 'sig', alg }), member(key, { kid: 'a', use: 'sig', alg })),
    token: token({ header: { alg, kid: 'a' }, payload: claims }),
  });
}
const two = keySet('RS256', member(rsa, { kid: 'a' }), member(otherRsa, { kid: 'b' }));
add('kid-first', 'The first of two', 'valid', { ...two, token: by(rsa, { kid: 'a' }) });
add('kid-second', 'The second of two', 'valid', { ...two, token: by(otherRsa, { kid: 'b' }) });
add('kid-of-another', 'The kid of one key, the signature of another', 'bad_signature', { ...two, token: by(otherRsa, { kid: 'a' }) });
for (const [id, kid] of [
  ['unknown', 'c'], ['case', 'A'], ['space', 'a '], ['path', '../../etc/passwd'], ['proto', '__proto__'], ['constructor', 'constructor'],
  ['to-string', 'toString'],
  ['index', '0'], ['256', 'k'.repeat(256)], ['url', 'https://attacker.example/jwks.json'],
]) {
  add(`kid-${id}`, `A kid that the set does not have: ${id}`, 'unknown_key', { ...two, token: by(rsa, { kid }) });
}
for (const [id, kid] of [['number', 0], ['empty', ''], ['257', 'k'.repeat(257)], ['null', null], ['zero-byte', 'a\0'], ['list', ['a']]]) {
  add(`kid-${id}`, `A bad kid: ${id}`, 'malformed', { ...two, token: by(rsa, { kid }) });
}
add('no-kid-two', 'No kid, and two keys fit', 'unknown_key', { ...two, token: by(rsa) });
add('no-kid-one', 'No kid, and one key fits', 'valid', { ...keySet('RS256', member(rsa, { kid: 'a' })), token: by(rsa) });
add('no-kid-either', 'Neither token nor key has a kid', 'valid', { ...keySet('RS256', member(rsa)), token: by(rsa) });
add('no-kid-wrong-key', 'No kid, one key fits, but signed by another', 'bad_signature',
  { ...keySet('RS256', member(rsa, { kid: 'a' })), token: by(otherRsa) });
add('no-kid-one-fits', 'No kid, and one of four fits: the others are EC, Ed25519 and for encryption', 'valid', {
  ...keySet('RS256', member(keys.p256, { kid: 'e' }), member(otherRsa, { use: 'enc' }), member(rsa, { kid: 'a' }), member(keys.ed25519)),
  token: by(rsa),
});
add('no-kid-other-alg', 'No kid, two RSA keys, one of them for RS512 alone', 'valid', {
  ...keySet('RS256', member(otherRsa, { alg: 'RS512' }), member(rsa, { alg: 'RS256' })), token: by(rsa),
});
add('no-kid-weak', 'No kid, two RSA keys, one of them of 1,024 bits', 'valid', { ...keySet('RS256', member(weakRsa), member(rsa)), token: by(rsa) });
add('key-without-kid', 'The token has a kid, the one key has none', 'unknown_key', { ...keySet('RS256', member(rsa)), token: by(rsa, { kid: 'a' }) });
add('kid-is-number', 'The kid of the key is a number', 'unknown_key', { ...keySet('RS256', member(rsa, { kid: 1 })), token: by(rsa, { kid: '1' }) });
add('same-kid-other-type', 'Two keys of one kid, of which one fits the algorithm', 'valid', {
  ...keySet(['RS256', 'ES256'], member(keys.p256, { kid: 'a' }), member(rsa, { kid: 'a' })), token: by(rsa, { kid: 'a' }),
});
add('kid-of-other-type', 'The kid of an EC key for RS256', 'unknown_key', {
  ...keySet(['RS256', 'ES256'], member(keys.p256, { kid: 'e' }), member(rsa, { kid: 'a' })), token: by(rsa, { kid: 'e' }),
});

// Keys that are no candidates
for (const [id, about, key] of [
  ['use-enc', 'use is enc', member(rsa, { kid: 'a', use: 'enc' })],
  ['use-other', 'use is neither sig nor enc', member(rsa, { kid: 'a', use: 'SIG' })],
  ['key-ops-sign', 'key_ops has no verify', member(rsa, { kid: 'a', key_ops: ['sign'] })],
  ['key-ops-empty', 'key_ops is empty', member(rsa, { kid: 'a', key_ops: [] })],
  ['key-ops-encrypt', 'key_ops is for encryption', member(rsa, { kid: 'a', key_ops: ['encrypt', 'wrapKey'] })],
  ['alg-other', 'alg is RS512', member(rsa, { kid: 'a', alg: 'RS512' })],
  ['alg-family', 'alg is PS256', member(rsa, { kid: 'a', alg: 'PS256' })],
  ['alg-case', 'alg is rs256', member(rsa, { kid: 'a', alg: 'rs256' })],
  ['alg-encryption', 'alg is RSA-OAEP', member(rsa, { kid: 'a', alg: 'RSA-OAEP' })],
  ['weak', 'The key has 1,024 bits', member(weakRsa, { kid: 'a' })],
  ['private', 'The key is a private one', { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'a' }],
  ['oct', 'The key is a secret', { ...oct, kid: 'a' }],
  ['kty-absent', 'The key has no kty', { ...rsa.jwk, kty: undefined, kid: 'a' }],
  ['kty-case', 'kty is rsa', { ...rsa.jwk, kty: 'rsa', kid: 'a' }],
  ['kty-unknown', 'kty is unknown', { kty: 'AKP', pub: 'AAAA', kid: 'a' }],
  ['n-absent', 'The key has no modulus', { kty: 'RSA', e: 'AQAB', kid: 'a' }],
  ['n-number', 'The modulus is a number', { kty: 'RSA', n: 5, e: 'AQAB', kid: 'a' }],
  ['ec', 'The key is EC', member(keys.p256, { kid: 'a' })],
]) {
  add(id, `${about}: no candidate`, 'unknown_key', { ...keySet('RS256', key), token: by(key.n === weakRsa.jwk.n ? weakRsa : rsa, { kid: 'a' }) });
}
add('key-ops-verify', 'key_ops has verify', 'valid', {
  ...keySet('RS256', member(rsa, { kid: 'a', key_ops: ['sign', 'verify'] })), token: by(rsa, { kid: 'a' }),
});
add('use-sig', 'use is sig, and members that nobody knows', 'valid', {
  ...keySet('RS256', member(rsa, { 'kid': 'a', 'use': 'sig', 'alg': 'RS256', 'x5t#S256': 'AAAA', 'x5c': ['AAAA'], 'own': { a: 1 } })),
  token: by(rsa, { kid: 'a' }),
});
add('oct-hs256', 'A secret in the set and an HS256 token: RS256 is wanted', 'algorithm_not_allowed', {
  ...keySet('RS256', { ...oct, kid: 'a' }), token: token({ header: { alg: 'HS256', kid: 'a' }, payload: claims }),
});
add('oct-as-rs256', 'HMAC with a secret of the set, called RS256', 'unknown_key', {
  ...keySet('RS256', { ...oct, kid: 'a', alg: 'RS256' }), token: token({ header: { alg: 'RS256', kid: 'a' }, payload: claims, alg: 'HS256' }),
});
add('confusion', 'HMAC with an RSA key of the set as secret, called RS256', 'bad_signature', {
  ...keySet('RS256', member(rsa, { kid: 'a' })), token: token({ header: { alg: 'RS256', kid: 'a' }, payload: claims, alg: 'HS256', key: rsa.pem }),
});
for (const [alg, wrong, about] of [
  ['ES256', keys.p384, 'P-384'], ['ES256', keys.p521, 'P-521'], ['ES384', keys.p256, 'P-256'], ['ES512', keys.p384, 'P-384'],
  ['ES256', keys.ed25519, 'Ed25519'],
  ['EdDSA', keys.ed448, 'Ed448'], ['EdDSA', keys.p256, 'P-256'], ['ES256', rsa, 'RSA'], ['PS256', keys.p256, 'P-256'],
]) {
  add(`${alg.toLowerCase()}-${about.toLowerCase()}`, `${alg} and a key of ${about}: no candidate`, 'unknown_key', {
    ...keySet(alg, member(wrong, { kid: 'a' })), token: token({ header: { alg, kid: 'a' }, payload: claims }),
  });
}
add('eddsa-by-ed448', 'EdDSA, rightly signed with an Ed448 key of the set: only Ed25519 counts', 'unknown_key', {
  ...keySet('EdDSA', member(keys.ed448, { kid: 'a' })), token: token({ header: { alg: 'EdDSA', kid: 'a' }, payload: claims, key: keys.ed448 }),
});
add('x25519', 'EdDSA and an X25519 key', 'unknown_key', {
  ...keySet('EdDSA', { kty: 'OKP', crv: 'X25519', x: keys.ed25519.jwk.x, kid: 'a' }),
  token: token({ header: { alg: 'EdDSA', kid: 'a' }, payload: claims }),
});
add('point-off-curve', 'ES256 and a point that is not on the curve', 'unknown_key', {
  ...keySet('ES256', { ...keys.p256.jwk, y: keys.otherP256.jwk.y, kid: 'a' }), token: token({ header: { alg: 'ES256', kid: 'a' }, payload: claims }),
});

// The document
const good = member(rsa, { kid: 'a' });
const document = (id, about, expect, jwks) => add(`document-${id}`, about, expect, { ...keySet('RS256'), jwks, token: by(rsa, { kid: 'a' }) });
document('empty', 'A set without keys', 'unknown_key', { keys: [] });
document('junk-members', 'Members that are no keys beside a good one', 'valid', { keys: [null, 1, 'x', [], {}, { kty: 7 }, good] });
document('more', 'A set with members of its own', 'valid', { keys: [good], issuer: 'x' });
document('hundred', '100 keys', 'valid', { keys: [...Array(99).fill({ kty: 'oct' }), good] });
document('over-hundred', '101 keys', 'key_unavailable', { keys: [...Array(100).fill({ kty: 'oct' }), good] });
document('text', 'HTML', 'key_unavailable', '<html></html>');
document('nothing', 'An empty body', 'key_unavailable', '');
document('cut', 'JSON that is cut off', 'key_unavailable', JSON.stringify({ keys: [good] }).slice(0, -1));
document('null', 'null', 'key_unavailable', 'null');
document('list', 'A list of keys', 'key_unavailable', JSON.stringify([good]));
document('key-alone', 'A key that is no set', 'key_unavailable', good);
document('keys-object', 'keys is an object', 'key_unavailable', { keys: { a: good } });
document('keys-null', 'keys is null', 'key_unavailable', { keys: null });
document('keys-text', 'keys is a text', 'key_unavailable', { keys: JSON.stringify([good]) });
add('claims', 'Issuer and audience with a key set', 'wrong_audience', {
  ...keySet('RS256', good), config: { key: { type: 'jwks', url: JWKS_URL }, algorithms: ['RS256'], issuer: 'i', audience: ['a'] },
  token: token({ header: { alg: 'RS256', kid: 'a' }, payload: { ...claims, iss: 'i', aud: 'b' } }),
});
