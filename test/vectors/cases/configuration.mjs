import * as crypto from 'node:crypto';
import { keys, SECRET } from '../keys.mjs';
import { token } from '../sign.mjs';
import { claims, group, JWKS_URL, publicKey } from './collect.mjs';

const { cases, add } = group('configuration');
export default [cases];

const fault = (id, about, config, { env = { JWT_SECRET: SECRET }, alg = 'HS256', ...rest } = {}) => {
  add(id, about, 'ConfigurationError', { config, env, token: token({ header: { alg }, payload: claims }), ...rest });
};
const { privateKey } = keys.rsa;

fault('unknown-field', 'A field that nobody knows', { algorithm: ['HS256'] });
fault('config-list', 'The configuration is a list', []);
fault('config-text', 'The configuration is no JSON', '{"algorithms":["HS256"]');
fault('algorithms-empty', 'No algorithm', { algorithms: [] });
fault('algorithms-none', 'none as an algorithm', { algorithms: ['HS256', 'none'] });
fault('algorithms-unknown', 'An unknown algorithm', { algorithms: ['HS1'] });
fault('algorithms-case', 'An algorithm in lower case', { algorithms: ['hs256'] });
fault('algorithms-text', 'A text instead of a list', { algorithms: 'HS256' });
fault('algorithms-mixed', 'HS256 together with RS256', { algorithms: ['HS256', 'RS256'] });
fault('issuer-list', 'The issuer is a list', { issuer: ['x'] });
fault('audience-text', 'The audience is a text', { audience: 'orders' });
fault('audience-number', 'The audience has a number', { audience: ['orders', 1] });
fault('leeway-negative', 'leeway is negative', { leeway: -1 });
fault('leeway-text', 'leeway is a text', { leeway: '10' });
fault('leeway-true', 'leeway is true', { leeway: true });
fault('require-expiration-text', 'requireExpiration is a text', { requireExpiration: 'false' });
fault('max-token-bytes-text', 'maxTokenBytes is a text', { maxTokenBytes: '16384' });
fault('short-secrets-number', 'allowShortSecrets is a number', { allowShortSecrets: 1 });
fault('key-text', 'The key is a text', { key: 'JWT_SECRET' });
fault('key-type-unknown', 'An unknown type of key', { key: { type: 'file', name: 'x' } });
fault('key-type-proto', 'The type of the key is __proto__', { key: { type: '__proto__', name: 'JWT_SECRET' } });
fault('key-unknown-field', 'A field that this type of key does not have', { key: { type: 'environment', name: 'JWT_SECRET', url: 'x' } });
fault('key-name-absent', 'A variable without a name', { key: { type: 'environment' } });
fault('jwks-http', 'A key set over http', { key: { type: 'jwks', url: 'http://issuer.example/jwks.json' }, algorithms: ['RS256'] }, { alg: 'RS256' });
fault('jwks-hs256', 'A key set for HS256', { key: { type: 'jwks', url: JWKS_URL }, algorithms: ['HS256'] });
fault('user-pool-hs256', 'A user pool for HS256', {
  key: { type: 'userPool', issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example', clients: ['x'] }, algorithms: ['HS256'],
});
fault('secret-absent', 'The variable is not set', {}, { env: {} });
fault('secret-empty', 'The variable is empty', {}, { env: { JWT_SECRET: '' } });
fault('secret-empty-allowed', 'The variable is empty where short secrets are allowed', { allowShortSecrets: true }, { env: { JWT_SECRET: '' } });
fault('secret-31-bytes', 'A secret of 31 bytes', {}, { env: { JWT_SECRET: 'x'.repeat(31) } });
fault('secret-47-bytes', '47 bytes for HS384', { algorithms: ['HS384'] }, { env: { JWT_SECRET: 'x'.repeat(47) }, alg: 'HS384' });
fault('secret-63-bytes', '63 bytes for HS512', { algorithms: ['HS512'] }, { env: { JWT_SECRET: 'x'.repeat(63) }, alg: 'HS512' });
fault('secret-for-longest', '32 bytes where HS256 and HS512 are configured: the longest counts', { algorithms: ['HS256', 'HS512'] }, {
  env: { JWT_SECRET: 'x'.repeat(32) },
});
for (const [id, about, secret] of [
  ['public-pem', 'A public key', keys.rsa.pem], ['pkcs1-pem', 'A public key in PKCS #1', keys.rsa.publicKey.export({ format: 'pem', type: 'pkcs1' })],
  ['pem-after-space', 'A public key after an empty line', `\n${keys.p256.pem}`], ['jwk', 'A JWK', JSON.stringify(keys.rsa.jwk)],
  ['jwk-spaced', 'A JWK with white space', JSON.stringify(keys.ed25519.jwk, undefined, 2)],
  ['ssh', 'An ssh key',
    `ssh-ed25519 ${Buffer.concat([Buffer.from('0000000b7373682d65643235353139', 'hex'), Buffer.alloc(36, 1)]).toString('base64')} user@host`],
]) {
  for (const allowShortSecrets of [false, true]) {
    fault(`secret-${id}${allowShortSecrets ? '-allowed' : ''}`,
      `${about} as the secret of HS256${allowShortSecrets ? ', short secrets allowed' : ''}`,
      { allowShortSecrets }, { env: { JWT_SECRET: secret } });
  }
}
const pem = (id, about, alg, text) => fault(`pem-${id}`, about, publicKey(alg, text).config, { env: {}, alg });
const exported = (type) => privateKey.export({ format: 'pem', type });
pem('none', 'The PEM is a word', 'RS256', 'key');
pem('empty', 'The PEM is empty', 'RS256', '');
pem('garbage', 'The PEM holds no key', 'RS256', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n');
pem('pkcs1', 'A public key in PKCS #1 instead of SPKI', 'RS256', keys.rsa.publicKey.export({ format: 'pem', type: 'pkcs1' }));
// The private keys are made for these tests and guard nothing
pem('private', 'A private key', 'RS256', exported('pkcs8'));
pem('private-pkcs1', 'A private key in PKCS #1', 'RS256', exported('pkcs1'));
pem('private-ec', 'A private EC key', 'ES256', keys.p256.privateKey.export({ format: 'pem', type: 'sec1' }));
pem('weak', 'RSA with 1,024 bits', 'RS256', keys.weakRsa.pem);
pem('ec-for-rsa', 'An EC key for RS256', 'RS256', keys.p256.pem);
pem('rsa-for-ec', 'An RSA key for ES256', 'ES256', keys.rsa.pem);
pem('wrong-curve', 'P-384 for ES256', 'ES256', keys.p384.pem);
pem('wrong-curve-384', 'P-256 for ES384', 'ES384', keys.p256.pem);
pem('wrong-curve-512', 'P-256 for ES512', 'ES512', keys.p256.pem);
pem('ed448', 'Ed448 for EdDSA', 'EdDSA', keys.ed448.pem);
pem('x25519', 'X25519 for EdDSA', 'EdDSA', crypto.createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x: keys.ed25519.jwk.x } })
  .export({ format: 'pem', type: 'spki' }));
pem('rsa-for-eddsa', 'An RSA key for EdDSA', 'EdDSA', keys.rsa.pem);
fault('environment-pem-hs-secret', 'RS256, and the environment holds a secret', { algorithms: ['RS256'] }, { alg: 'RS256' });
