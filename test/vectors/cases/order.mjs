import { keys } from '../keys.mjs';
import { base64url, resigned, token } from '../sign.mjs';
import { claims, group, keySet, member, NOW, publicKey } from './collect.mjs';

const { cases, add, signed } = group('order');
export default [cases];

const past = { ...claims, exp: NOW - 1 };
const bad = (text) => resigned(text, (bytes) => bytes.fill(0));
const whole = { issuer: 'https://issuer.example', audience: ['orders'] };

add('white-space-before-size', 'Only white space, and more of it than maxTokenBytes', 'missing',
  { config: { maxTokenBytes: 10 }, token: ' '.repeat(20) });
add('size-before-parts', 'Too large and of one part', 'too_large', { config: { maxTokenBytes: 10 }, token: 'x'.repeat(11) });
add('kind-before-size', 'A list of a text that is too large', 'malformed', { config: { maxTokenBytes: 10 }, token: { value: ['x'.repeat(11)] } });
add('payload-base64-before-alg', 'alg none, and the payload is no base64url', 'malformed', { token: `${base64url('{"alg":"none"}')}.e30=.` });
add('signature-base64-before-alg', 'alg none, and the signature is no base64url', 'malformed', { token: `${base64url('{"alg":"none"}')}.e30.A` });
add('payload-part-before-alg', 'alg none, and the payload part is empty', 'malformed', { token: `${base64url('{"alg":"none"}')}..` });
add('header-json-before-alg', 'alg none twice', 'malformed', { token: `${base64url('{"alg":"none","alg":"none"}')}.e30.` });
add('alg-before-empty-signature', 'alg none, empty signature, payload no JSON', 'algorithm_not_allowed',
  { token: `${base64url('{"alg":"none"}')}.AAAA.` });
add('empty-signature-before-crit', 'HS256, empty signature and crit', 'malformed', { token: `${base64url('{"alg":"HS256","crit":["x"]}')}.e30.` });
signed('alg-before-crit', 'A wrong alg and crit', 'algorithm_not_allowed', { header: { alg: 'none', crit: ['x'] } });
signed('alg-before-kid', 'A wrong alg and a bad kid', 'algorithm_not_allowed', { header: { alg: 'none', kid: 1 } });
signed('crit-before-kid', 'crit and a bad kid', 'unsupported_header', { header: { kid: 1, crit: ['x'] } });
signed('crit-before-typ', 'jku and a bad typ', 'unsupported_header', { header: { typ: 1, jku: 'x' } });
add('crit-before-signature', 'crit and a bad signature', 'unsupported_header', { token: bad(token({ header: { crit: ['x'] }, payload: claims })) });
add('kid-before-signature', 'A bad kid and a bad signature', 'malformed', { token: bad(token({ header: { kid: '' }, payload: claims })) });
add('kid-before-key', 'A bad kid and a key set', 'malformed', {
  ...keySet('RS256', member(keys.rsa, { kid: 'a' })), token: token({ header: { alg: 'RS256', kid: 'a\n' }, payload: claims }),
});
add('crit-before-key', 'crit and an unknown kid', 'unsupported_header', {
  ...keySet('RS256', member(keys.rsa, { kid: 'a' })), token: token({ header: { alg: 'RS256', kid: 'b', crit: ['x'] }, payload: claims }),
});
add('alg-before-key', 'A wrong alg, and the key set cannot be read', 'algorithm_not_allowed', {
  ...keySet('RS256'), jwks: 'no JSON', token: token({ header: { alg: 'HS256' }, payload: claims }),
});
add('parts-before-key', 'Two parts, and the key set cannot be read', 'malformed', { ...keySet('RS256'), jwks: 'no JSON', token: 'e30.e30' });
add('key-before-payload', 'An unknown kid, and the payload is no JSON', 'unknown_key', {
  ...keySet('RS256', member(keys.rsa, { kid: 'a' })), token: token({ header: { alg: 'RS256', kid: 'b' }, payload: 'text' }),
});
add('key-before-claims', 'An unknown kid, and exp has passed', 'unknown_key', {
  ...keySet('RS256', member(keys.rsa, { kid: 'a' })), token: token({ header: { alg: 'RS256', kid: 'b' }, payload: past }),
});
add('unavailable-before-claims', 'The key set cannot be read, and exp has passed', 'key_unavailable', {
  ...keySet('RS256'), jwks: 'no JSON', token: token({ header: { alg: 'RS256', kid: 'a' }, payload: past }),
});
add('signature-before-payload', 'A bad signature, and the payload is no JSON', 'bad_signature', { token: bad(token({ payload: 'text' })) });
add('signature-before-duplicate', 'A bad signature, and sub twice', 'bad_signature', { token: bad(token({ payload: '{"sub":"a","sub":"b"}' })) });
add('signature-before-exp', 'A bad signature, and exp has passed', 'bad_signature', { token: bad(token({ payload: past })) });
add('signature-before-issuer', 'A bad signature and another issuer', 'bad_signature',
  { config: whole, token: bad(token({ payload: { ...claims, iss: 'x' } })) });
add('signature-before-exp-rsa', 'RS256, a bad signature, and exp has passed', 'bad_signature', {
  ...publicKey('RS256'), token: token({ header: { alg: 'RS256' }, payload: past, key: keys.otherRsa }),
});
for (const [id, about, expect, members, config = whole] of [
  ['payload-before-claims', 'No exp, and a lone surrogate', 'malformed', '{"x":"\\ud800"}'],
  ['duplicate-before-claims', 'exp passed, and sub twice', 'malformed', `{"exp":${NOW - 1},"sub":"a","sub":"b"}`],
  ['exp-missing-first', 'No exp, nbf no number', 'missing_claim', { exp: undefined, nbf: 'x' }],
  ['exp-form-before-nbf', 'exp no number, nbf later', 'malformed', { exp: 'x', nbf: NOW + 5 }],
  ['exp-before-nbf', 'exp passed, nbf later', 'expired', { exp: NOW - 1, nbf: NOW + 5 }],
  ['exp-before-nbf-form', 'exp passed, nbf no number', 'expired', { exp: NOW - 1, nbf: 'x' }],
  ['exp-before-iss-form', 'exp passed, iss no text', 'expired', { exp: NOW - 1, iss: 7 }],
  ['exp-before-sub-form', 'exp passed, sub no text', 'expired', { exp: NOW - 1, sub: 7 }],
  ['nbf-before-iat-form', 'nbf later, iat no number', 'not_yet_valid', { nbf: NOW + 5, iat: 'x' }],
  ['nbf-before-iss', 'nbf later, another issuer', 'not_yet_valid', { nbf: NOW + 5, iss: 'x' }],
  ['nbf-form-before-iat', 'nbf no number, iat later', 'malformed', { nbf: 'x', iat: NOW + 5 }],
  ['iat-before-iss-form', 'iat later, iss no text', 'not_yet_valid', { iat: NOW + 5, iss: 7 }],
  ['iat-form-before-iss', 'iat no number, another issuer', 'malformed', { iat: true, iss: 'x' }],
  ['iss-before-aud', 'Another issuer and another audience', 'wrong_issuer', { iss: 'x', aud: 'x' }],
  ['iss-before-aud-form', 'Another issuer, aud no text', 'wrong_issuer', { iss: 'x', aud: 7 }],
  ['iss-missing-before-aud', 'No issuer and another audience', 'missing_claim', { aud: 'x' }],
  ['iss-form-before-aud', 'iss no text and another audience', 'malformed', { iss: 7, aud: 'x' }],
  ['aud-before-sub', 'Another audience, sub no text', 'wrong_audience', { iss: whole.issuer, aud: 'x', sub: 7 }],
  ['aud-missing-before-sub', 'No audience, sub no text', 'missing_claim', { iss: whole.issuer, sub: 7 }],
  ['aud-form-before-sub', 'aud with a number, which also lacks the audience', 'malformed', { iss: whole.issuer, aud: [7] }],
  ['sub-last', 'All good but sub', 'malformed', { iss: whole.issuer, aud: 'orders', sub: 7 }],
  ['all-good', 'All good', 'valid', { iss: whole.issuer, aud: ['orders'], nbf: NOW, iat: NOW, jti: 'x' }],
]) {
  signed(id, about, expect, { payload: typeof members === 'string' ? members : { ...claims, ...members }, config });
}
