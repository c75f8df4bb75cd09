// Secrets Manager and SSM: the real SDK against a server that answers as they do and counts the calls.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { auth, code, configure, good, home, pair, pass, pem, root, SECRET, sign, time } from './support.mjs';

const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:jwt-AbCdEf';
const OLD = 'the secret before the last rotation!';
const NEW = 'the secret after the last rotation!!';
const calls = [];
let server;
/** Answers one call: [status, body], 'hang', or undefined to cut the connection. */
let answer;

const current = (text, { age = 1e6, ...more } = {}) => [200, { ARN, Name: 'jwt', VersionId: 'v2', SecretString: text, CreatedDate: time.now - age,
  ...more }];
const fault = (status, type) => [status, { __type: type, message: `no ${SECRET}` }];

before(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const call = { action: request.headers['x-amz-target'].split('.')[1], region: /\/\d+\/([^/]+)\//.exec(request.headers.authorization)[1],
      ...JSON.parse(text) };
    calls.push(call);
    const result = await answer(call);
    if (result === 'hang') return;
    if (!result) return request.socket.destroy();
    response.writeHead(result[0], { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(result[1]));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${server.address().port}`, AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => { calls.length = 0; });

const secret = (more, config) => configure({ key: { type: 'secret', id: ARN, ...more }, ...config }, {});
const parameter = (more) => configure({ key: { type: 'parameter', name: '/app/jwt', ...more } }, {});
const rejected = async (pattern) => {
  await assert.rejects(auth.verifyToken(sign(good())), (error) => {
    assert.ok(error instanceof auth.ConfigurationError, error.stack);
    assert.match(error.message, pattern);
    assert.ok(!error.message.includes(SECRET));
    return true;
  });
};

test('a secret: one call for 2,000 callers, region of the ARN, kept for ttl', async () => {
  answer = () => current(SECRET);
  secret();
  const token = sign(good({ exp: time.now + 9999 }));
  const codes = await Promise.all(Array.from({ length: 2000 }, () => code(token)));
  assert.deepEqual([...new Set(codes)], ['valid']);
  assert.deepEqual(calls, [{ action: 'GetSecretValue', region: 'eu-central-1', SecretId: ARN }]);
  pass(299);
  assert.equal(await code(token), 'valid');
  assert.equal(calls.length, 1);
  pass(1);
  assert.deepEqual(await Promise.all([code(token), code(token)]), ['valid', 'valid']);
  assert.equal(calls.length, 2);
});

test('a field of a secret', async () => {
  const cases = [[{ field: 'secret' }, JSON.stringify({ secret: SECRET })]];
  for (const [more, text] of cases) {
    answer = () => current(text);
    secret(more);
    assert.equal(await code(sign(good())), 'valid');
  }
  const unfit = [`{"secret":"\\ud800${SECRET}"}`, `{"secret":${'['.repeat(50_000)}`];
  for (const text of [...unfit, SECRET, '{}', '{"secret":1}', '[]', `{"secret":null,"x":"${SECRET}"}`, JSON.stringify(SECRET), `{"x":"${SECRET}`]) {
    answer = () => current(text);
    secret({ field: 'secret' });
    await rejected(/^arn:.* has no text field secret/);
  }
  secret({ field: 'constructor' });
  await rejected(/no text field/);
  for (const text of ['{"secret":""}', '{"secret":"short"}']) {
    answer = () => current(text);
    secret({ field: 'secret' });
    await rejected(/is empty|has under 32 bytes/);
  }
});

test('a JSON object without a field to look in', async () => {
  answer = () => current(JSON.stringify({ secret: SECRET }));
  secret();
  await rejected(/^arn:.* is a JSON object: say in which field the key is/);
});

test('a binary secret', async () => {
  const bytes = Buffer.from(Array.from({ length: 40 }, (_, index) => 0xff - index));
  answer = () => current(undefined, { SecretBinary: bytes.toString('base64') });
  secret();
  assert.equal(await code(sign(good(), { key: bytes })), 'valid');
  secret({ field: 'secret' });
  await rejected(/no text field/);
});

test('a public key in a secret', async () => {
  answer = () => current(pem(pair('ES256').publicKey));
  secret({}, { algorithms: ['ES256'] });
  assert.equal(await code(sign(good(), { alg: 'ES256', key: pair('ES256').privateKey })), 'valid');
});

test('refusals of the service are remembered for 5 s', async () => {
  for (const name of ['ResourceNotFoundException', 'AccessDeniedException', 'DecryptionFailure', 'InvalidRequestException']) {
    calls.length = 0;
    answer = () => fault(400, name);
    secret();
    await rejected(new RegExp(`^arn:.* cannot be read: ${name}`));
    answer = () => current(SECRET);
    await rejected(new RegExp(name));
    assert.equal(calls.length, 1);
    pass(5);
    assert.equal(await code(sign(good())), 'valid');
  }
});

test('a service that is down: key_unavailable, a new attempt after 5 s', async () => {
  for (const down of [() => fault(500, 'InternalServiceError'), () => fault(400, 'ThrottlingException'),
    () => fault(400, 'LimitExceededException'), () => undefined]) {
    answer = down;
    secret();
    calls.length = 0;
    assert.deepEqual(await Promise.all([code(sign(good())), code(sign(good()))]), ['key_unavailable', 'key_unavailable']);
    assert.equal(calls.length, 2, 'two attempts of the SDK');
    assert.equal(await code(sign(good())), 'key_unavailable');
    assert.equal(calls.length, 2);
    answer = () => current(SECRET);
    pass(5);
    assert.equal(await code(sign(good())), 'valid');
    // The last good value outlives the service
    answer = down;
    pass(300);
    calls.length = 0;
    assert.equal(await code(sign(good())), 'valid');
    assert.equal(await code(sign(good())), 'valid');
    assert.equal(calls.length, 2);
    answer = () => current(NEW);
    pass(5);
    assert.equal(await code(sign(good(), { key: NEW })), 'valid');
  }
  // But not a withdrawn permission
  answer = () => fault(400, 'AccessDeniedException');
  pass(300);
  await rejected(/AccessDeniedException/);
});

test('a service that hangs: two attempts of 3 s', async () => {
  answer = () => 'hang';
  secret();
  const start = performance.now();
  assert.equal(await code(sign(good())), 'key_unavailable');
  const took = performance.now() - start;
  assert.ok(took > 5900 && took < 8000, `${took}`);
  assert.equal(calls.length, 2);
});

test('rotation: refetched once after a bad signature, at most every 30 s', async () => {
  answer = () => current(OLD);
  secret();
  assert.equal(await code(sign(good(), { key: OLD })), 'valid');
  answer = () => current(NEW);
  const codes = await Promise.all(Array.from({ length: 50 }, (_, index) => code(sign(good(), { key: index % 2 ? NEW : 'x'.repeat(32) }))));
  assert.deepEqual(codes, Array.from({ length: 50 }, (_, index) => index % 2 ? 'valid' : 'bad_signature'));
  assert.equal(await code(sign(good(), { key: OLD })), 'bad_signature');
  assert.equal(calls.length, 2);
  pass(29);
  assert.equal(await code(sign(good(), { key: 'x'.repeat(32) })), 'bad_signature');
  assert.equal(calls.length, 2);
  pass(1);
  assert.equal(await code(sign(good(), { key: 'x'.repeat(32) })), 'bad_signature');
  assert.equal(calls.length, 3);
  // A bad token while the service is down costs nobody the key
  pass(30);
  answer = () => undefined;
  assert.equal(await code(sign(good(), { key: 'x'.repeat(32) })), 'bad_signature');
  assert.equal(await code(sign(good(), { key: NEW })), 'valid');
  assert.equal(await code(sign(good(), { alg: 'HS256', header: { jku: 'x' } })), 'unsupported_header');
});

test('no calls for tokens that fail before the key', async () => {
  answer = () => current(SECRET);
  secret();
  for (const token of ['', 'x', sign(good(), { header: { alg: 'none' } })]) await code(token);
  assert.equal(calls.length, 0);
});

test('overlap: AWSPREVIOUS is accepted until it ends', async () => {
  const created = time.now - 50;
  answer = ({ VersionStage }) => current(VersionStage === 'AWSPREVIOUS' ? OLD : NEW, { CreatedDate: created });
  secret({ overlap: 100 });
  for (const key of [OLD, NEW]) assert.equal(await code(sign(good(), { key })), 'valid');
  assert.deepEqual(calls.map(({ VersionStage }) => VersionStage), [undefined, 'AWSPREVIOUS']);
  // It ends within ttl, too
  pass(49);
  assert.equal(await code(sign(good(), { key: OLD })), 'valid');
  pass(1);
  assert.equal(await code(sign(good(), { key: OLD })), 'bad_signature');
  assert.equal(await code(sign(good(), { key: NEW })), 'valid');
  assert.deepEqual(calls.map(({ VersionStage }) => VersionStage), [undefined, 'AWSPREVIOUS', undefined]);

  for (const previous of [fault(400, 'ResourceNotFoundException'), current('short')]) {
    answer = ({ VersionStage }) => VersionStage ? previous : current(NEW, { age: 1 });
    secret({ overlap: 100 });
    assert.equal(await code(sign(good(), { key: NEW })), 'valid');
  }
  calls.length = 0;
  // Without overlap, whatever the service's clock says
  answer = () => current(NEW, { age: -60 });
  secret();
  assert.equal(await code(sign(good(), { key: NEW })), 'valid');
  assert.equal(calls.length, 1);
});

test('a parameter, its field and the version before', async () => {
  let version = 1;
  const values = { 1: OLD, 2: NEW };
  answer = ({ Name }) => {
    const asked = Name.split(':')[1] ?? version;
    return values[asked] ? [200, { Parameter: { Name: '/app/jwt', Type: 'SecureString', Value: values[asked], Version: Number(asked),
      LastModifiedDate: time.now - 10 } }] : fault(400, 'ParameterVersionNotFound');
  };
  parameter({ overlap: 60 });
  assert.equal(await code(sign(good(), { key: OLD })), 'valid');
  assert.deepEqual(calls, [{ action: 'GetParameter', region: 'us-west-2', Name: '/app/jwt', WithDecryption: true }]);
  version = 2;
  assert.equal(await code(sign(good(), { key: NEW })), 'valid');
  assert.equal(await code(sign(good(), { key: OLD })), 'valid');
  assert.deepEqual(calls.map(({ Name }) => Name), ['/app/jwt', '/app/jwt', '/app/jwt:1']);
  delete values[1];
  parameter({ overlap: 60 });
  assert.equal(await code(sign(good(), { key: NEW })), 'valid');
  values[2] = JSON.stringify({ a: SECRET });
  parameter({ field: 'a' });
  assert.equal(await code(sign(good())), 'valid');
  answer = () => fault(400, 'ParameterNotFound');
  parameter();
  await rejected(/^\/app\/jwt cannot be read: ParameterNotFound/);
});

test('a slow fetch is waited for by one; others go on with the old keys', async () => {
  answer = () => current(OLD);
  secret({ ttl: 100 });
  const old = sign(good({ exp: time.now + 9999 }), { key: OLD });
  assert.equal(await code(old), 'valid');
  let release;
  answer = () => new Promise((resolve) => { release = resolve; });
  const slow = async (token, expected, result) => {
    calls.length = 0;
    release = undefined;
    let done = false;
    const first = code(token).finally(() => { done = true; });
    while (!release) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(await Promise.all(Array.from({ length: 20 }, () => code(old))), Array(20).fill('valid'));
    assert.equal(done, false);
    release(result);
    assert.equal(await first, expected);
    assert.equal(calls.length, 1);
  };
  await slow(sign(good(), { key: NEW }), 'bad_signature', current(OLD));
  pass(100);
  await slow(old, 'valid', current(OLD));
  // A refresh that fails does not shorten the life of good keys
  answer = () => fault(400, 'LimitExceededException');
  assert.equal(await code(sign(good(), { key: NEW })), 'bad_signature');
  calls.length = 0;
  pass(99);
  assert.equal(await code(old), 'valid');
  assert.equal(calls.length, 0);
});

test('without SDK, credentials or region: a fault of configuration', async (context) => {
  // Outside of root, whose folders have the SDK above them
  const bare = mkdtempSync(join(tmpdir(), 'auth-utils-bare-'));
  context.after(() => rmSync(bare, { recursive: true, force: true }));
  mkdirSync(join(bare, 'node_modules'));
  cpSync(home, join(bare, 'node_modules', 'auth-utils'), { recursive: true });
  symlinkSync(realpathSync(join(root, 'node_modules', 'jose')), join(bare, 'node_modules', 'jose'));
  const nothing = { AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_CONFIG_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true' };
  const names = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_REGION: 'us-west-2' };
  const { AWS_REGION, ...noRegion } = names;
  for (const [type, folder, environment, expected] of [
    ['parameter', bare, names, 'MODULE_NOT_FOUND'], ['secret', bare, names, 'MODULE_NOT_FOUND'],
    ['parameter', root, { AWS_REGION }, 'CredentialsProviderError'], ['parameter', root, noRegion, 'Region is missing'],
  ]) {
    const code = `import { verifyToken } from ${JSON.stringify(join(folder, 'node_modules', 'auth-utils', 'index.js'))};
      await verifyToken(${JSON.stringify(sign(good()))}).then(console.log, (error) => console.log(error.name, error.message));`;
    const AUTH_UTILS_CONFIG = JSON.stringify({ key: { type, [type === 'secret' ? 'id' : 'name']: 'one' } });
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', timeout: 20_000,
      env: { PATH: process.env.PATH, ...nothing, ...environment, AUTH_UTILS_CONFIG } });
    assert.match(output, new RegExp(`^ConfigurationError one cannot be read: ${expected}`), output);
  }
});

test('no room for endless calls with ttl 0', async () => {
  answer = () => current(SECRET);
  secret({ ttl: 0 });
  assert.equal(await code(sign(good(), { key: 'x'.repeat(32) })), 'bad_signature');
  assert.ok(calls.length <= 2);
});
