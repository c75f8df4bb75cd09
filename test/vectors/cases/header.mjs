import { keys, SECRET } from '../keys.mjs';
import { base64url, sign, token } from '../sign.mjs';
import { claims, group, publicKey } from './collect.mjs';

const { cases, add, signed } = group('header');
export default [cases];

// alg
const spellings = Array.from({ length: 16 }, (_, bits) => [...'none'].map((letter, at) => bits >> at & 1 ? letter.toUpperCase() : letter).join(''));
for (const [number, alg] of [...spellings, 'none ', ''].entries()) {
  const unsigned = `${base64url(JSON.stringify({ alg }))}.${base64url(JSON.stringify(claims))}.`;
  add(`alg-none-${number}`, `alg is ${JSON.stringify(alg)}, the signature empty`, 'algorithm_not_allowed', { token: unsigned });
  add(`alg-none-${number}-asymmetric`, `alg is ${JSON.stringify(alg)} where RS256 is wanted`, 'algorithm_not_allowed', {
    ...publicKey('RS256'), token: unsigned,
  });
}
signed('alg-none-signed', 'alg is none with a good HS256 signature', 'algorithm_not_allowed', { header: { alg: 'none' } });
for (const [id, alg] of [
  ['lower-case', 'hs256'], ['mixed-case', 'Hs256'], ['space', ' HS256'], ['line-end', 'HS256\n'], ['zero-byte', 'HS256\0'], ['hash', 'SHA256'],
  ['es256k', 'ES256K'],
  ['constructor', 'constructor'], ['to-string', 'toString'], ['proto', '__proto__'],
  ['number', 256], ['null', null], ['true', true], ['list', ['HS256']], ['object', { HS256: true }],
]) {
  signed(`alg-${id}`, `alg is ${JSON.stringify(alg)}`, 'algorithm_not_allowed', { header: { alg } });
}
signed('alg-absent', 'No alg', 'algorithm_not_allowed', { header: '{"typ":"JWT"}' });
signed('alg-absent-empty', 'An empty object as header', 'algorithm_not_allowed', { header: '{}' });
signed('alg-by-prototype', 'alg only in a member __proto__', 'algorithm_not_allowed', { header: '{"__proto__":{"alg":"HS256"}}' });
signed('alg-upper-name', 'The member is called ALG', 'algorithm_not_allowed', { header: '{"ALG":"HS256"}' });
signed('alg-escaped', 'alg and its value written with escapes', 'valid', { header: '{"\\u0061lg":"\\u0048S256"}' });
signed('proto-member', 'A member __proto__ beside alg', 'valid', { header: '{"alg":"HS256","__proto__":{"alg":"none","crit":["b64"]}}' });

// Members that are refused, whatever their value
const refused = {
  crit: [['known', ['exp']], ['b64', ['b64']], ['unknown', ['http://example.com/x']], ['empty', []], ['null', null], ['text', 'exp'],
    ['number', 1], ['false', false]],
  jku: [['https', 'https://attacker.example/jwks.json'], ['loopback', 'http://127.0.0.1:1/'], ['null', null], ['empty', '']],
  x5u: [['https', 'https://attacker.example/chain.pem'], ['null', null]],
  x5c: [['chain', ['MIIB']], ['empty', []], ['null', null]],
  jwk: [['oct', { kty: 'oct', k: base64url(SECRET) }], ['rsa', keys.otherRsa.jwk], ['null', null], ['empty', {}]],
  zip: [['deflate', 'DEF'], ['null', null]],
  enc: [['a128gcm', 'A128GCM'], ['null', null]],
  b64: [['false', false], ['true', true], ['null', null], ['text', 'false']],
};
for (const [name, values] of Object.entries(refused)) {
  for (const [id, value] of values) {
    signed(`${name}-${id}`, `${name} is ${id} (good signature)`, 'unsupported_header', { header: { [name]: value } });
  }
}
add('jwk-own-key', 'The token brings its own RSA key and is rightly signed with it', 'unsupported_header', {
  ...publicKey('RS256'), token: token({ header: { alg: 'RS256', jwk: keys.otherRsa.jwk }, payload: claims, key: keys.otherRsa }),
});
add('jku-own-key', 'The token names the server of its own key', 'unsupported_header', {
  ...publicKey('RS256'),
  token: token({ header: { alg: 'RS256', jku: 'https://attacker.example/jwks.json', kid: 'a' }, payload: claims, key: keys.otherRsa }),
});
signed('crit-escaped', 'crit written with an escape', 'unsupported_header', { header: '{"alg":"HS256","cr\\u0069t":["exp"]}' });
signed('b64-crit', 'b64 false and crit, as RFC 7797 has them', 'unsupported_header', { header: { b64: false, crit: ['b64'] } });
{
  const input = `${base64url('{"alg":"HS256","b64":false,"crit":["b64"]}')}.${JSON.stringify(claims)}`;
  add('b64-raw-payload', 'b64 false with a payload that is not encoded', 'malformed', { token: `${input}.${base64url(sign('HS256', input))}` });
}
signed('upper-crit', 'A member CRIT is another one, and ignored', 'valid', { header: { CRIT: ['exp'] } });
signed('nested-crit', 'crit in an object within the header', 'valid', { header: { x: { crit: ['exp'], jwk: {} } } });
signed('x5t', 'x5t and x5t#S256 are harmless', 'valid', { header: { 'x5t': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA', 'x5t#S256': 'AAAA' } });
signed('unknown-members', 'Members that nobody knows', 'valid', { header: { foo: { bar: [1, 2.5, null, true] }, iss: 7, exp: 'x' } });
signed('jwe-members', 'apu, epk and p2c mean nothing here', 'valid', { header: { p2c: 2147483647, p2s: 'x', epk: {}, apu: 'x' } });

// kid, typ, cty
const kids = {
  'number': [1, 'malformed'], 'null': [null, 'malformed'], 'true': [true, 'malformed'], 'list': [['a'], 'malformed'],
  'object': [{ kid: 'a' }, 'malformed'],
  'empty': ['', 'malformed'], '257': ['k'.repeat(257), 'malformed'], '256': ['k'.repeat(256), 'valid'],
  'zero-byte': ['a\0b', 'malformed'], 'line-end': ['a\n', 'malformed'], 'escape': ['\x1b[2J', 'malformed'], 'unit-separator': ['a\x1f', 'malformed'],
  'delete': ['a\x7f', 'malformed'],
  'space': [' ', 'valid'], 'c1': ['a\x80', 'valid'], 'path': ['../../../../dev/null', 'valid'], 'sql': ["' UNION SELECT 'key' --", 'valid'],
  'command': ['key|id', 'valid'], 'url': ['https://attacker.example/key', 'valid'], 'proto': ['__proto__', 'valid'],
  'letters-256': ['é'.repeat(256), 'valid'], 'astral-256': ['\u{1f600}'.repeat(256), 'valid'], 'astral-257': ['\u{1f600}'.repeat(257), 'malformed'],
};
for (const [id, [kid, expect]] of Object.entries(kids)) {
  const told = expect === 'valid' ? 'ignored, as there is one static key' : 'refused though there is one static key';
  signed(`kid-${id}`, `kid ${id}: ${told}`, expect, { header: { kid } });
}
for (const [id, value, expect] of [
  ['jwt', 'JWT', 'valid'], ['at-jwt', 'at+jwt', 'valid'], ['any', 'secevent+jwt', 'valid'], ['empty', '', 'valid'],
  ['number', 1, 'malformed'], ['null', null, 'malformed'], ['list', ['JWT'], 'malformed'], ['false', false, 'malformed'], ['object', {}, 'malformed'],
]) {
  signed(`typ-${id}`, `typ is ${JSON.stringify(value)}`, expect, { header: { typ: value } });
  if (typeof value !== 'string' || value === 'JWT') {
    signed(`cty-${id}`, `cty is ${JSON.stringify(value)}`, expect, { header: { cty: value } });
  }
}
