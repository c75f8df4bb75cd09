import { claims, group, NOW } from './collect.mjs';

const times = group('times');
const names = group('claims');
export default [times.cases, names.cases];

const time = (id, about, expect, members, more = {}) => times.signed(id, about, expect, { payload: { ...claims, ...members }, ...more });
const leeway = { config: { leeway: 10 } };
const optional = { config: { requireExpiration: false } };
/** A number as JSON writes it and JavaScript would not. */
const raw = (name, text) => ({ payload: `{"sub":"user-1"${name === 'exp' ? '' : `,"exp":${NOW + 3600}`},"${name}":${text}}` });
const noNumbers = [
  ['text', `${NOW + 60}`], ['empty-text', ''], ['true', true], ['false', false], ['null', null], ['list', [NOW + 60]],
  ['object', { value: NOW + 60 }],
  ['date', '2030-01-01T00:00:00Z'],
];

// exp
time('exp-now', 'exp is now', 'expired', { exp: NOW });
time('exp-before', 'exp was a second ago', 'expired', { exp: NOW - 1 });
time('exp-after', 'exp is in a second', 'valid', { exp: NOW + 1 });
time('exp-half-after', 'exp is in half a second', 'valid', { exp: NOW + 0.5 });
time('exp-half-before', 'exp was half a second ago', 'expired', { exp: NOW - 0.5 });
time('exp-leeway', 'exp was as long ago as leeway', 'expired', { exp: NOW - 10 }, leeway);
time('exp-within-leeway', 'exp was a second less ago than leeway', 'valid', { exp: NOW - 9 }, leeway);
time('exp-half-within-leeway', 'exp was half a second less ago than leeway', 'valid', { exp: NOW - 9.5 }, leeway);
time('exp-half-beyond-leeway', 'exp was half a second longer ago than leeway', 'expired', { exp: NOW - 10.5 }, leeway);
time('exp-now-leeway', 'exp is now, with leeway', 'valid', { exp: NOW }, leeway);
time('exp-zero', 'exp is 0', 'expired', { exp: 0 });
time('exp-negative', 'exp is negative', 'expired', { exp: -1 });
time('exp-far', 'exp is in the year 9999', 'valid', { exp: 253402300799 });
time('exp-milliseconds', 'exp in milliseconds is far away', 'valid', { exp: (NOW - 10) * 1000 });
times.signed('exp-1e300', 'exp is 1e300', 'valid', raw('exp', '1e300'));
times.signed('exp-minus-1e300', 'exp is -1e300', 'expired', raw('exp', '-1e300'));
times.signed('exp-1e999', 'exp is not finite', 'malformed', raw('exp', '1e999'));
times.signed('exp-nan', 'exp is NaN', 'malformed', raw('exp', 'NaN'));
times.signed('exp-exponent', 'exp is written with an exponent', 'valid', raw('exp', '1.7000000010e9'));
times.signed('exp-exponent-now', 'exp is now, written with an exponent', 'expired', raw('exp', '17E8'));
times.signed('exp-point-zero', 'exp is now and .0', 'expired', raw('exp', `${NOW}.0`));
times.signed('exp-digits-300', 'exp is an integer of 300 digits', 'valid', raw('exp', `1${'0'.repeat(299)}`));
times.signed('exp-tiny-after', 'exp is now and a part of a second that a double does not tell: compared as doubles', 'expired',
  raw('exp', `${NOW}.00000000001`));
times.signed('exp-tiny-before', 'exp is a part of a second less than in one second that a double does not tell', 'valid',
  raw('exp', `${NOW}.99999999999`));
for (const [id, exp] of noNumbers) {
  time(`exp-${id}`, `exp is no number: ${id}`, 'malformed', { exp });
}
time('exp-absent', 'No exp', 'missing_claim', { exp: undefined });
time('exp-absent-optional', 'No exp where it is not required', 'valid', { exp: undefined }, optional);
time('exp-passed-optional', 'exp passed where it is not required', 'expired', { exp: NOW - 1 }, optional);
time('exp-null-optional', 'exp null where it is not required', 'malformed', { exp: null }, optional);
time('exp-text-optional', 'exp a text where it is not required', 'malformed', { exp: 'never' }, optional);
time('exp-other-case', 'EXP is not exp', 'missing_claim', { exp: undefined, EXP: NOW + 60 });
time('now-fraction', 'The time of day has a fraction, and exp lies between its second and it: whole seconds count', 'valid', { exp: NOW + 0.5 },
  { now: NOW + 0.9 });
time('now-fraction-expired', 'The time of day has a fraction, and exp is its second', 'expired', { exp: NOW }, { now: NOW + 0.9 });
time('now-fraction-nbf', 'The time of day has a fraction, and nbf lies between its second and it', 'not_yet_valid', { nbf: NOW + 0.5 },
  { now: NOW + 0.9 });

// nbf and iat
for (const name of ['nbf', 'iat']) {
  time(`${name}-now`, `${name} is now`, 'valid', { [name]: NOW });
  time(`${name}-before`, `${name} was a second ago`, 'valid', { [name]: NOW - 1 });
  time(`${name}-after`, `${name} is in a second`, 'not_yet_valid', { [name]: NOW + 1 });
  time(`${name}-half-after`, `${name} is in half a second`, 'not_yet_valid', { [name]: NOW + 0.5 });
  time(`${name}-leeway`, `${name} is as far away as leeway`, 'valid', { [name]: NOW + 10 }, leeway);
  time(`${name}-beyond-leeway`, `${name} is a second further away than leeway`, 'not_yet_valid', { [name]: NOW + 11 }, leeway);
  time(`${name}-half-beyond-leeway`, `${name} is half a second further away than leeway`, 'not_yet_valid', { [name]: NOW + 10.5 }, leeway);
  time(`${name}-zero`, `${name} is 0`, 'valid', { [name]: 0 });
  time(`${name}-negative`, `${name} is negative`, 'valid', { [name]: -5.5 });
  times.signed(`${name}-1e300`, `${name} is 1e300`, 'not_yet_valid', raw(name, '1e300'));
  times.signed(`${name}-infinity`, `${name} is Infinity`, 'malformed', raw(name, 'Infinity'));
  for (const [id, value] of noNumbers) {
    time(`${name}-${id}`, `${name} is no number: ${id}`, 'malformed', { [name]: value });
  }
}

const claim = (id, about, expect, members, config = {}) => names.signed(id, about, expect, { payload: { ...claims, ...members }, config });

// iss
const issuer = { issuer: 'https://issuer.example' };
claim('iss', 'The issuer that is wanted', 'valid', { iss: 'https://issuer.example' }, issuer);
claim('iss-unchecked', 'Any issuer where none is configured', 'valid', { iss: 'anyone' });
claim('iss-absent-unchecked', 'No issuer where none is configured', 'valid', {});
for (const [id, iss, about] of [
  ['other', 'https://other.example', 'Another issuer'], ['slash', 'https://issuer.example/', 'A slash at the end'],
  ['case', 'https://Issuer.example', 'Other case'], ['shorter', 'https://issuer', 'Its beginning'],
  ['longer', 'https://issuer.example.attacker.example', 'More than it'],
  ['space', 'https://issuer.example ', 'A space at the end'], ['zero-byte', 'https://issuer.example\0', 'A zero byte at the end'],
  ['empty', '', 'The empty text'],
  ['http', 'http://issuer.example', 'http for https'],
]) {
  claim(`iss-${id}`, `iss: ${about}`, 'wrong_issuer', { iss }, issuer);
}
claim('iss-slash-wanted', 'The slash is wanted and there', 'valid', { iss: 'https://issuer.example/' }, { issuer: 'https://issuer.example/' });
claim('iss-slash-missing', 'The slash is wanted and absent', 'wrong_issuer', { iss: 'https://issuer.example' },
  { issuer: 'https://issuer.example/' });
claim('iss-not-normalised', 'An issuer that is equal only when normalised', 'wrong_issuer', { iss: 'e\u0301' }, { issuer: '\u00e9' });
claim('iss-absent', 'No issuer', 'missing_claim', {}, issuer);
for (const [id, iss] of [['list', ['https://issuer.example']], ['null', null], ['number', 1], ['object', {}], ['true', true]]) {
  claim(`iss-${id}`, `iss is no text: ${id}`, 'malformed', { iss }, issuer);
  claim(`iss-${id}-unchecked`, `iss is no text: ${id}; none is configured`, 'malformed', { iss });
}

// aud
const audience = { audience: ['orders'] };
claim('aud', 'The audience that is wanted', 'valid', { aud: 'orders' }, audience);
claim('aud-list', 'It is in a list', 'valid', { aud: ['users', 'orders'] }, audience);
claim('aud-list-of-one', 'It is a list of one', 'valid', { aud: ['orders'] }, audience);
claim('aud-twice', 'It is in the list twice', 'valid', { aud: ['orders', 'orders'] }, audience);
claim('aud-second', 'One of two that are wanted', 'valid', { aud: 'users' }, { audience: ['orders', 'users'] });
claim('aud-second-list', 'One of two that are wanted, in a list', 'valid', { aud: ['x', 'users'] }, { audience: ['orders', 'users'] });
claim('aud-unchecked', 'Any audience where none is configured', 'valid', { aud: 'anyone' });
claim('aud-empty-list-unchecked', 'An empty list where none is configured', 'valid', { aud: [] });
for (const [id, aud, about] of [
  ['other', 'users', 'Another audience'], ['other-list', ['users', 'x'], 'A list without it'], ['empty-list', [], 'An empty list'],
  ['empty', '', 'The empty text'],
  ['case', 'Orders', 'Other case'], ['slash', 'orders/', 'A slash at the end'], ['part', 'order', 'A part of it'], ['letter', 'o', 'A letter of it'],
  ['longer', 'orders2', 'More than it'], ['space', ' orders', 'A space before it'], ['joined', 'users orders', 'Several in one text'],
  ['json', '["orders"]', 'A list in a text'],
]) {
  claim(`aud-${id}`, `aud: ${about}`, 'wrong_audience', { aud }, audience);
}
claim('aud-absent', 'No audience', 'missing_claim', {}, audience);
for (const [id, aud] of [
  ['number', 1], ['null', null], ['object', { orders: true }], ['true', true], ['list-with-number', ['orders', 1]],
  ['list-with-null', ['orders', null]],
  ['list-with-list', [['orders']]],
]) {
  claim(`aud-${id}`, `aud is neither text nor list of texts: ${id}`, 'malformed', { aud }, audience);
  claim(`aud-${id}-unchecked`, `aud is neither text nor list of texts: ${id}; none is configured`, 'malformed', { aud });
}

// sub, jti and the rest
for (const name of ['sub', 'jti']) {
  for (const [id, value] of [['number', 7], ['null', null], ['list', ['user-1']], ['object', {}], ['false', false]]) {
    claim(`${name}-${id}`, `${name} is no text: ${id}`, 'malformed', { [name]: value });
  }
  claim(`${name}-empty`, `${name} is the empty text`, 'valid', { [name]: '' });
}
claim('sub-absent', 'No sub', 'valid', { sub: undefined });
claim('jti', 'A jti', 'valid', { jti: 'b5d6a3c4' });
claim('own', 'Claims of the user, and of every kind', 'valid', {
  scope: 'orders:read orders:write', roles: ['a', 'b'], nested: { deep: [1, 2.5, -3, true, false, null, {}] }, empty: '', größe: 'ü', zero: 0,
});
claim('token-use-ignored', 'token_use and client_id mean nothing outside of user pools', 'valid', { token_use: 7, client_id: [] });
