import { keys } from '../keys.mjs';
import { token } from '../sign.mjs';
import { claims, group, member, NOW } from './collect.mjs';

const { cases, add } = group('user-pool');
export default [cases];

const ISSUER = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example';
const CLIENT = '1example23456789client';
const OTHER = '7another87654321client';
const jwks = { keys: [
  member(keys.otherRsa, { kid: 'first', alg: 'RS256', use: 'sig' }),
  member(keys.rsa, { kid: 'second', alg: 'RS256', use: 'sig' }),
] };
const id = { ...claims, 'iss': ISSUER, 'iat': NOW, 'auth_time': NOW, 'token_use': 'id', 'aud': CLIENT, 'cognito:username': 'user-1' };
const access = { ...claims, iss: ISSUER, iat: NOW, auth_time: NOW, token_use: 'access', client_id: CLIENT, scope: 'orders/read', version: 2 };

const pool = (name, about, expect, payload, { key = {}, header = {}, signer, ...config } = {}) => add(name, about, expect, {
  config: { key: { type: 'userPool', issuer: ISSUER, clients: [CLIENT, OTHER], ...key }, algorithms: ['RS256'], ...config },
  env: {}, jwks, token: token({ header: { kid: 'second', alg: 'RS256', ...header }, payload, key: signer }),
});
const one = { key: { clients: [CLIENT] } };
const only = (...tokenUse) => ({ key: { tokenUse } });

pool('id', 'An id token', 'valid', id);
pool('access', 'An access token', 'valid', access);
pool('id-second-client', 'An id token of the second client', 'valid', { ...id, aud: OTHER });
pool('access-second-client', 'An access token of the second client', 'valid', { ...access, client_id: OTHER });
pool('id-only', 'An id token where only those are wanted', 'valid', id, only('id'));
pool('access-only', 'An access token where only those are wanted', 'valid', access, only('access'));
pool('id-not-wanted', 'An id token where access tokens are wanted', 'wrong_token_use', id, only('access'));
pool('access-not-wanted', 'An access token where id tokens are wanted', 'wrong_token_use', access, only('id'));
for (const [name, use] of [['absent', undefined], ['refresh', 'refresh'], ['case', 'Access'], ['empty', ''], ['null', null], ['list', ['access']],
  ['number', 1], ['proto', '__proto__']]) {
  pool(`token-use-${name}`, `token_use is ${name}`, 'wrong_token_use', { ...access, token_use: use });
}
pool('id-other-client', 'An id token of another client', 'wrong_audience', { ...id, aud: OTHER }, one);
pool('access-other-client', 'An access token of another client', 'wrong_audience', { ...access, client_id: OTHER }, one);
pool('id-without-aud', 'An id token without aud', 'wrong_audience', { ...id, aud: undefined });
pool('access-without-client', 'An access token without client_id', 'wrong_audience', { ...access, client_id: undefined });
pool('id-with-client-id', 'An id token of another client, with a good client_id', 'wrong_audience', { ...id, aud: OTHER, client_id: CLIENT }, one);
pool('access-with-aud', 'An access token of another client, with a good aud', 'wrong_audience', { ...access, client_id: OTHER, aud: CLIENT }, one);
pool('id-aud-list', 'aud of an id token is a list with the client', 'valid', { ...id, aud: ['x', CLIENT] }, one);
pool('id-aud-list-without', 'aud of an id token is a list without the client', 'wrong_audience', { ...id, aud: ['x', OTHER] }, one);
pool('id-aud-empty-list', 'aud of an id token is an empty list', 'wrong_audience', { ...id, aud: [] });
pool('id-aud-list-with-number', 'aud of an id token is a list with a number', 'malformed', { ...id, aud: [CLIENT, 1] });
pool('client-part', 'client_id is a part of the client', 'wrong_audience', { ...access, client_id: CLIENT.slice(0, -1) });
pool('client-case', 'client_id in other case', 'wrong_audience', { ...access, client_id: CLIENT.toUpperCase() });
for (const [name, value] of [['number', 1], ['null', null], ['list', [CLIENT]], ['empty', '']]) {
  pool(`client-${name}`, `client_id is ${name}`, 'wrong_audience', { ...access, client_id: value });
}
pool('issuer-other-pool', 'A token of another pool', 'wrong_issuer', { ...access, iss: `${ISSUER}2` });
pool('issuer-other-region', 'A pool of another region', 'wrong_issuer', { ...access, iss: ISSUER.replace('us-east-1.', 'eu-west-1.') });
pool('issuer-slash', 'A slash after the issuer', 'wrong_issuer', { ...access, iss: `${ISSUER}/` });
pool('issuer-absent', 'No issuer', 'missing_claim', { ...access, iss: undefined });
pool('issuer-number', 'The issuer is a number', 'malformed', { ...access, iss: 1 });
pool('issuer-before-use', 'Another issuer and no token_use', 'wrong_issuer', { ...access, iss: 'x', token_use: undefined });
pool('sub-before-use', 'sub no text and no token_use', 'malformed', { ...access, sub: 1, token_use: undefined });
pool('use-before-client', 'A token_use that is not wanted, and another client', 'wrong_token_use', { ...id, aud: 'x' }, only('access'));
pool('exp-before-use', 'exp passed and no token_use', 'expired', { ...access, exp: NOW, token_use: undefined });
pool('first-key', 'Signed with the first key', 'valid', access, { header: { kid: 'first' }, signer: keys.otherRsa });
pool('wrong-key', 'The kid of the other key', 'bad_signature', access, { header: { kid: 'first' } });
pool('unknown-kid', 'An unknown kid', 'unknown_key', access, { header: { kid: 'third' } });
pool('without-kid', 'No kid and two keys', 'unknown_key', access, { header: { kid: undefined } });
pool('hs256', 'HS256 with the RSA key as secret', 'algorithm_not_allowed', access, { header: { alg: 'HS256' }, signer: keys.rsa.pem });
