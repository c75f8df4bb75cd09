import * as fs from 'node:fs';
import * as path from 'node:path';
import { Aws, CfnParameter, Duration, Fn, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Template } from 'aws-cdk-lib/assertions';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import { appOf, authLayer, settingsOf, statementsOf, stubStack, variablesOf } from './support';
import { AuthKey, JwtAlgorithm, LayerContent, LayerRules, SharedDependencyLayer } from '../../../lib';
import { performUnpack } from '../../../lib/pipeline/perform';
import { errorsOf, warningsOf } from '../../validation/support';
import { archiveOf, folderOf, functionLayers, layerResource, messageOf, newFunction, newStack } from '../support';

const SECRET = 'JWT_SECRET';

test('all settings reach the function, and its own variables stay', () => {
  const stack = stubStack();
  authLayer(stack, {
    algorithms: [JwtAlgorithm.HS256, JwtAlgorithm.HS512],
    issuer: 'https://issuer.example',
    audience: ['orders', `shop-${Aws.REGION}`],
    leeway: Duration.minutes(1),
    requireExpiration: false,
    allowShortSecrets: true,
    maxTokenSize: Size.kibibytes(8),
  }).attachTo(newFunction(stack, { environment: { [SECRET]: 'x', STAGE: 'test' } }));
  expect(settingsOf(stack)).toEqual({
    key: { type: 'environment', name: SECRET },
    algorithms: ['HS256', 'HS512'],
    issuer: 'https://issuer.example',
    audience: ['orders', 'shop-<Ref:AWS::Region>'],
    leeway: 60,
    requireExpiration: false,
    allowShortSecrets: true,
    maxTokenBytes: 8192,
  });
  expect(variablesOf(stack)).toMatchObject({ [SECRET]: 'x', STAGE: 'test' });
  expect(functionLayers(stack)).toHaveLength(1);
  expect(errorsOf(stack)).toEqual([]);
});

test('settings may be numbers that deployment knows', () => {
  const stack = stubStack();
  const seconds = new CfnParameter(stack, 'Leeway', { type: 'Number' }).valueAsNumber;
  authLayer(stack, { leeway: Duration.seconds(seconds) }).attachTo(newFunction(stack, { environment: { [SECRET]: 'x' } }));
  expect(JSON.stringify(variablesOf(stack).AUTH_UTILS_CONFIG)).toContain('\\"leeway\\":",{"Ref":"Leeway"}');
});

test('only runtimes that somebody chose are warned of', () => {
  const stack = stubStack();
  authLayer(stack);
  authLayer(stack, { compatibleRuntimes: [lambda.Runtime.NODEJS_22_X], purpose: 'chosen' }, 'Chosen');
  jest.useFakeTimers({ now: new Date('2028-01-01') });
  expect(warningsOf(stack)).toEqual(['Shop/Chosen RuntimeDeprecated']);
  jest.useRealTimers();
});

test('attaching twice, or besides `layers`, changes nothing', () => {
  const stack = stubStack();
  const auth = authLayer(stack, { key: AuthKey.secret(new secrets.Secret(stack, 'Jwt')) });
  const fn = newFunction(stack, { layers: [auth] });
  auth.attachTo(fn, fn);
  auth.attachTo(fn);
  expect(functionLayers(stack)).toHaveLength(1);
  expect(statementsOf(stack)).toHaveLength(1);
});

describe.each([true, false])('with the feature flag recognizeLayerVersion %s', (flag) => {
  const context = { '@aws-cdk/aws-lambda:recognizeLayerVersion': flag };

  test('attachTo keeps the order of the calls, and wires once', () => {
    const stack = stubStack({ context });
    const [z, a] = ['Z', 'A'].map((id) => authLayer(stack, { key: AuthKey.secret(new secrets.Secret(stack, `Jwt${id}`)) }, id));
    const layer = new SharedDependencyLayer(stack, 'M', { content: [LayerContent.files(__dirname)] });
    const fn = newFunction(stack);
    z.attachTo(fn);
    layer.attachTo(fn);
    z.attachTo(fn);
    expect(functionLayers(stack)).toEqual([z, layer].map((one) => stack.resolve(one.layerVersionArn)));
    expect(statementsOf(stack)).toHaveLength(1);
    expect(messageOf(() => a.attachTo(fn))).toMatch(/has another AUTH_UTILS_CONFIG/);
    expect(errorsOf(stack)).toEqual([]);
  });

  test('a version of the function that was there before moves with layer and settings, and with nothing else', () => {
    const versionOf = (issuer?: string): string => {
      const stack = stubStack({ context });
      const fn = newFunction(stack, { environment: { [SECRET]: 'x' } });
      expect(fn.currentVersion).toBeDefined();
      if (issuer !== undefined) {
        authLayer(stack, { issuer }).attachTo(fn);
      }
      const [id] = Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Version'));
      return id;
    };
    const versions = [undefined, 'https://one.example', 'https://two.example'].map(versionOf);
    expect(new Set(versions).size).toBe(3);
    expect(versionOf('https://two.example')).toBe(versions[2]);
  });
});

test('functions of other stacks get what the key needs there', () => {
  const app = stubStack();
  const auth = authLayer(app, { key: AuthKey.secret(new secrets.Secret(app, 'Jwt')) });
  const other = new Stack(appOf(app), 'Reports');
  auth.attachTo(newFunction(other));
  expect(JSON.stringify(variablesOf(other).AUTH_UTILS_CONFIG)).toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
  expect(statementsOf(other)).toHaveLength(1);
  expect(errorsOf(app)).toEqual([]);
});

test('a CfnFunction is wired when the key needs no permission', () => {
  const stack = stubStack();
  const fn = new lambda.CfnFunction(stack, 'Raw', {
    code: { zipFile: 'x' }, role: 'arn:aws:iam::123456789012:role/r', runtime: 'nodejs22.x', environment: { variables: { [SECRET]: 'x' } },
  });
  authLayer(stack).attachTo(fn);
  expect(Object.keys(variablesOf(stack))).toEqual([SECRET, 'AUTH_UTILS_CONFIG']);
  expect(errorsOf(stack)).toEqual([]);
});

test('every function that cannot be wired is told, and none is changed', () => {
  const stack = stubStack();
  const auth = authLayer(stack, { key: AuthKey.secret(new secrets.Secret(stack, 'Jwt')) });
  const good = newFunction(stack, {}, 'Good');
  const message = messageOf(() => auth.attachTo(
    good,
    newFunction(stack, { environment: { AUTH_UTILS_CONFIG: 'hunter2' } }, 'Set'),
    newFunction(stack, { runtime: lambda.Runtime.PYTHON_3_9 }, 'Old'),
    new lambda.CfnFunction(stack, 'Raw', {
      code: { zipFile: 'x' }, role: 'r', runtime: 'python3.13', environment: Fn.conditionIf('C', {}, {}) as never,
    }),
  ));
  expect(message).toMatch(/Shop\/Auth: the function has another AUTH_UTILS_CONFIG .*\n {2}got: Shop\/Set/);
  expect(message).toMatch(/does not serve the runtime of the function\n {2}got: Shop\/Old: python3\.9/);
  expect(message).toMatch(/cannot be granted to read the key\n {2}got: Shop\/Raw/);
  expect(message).toMatch(/environment of the function is only known at deployment\n {2}got: Shop\/Raw/);
  expect(message).not.toContain('hunter2');
  expect(functionLayers(stack)).toEqual([]);
  expect(statementsOf(stack)).toEqual([]);
});

test('imported functions are refused as with every layer', () => {
  const stack = stubStack();
  const imported = lambda.Function.fromFunctionArn(stack, 'Far', 'arn:aws:lambda:eu-west-1:123456789012:function:far');
  expect(messageOf(() => authLayer(stack).attachTo(imported))).toMatch(/cannot take layers/);
});

test('a function that got the layer by `layers` is found', () => {
  const stack = stubStack();
  newFunction(stack, { layers: [authLayer(stack)] });
  expect(errorsOf(stack)).toEqual(['Shop/Orders: the function lacks settings that its layer reads [AuthNotWired]']);
});

test('settings that were put there by hand count, others do not', () => {
  const stack = stubStack();
  const auth = authLayer(stack, { key: AuthKey.secret(new secrets.Secret(stack, 'Jwt')), issuer: 'https://issuer.example' });
  const fn = newFunction(stack, { layers: [auth], environment: auth.environment });
  auth.grantKeyRead(fn);
  expect(errorsOf(stack)).toEqual([]);
  const literal = authLayer(stack, {}, 'Other');
  const differs = newFunction(stack, { layers: [literal], environment: { AUTH_UTILS_CONFIG: '{}', [SECRET]: 'x' } }, 'Differs');
  expect(errorsOf(stack)).toEqual([expect.stringMatching(/^Shop\/Differs: .*\[AuthNotWired\]$/)]);
  // An override has the last word.
  (differs.node.defaultChild as lambda.CfnFunction).addPropertyOverride('Environment.Variables', literal.environment);
  expect(errorsOf(stack)).toEqual([]);
});

test('settings with a part that deployment knows are compared, too', () => {
  const stack = stubStack();
  const auth = authLayer(stack, { key: AuthKey.secret(new secrets.Secret(stack, 'Jwt')) });
  const other = authLayer(stack, { key: AuthKey.secret(new secrets.Secret(stack, 'Another')), purpose: 'other' }, 'Other');
  const fn = newFunction(stack);
  auth.attachTo(fn);
  auth.attachTo(newFunction(new Stack(appOf(stack), 'Reports')));
  expect(errorsOf(stack)).toEqual([]);
  fn.addEnvironment('AUTH_UTILS_CONFIG', other.environment.AUTH_UTILS_CONFIG);
  expect(errorsOf(stack)).toEqual([expect.stringMatching(/^Shop\/Orders: .*\[AuthNotWired\]$/)]);
  fn.addEnvironment('AUTH_UTILS_CONFIG', '{"requireExpiration":false}');
  expect(errorsOf(stack)).toEqual([expect.stringMatching(/^Shop\/Orders: .*\[AuthNotWired\]$/)]);
  fn.addEnvironment('AUTH_UTILS_CONFIG', new CfnParameter(stack, 'Settings').valueAsString);
  expect(errorsOf(stack)).toEqual([]);
});

test('what overwrites the settings after attaching is found; acknowledging it is possible', () => {
  const stack = stubStack();
  const auth = authLayer(stack);
  const fn = newFunction(stack, { environment: { [SECRET]: 'x' } });
  auth.attachTo(fn);
  fn.addEnvironment('AUTH_UTILS_CONFIG', '{"requireExpiration":false}');
  expect(errorsOf(stack)).toEqual([expect.stringMatching(/^Shop\/Orders: .*\[AuthNotWired\]$/)]);
  LayerRules.of(fn).acknowledge('AuthNotWired', 'an experiment');
  expect(errorsOf(stack)).toEqual([]);
});

test.each<[string, Parameters<typeof authLayer>[1], RegExp]>([
  ['no key', { key: undefined }, /`key` is missing or no AuthKey\n {2}got: nothing/],
  ['a name as key', { key: 'JWT_SECRET' as never }, /`key` is missing or no AuthKey/],
  ['no algorithm', { algorithms: [] }, /no algorithm is accepted/],
  ['HMAC and RSA', { algorithms: [JwtAlgorithm.HS256, JwtAlgorithm.RS256] }, /do not mix\n {2}got: HS256, RS256/],
  ['HMAC with published keys', { key: AuthKey.jwks('https://issuer.example/'), algorithms: [JwtAlgorithm.HS256] }, /AuthKey\.jwks has no key for/],
  ['an empty issuer', { issuer: '' }, /empty issuer or audience/],
  ['no audience', { audience: [] }, /empty issuer or audience/],
  ['an empty audience', { audience: ['orders', ''] }, /empty issuer or audience/],
  ['tiny tokens', { maxTokenSize: Size.bytes(10) }, /got: 10 bytes/],
  ['half a byte', { maxTokenSize: Size.bytes(300.5) }, /got: 300\.5 bytes/],
  ['an old Python', { compatibleRuntimes: [lambda.Runtime.PYTHON_3_10] }, /does not run there\n {2}got: python3\.10/],
  ['an old Node.js', { compatibleRuntimes: [lambda.Runtime.PYTHON_3_13, lambda.Runtime.NODEJS_20_X] }, /does not run there\n {2}got: nodejs20\.x/],
  ['Java', { compatibleRuntimes: [lambda.Runtime.JAVA_21] }, /does not run there\n {2}got: java21/],
  ['no runtime', { compatibleRuntimes: [] }, /got: compatibleRuntimes: \[\]/],
  ['files as libraries', { libraries: [LayerContent.files(__dirname)] }, /`libraries` has content that is no package/],
])('%s is refused', (_, props, message) => {
  expect(messageOf(() => authLayer(stubStack(), props))).toMatch(message);
});

test('all that is wrong with key and claims is told at once', () => {
  const stack = stubStack();
  const key = AuthKey.userPool(new cognito.UserPool(stack, 'Pool'), []);
  const message = messageOf(() => authLayer(stack, { key, algorithms: [JwtAlgorithm.ES256], issuer: 'x', audience: ['y'] }));
  expect(message).toMatch(/no client of the user pool/);
  expect(message).toMatch(/AuthKey\.userPool has no key for the algorithm\n {2}got: ES256\n {2}allowed: RS256/);
  expect(message).toMatch(/says itself who issues its tokens[^]*got: issuer and audience/);
});

describe('the bytes', () => {
  test('HS256 is one pure layer for both languages and both machines, under 260 KB', () => {
    const stack = newStack();
    const auth = authLayer(stack);
    expect(auth.manifest.packages.map(({ name }) => name)).toEqual(['PyJWT', 'auth-utils', 'jose']);
    expect(auth.manifest.nativeFiles).toEqual([]);
    expect(auth.manifest.unzippedBytes).toBeLessThan(260_000);
    expect(auth.manifest.files.map((file) => file.path)).toEqual(expect.arrayContaining([
      'python/auth_utils/__init__.py', 'nodejs/node_modules/auth-utils/index.js', 'nodejs/node_modules/auth-utils/package.json',
    ]));
    expect(auth.manifest.files.filter((file) => /\.d\.ts$|\/tests?\//.test(file.path))).toEqual([]);
    expect(layerResource(stack).Properties).toMatchObject({
      LayerName: 'Shop-Auth-layer',
      CompatibleRuntimes: ['python3.11', 'python3.12', 'python3.13', 'python3.14', 'nodejs22.x', 'nodejs24.x'],
    });
    expect(layerResource(stack).Properties).not.toHaveProperty('CompatibleArchitectures');
  });

  test('what is left of jose names nothing that is not there', async () => {
    const stack = newStack();
    authLayer(stack);
    const opt = path.join(folderOf({}), 'opt');
    await performUnpack(archiveOf(stack), opt);
    const jose = path.join(opt, 'nodejs/node_modules/jose');
    const modules = fs.readdirSync(jose, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
    expect(modules.length).toBeGreaterThan(5);
    for (const name of modules) {
      const text = fs.readFileSync(path.join(jose, name), 'utf8');
      const named = [...text.matchAll(/\bfrom\s*["'](\.[^"']+)["']/g)].map(([, other]) => path.join(path.dirname(name), other));
      expect({ name, missing: named.filter((other) => !modules.includes(other)) }).toEqual({ name, missing: [] });
    }
  });

  test('public keys make it native, for one machine', () => {
    const stack = newStack();
    const auth = authLayer(stack, {
      key: AuthKey.jwks('https://issuer.example/jwks.json'),
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_13],
      compatibleArchitectures: [lambda.Architecture.ARM_64],
    });
    expect(auth.manifest.packages.map(({ name }) => name)).toEqual(['cffi', 'cryptography', 'pycparser', 'PyJWT']);
    expect(auth.manifest.architecture).toBe('arm64');
    expect(layerResource(stack).Properties).toMatchObject({ CompatibleArchitectures: ['arm64'], LayerName: 'Shop-Auth-python313-arm64-layer' });
  });

  test('in Node.js alone, public keys stay pure', () => {
    const key = AuthKey.jwks('https://issuer.example/jwks.json');
    const auth = authLayer(newStack(), { key, compatibleRuntimes: [lambda.Runtime.NODEJS_22_X] });
    expect(auth.manifest.packages.map(({ name }) => name)).toEqual(['auth-utils', 'jose']);
    expect(auth.manifest.architecture).toBeUndefined();
  });

  test('libraries of one\'s own take the place of those that come along, when they have what the code needs', () => {
    const libraries = (requirement: string): LayerContent[] => [LayerContent.python(folderOf({ 'requirements.txt': requirement }))];
    const props = (requirement: string): Parameters<typeof authLayer>[1] =>
      ({ libraries: libraries(requirement), compatibleRuntimes: [lambda.Runtime.PYTHON_3_13] });
    const hashed = 'pyjwt==2.11.0 --hash=sha256:94a6bde30eb5c8e04fee991062b534071fd1439ef58d2adc9ccb823e7bcd0469\n';
    const auth = authLayer(newStack({ context: { 'cdk-lambda-layers:frozen': true } }), props(hashed));
    expect(auth.manifest.packages.map(({ name, version }) => `${name} ${version}`)).toEqual(['PyJWT 2.11.0']);
    const six = 'six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n';
    expect(messageOf(() => authLayer(newStack(), props(six))))
      .toMatch(/`libraries` must bring PyJWT\n {2}got: none\n {2}allowed: PyJWT 2\.11\.0 or newer/);
  });
});

test('a stub says the same of runtimes and settings, and reads nothing', () => {
  const stack = stubStack();
  authLayer(stack).attachTo(newFunction(stack, { environment: { [SECRET]: 'x' } }));
  expect(() => Template.fromStack(stack)).not.toThrow();
  Annotations.fromStack(stack).hasNoError('*', '*');
});
