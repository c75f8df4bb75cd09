import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { authLayer, settingsOf, statementsOf, stubStack } from './support';
import { AuthKey, JwtAlgorithm, TokenUse } from '../../../lib';
import { messageOf, newFunction } from '../support';

const pem = (key: KeyObject): string => String(key.export({ type: 'spki', format: 'pem' }));
const RSA = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey);
const PRIVATE = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const P256 = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);

/** Attaches a layer with a key to a function, and tells what comes of it. */
function wired(key: (stack: Stack) => AuthKey, algorithms?: JwtAlgorithm[]) {
  const stack = stubStack();
  authLayer(stack, { key: key(stack), algorithms }).attachTo(newFunction(stack, { environment: { JWT_SECRET: 'set', KEY: 'set' } }));
  return { stack, settings: settingsOf(stack), statements: statementsOf(stack) };
}

test('a variable of the environment needs no permission', () => {
  expect(wired(() => AuthKey.environment('KEY'))).toMatchObject({
    settings: { key: { type: 'environment', name: 'KEY' }, algorithms: ['HS256'] }, statements: [],
  });
});

test('a secret is read by exactly its ARN, and its KMS key through Secrets Manager alone', () => {
  const { settings, statements, stack: { node } } = wired((stack) => AuthKey.secret(
    new secrets.Secret(stack, 'Jwt', { encryptionKey: new kms.Key(stack, 'Key') }),
    { field: 'secret', cacheTtl: Duration.minutes(2), overlap: Duration.hours(1) },
  ));
  expect(settings).toEqual({ key: { type: 'secret', id: '<Ref:Jwt74035387>', field: 'secret', ttl: 120, overlap: 3600 }, algorithms: ['HS256'] });
  expect(statements).toEqual([
    { actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], resource: { Ref: 'Jwt74035387' } },
  ]);
  const [key] = Object.values(Template.fromStack(Stack.of(node.findChild('Key'))).findResources('AWS::KMS::Key'));
  expect(key.Properties.KeyPolicy.Statement).toContainEqual(expect.objectContaining({
    Action: 'kms:Decrypt',
    Principal: { AWS: { 'Fn::GetAtt': [expect.stringMatching(/^OrdersServiceRole/), 'Arn'] } },
    Condition: { StringEquals: { 'kms:ViaService': expect.anything() } },
  }));
});

test('a parameter is read by exactly its ARN, with its KMS key', () => {
  const { settings, statements } = wired((stack) => AuthKey.parameter(ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Jwt', {
    parameterName: '/auth/jwt', encryptionKey: new kms.Key(stack, 'Key'),
  })));
  expect(settings.key).toEqual({ type: 'parameter', name: '/auth/jwt' });
  expect(statements.map(({ actions }) => actions)).toEqual(['ssm:GetParameter', 'kms:Decrypt']);
  expect(JSON.stringify(statements[0].resource)).toContain(':parameter/auth/jwt');
});

test('a parameter that is known by its ARN is called by its whole name', () => {
  const arn = 'arn:aws:ssm:us-east-1:123456789012:parameter/auth/jwt';
  const { settings } = wired((stack) => AuthKey.parameter(ssm.StringParameter.fromStringParameterArn(stack, 'Jwt', arn)));
  expect(settings.key).toEqual({ type: 'parameter', name: '/auth/jwt' });
});

test('published keys need no permission and take RS256', () => {
  expect(wired(() => AuthKey.jwks('https://issuer.example/jwks.json', { cacheTtl: Duration.hours(1), cooldown: Duration.minutes(1) }))).toMatchObject({
    settings: { key: { type: 'jwks', url: 'https://issuer.example/jwks.json', ttl: 3600, cooldown: 60 }, algorithms: ['RS256'] }, statements: [],
  });
});

test('a user pool says who issues its tokens, and which of its clients they are for', () => {
  const { settings, statements } = wired((stack) => {
    const pool = new cognito.UserPool(stack, 'Pool');
    return AuthKey.userPool(pool, [pool.addClient('Web')], { tokenUse: [TokenUse.ACCESS] });
  });
  expect(settings).toEqual({
    key: {
      type: 'userPool',
      issuer: 'https://cognito-idp.<Ref:AWS::Region>.<Ref:AWS::URLSuffix>/<Ref:PoolD3F588B8>',
      clients: [expect.stringMatching(/^<Ref:PoolWeb/)],
      tokenUse: ['access'],
    },
    algorithms: ['RS256'],
  });
  expect(statements).toEqual([]);
});

test('a public key says which algorithm it is for', () => {
  expect(wired(() => AuthKey.publicKey(RSA)).settings).toEqual({ key: { type: 'publicKey', pem: RSA }, algorithms: ['RS256'] });
  expect(wired(() => AuthKey.publicKey(P256)).settings.algorithms).toEqual(['ES256']);
  expect(wired(() => AuthKey.publicKey(RSA), [JwtAlgorithm.PS384]).settings.algorithms).toEqual(['PS384']);
  expect(wired(() => AuthKey.publicKey(Lazy.string({ produce: () => RSA }))).settings.algorithms).toEqual(['RS256']);
});

test.each<[string, () => AuthKey, RegExp]>([
  ['a name with a dash', () => AuthKey.environment('JWT-SECRET'), /no name of an environment variable\n {2}got: "JWT-SECRET"/],
  ['the settings themselves', () => AuthKey.environment('AUTH_UTILS_CONFIG'), /not yours to set\n {2}got: "AUTH_UTILS_CONFIG"/],
  ['a name of Lambda', () => AuthKey.environment('AWS_REGION'), /not yours to set/],
  ['a short name', () => AuthKey.environment('J'), /no name of an environment variable/],
  ['http', () => AuthKey.jwks('http://issuer.example/jwks.json'), /got: a URL with http:/],
  ['credentials in a URL', () => AuthKey.jwks('https://user:hunter2@issuer.example/'), /got: a URL with credentials/],
  ['no URL', () => AuthKey.jwks('issuer.example'), /got: no URL/],
  ['a fragment', () => AuthKey.jwks('https://issuer.example/a#b'), /got: https:\/\/issuer\.example\/a#b/],
  ['other letters', () => AuthKey.jwks('https://issuer.example/\u00e9'), /in ASCII/],
  ['a query without a path', () => AuthKey.jwks('https://issuer.example?x=1'), /host and path/],
  ['upper case', () => AuthKey.jwks('HTTPS://issuer.example/'), /host and path/],
  ['no time to keep', () => AuthKey.jwks('https://issuer.example', { cacheTtl: Duration.seconds(0) }), /`cacheTtl` is too short/],
  ['no cool-down', () => AuthKey.jwks('https://issuer.example', { cooldown: Duration.seconds(0) }), /`cooldown` is too short/],
  ['a private key', () => AuthKey.publicKey(PRIVATE), /got: a private key/],
  ['a private key behind a public one', () => AuthKey.publicKey(RSA + PRIVATE), /got: a private key/],
  ['two public keys', () => AuthKey.publicKey(RSA + P256), /got: PEM of PUBLIC KEY, PUBLIC KEY/],
  ['text before a key', () => AuthKey.publicKey(`key:\n${RSA}`), /got: a public key with something around it/],
  ['a certificate', () => AuthKey.publicKey('-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----'), /got: PEM of CERTIFICATE/],
  ['a short RSA key', () => AuthKey.publicKey(pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)), /got: rsa, 1024 bits/],
  ['another curve', () => AuthKey.publicKey(pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey)), /got: ec, secp256k1/],
  ['Ed448', () => AuthKey.publicKey(pem(generateKeyPairSync('ed448').publicKey)), /got: ed448/],
  ['broken PEM', () => AuthKey.publicKey('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'), /PEM that cannot be read/],
  ['text', () => AuthKey.publicKey('hunter2'), /text that is no PEM/],
])('%s is refused', (_, key, message) => {
  const text = messageOf(() => authLayer(stubStack(), { key: key(), algorithms: undefined }));
  expect(text).toMatch(/^Shop\/Auth: /);
  expect(text).toMatch(message);
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('MC4CAQ');
});

test('a user pool needs a client, and a kind of token', () => {
  const stack = stubStack();
  const pool = new cognito.UserPool(stack, 'Pool');
  expect(messageOf(() => authLayer(stack, { key: AuthKey.userPool(pool, []) }))).toMatch(/no client of the user pool is named/);
  const useless = AuthKey.userPool(pool, [pool.addClient('Web')], { tokenUse: [] });
  expect(messageOf(() => authLayer(stack, { key: useless }, 'B'))).toMatch(/no token of the user pool/);
});
