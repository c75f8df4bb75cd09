// Against the real extensions, which talk to a stand-in for AWS: node --test, with Go on the path.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { createRequire } from 'node:module';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as client from '../extension-client/index.js';

let extensions;
let environment;

before(async () => {
  extensions = spawn('go', ['run', './internal/standin/serve'], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)), stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await once(extensions.stdout.setEncoding('utf8'), 'data');
  environment = JSON.parse(line);
});

after(async () => {
  extensions.stdin.end();
  await once(extensions, 'exit');
});

beforeEach(() => {
  Object.assign(process.env, environment);
});

test('values', async () => {
  assert.equal(await client.getParameter('/app/text'), 'text');
  assert.equal(await client.getParameter('/app/secure'), 'secure');
  assert.equal(await client.getConfiguration('app', 'prod', 'text'), 'text');
  assert.deepEqual(await client.getConfiguration('app', 'prod', 'flags'), { flag: true });
});

test('import and require give one instance', () => {
  assert.equal(createRequire(import.meta.url)('../extension-client').getSecret, client.getSecret);
});

test('what a caller does to a configuration is not seen by others', async () => {
  (await client.getConfiguration('app', 'prod', 'flags')).flag = false;
  assert.deepEqual(await client.getConfiguration('app', 'prod', 'flags'), { flag: true });
});

test('a rotation', async () => {
  const old = await client.getSecret('db');
  await control('PUT', '/secrets/db', 'rotated');
  await until(async () => await client.getSecret('db') === 'rotated');
  assert.equal(await client.getSecret('db', 'AWSPREVIOUS'), old);
  assert.equal(await client.getSecret('arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf'), 'rotated');
});

test('the last good value stays', async () => {
  const value = await client.getSecret('db');
  await control('PUT', '/trouble');
  for (let i = 0; i < 30; i++) {
    assert.equal(await client.getSecret('db'), value);
    await sleep(50);
  }
  await control('DELETE', '/trouble');
});

test('cached reads cost no calls', async () => {
  const calls = Number(await control('GET', '/calls/GetSecretValue'));
  for (let i = 0; i < 500; i++) {
    await client.getSecret('db');
  }
  // The background refreshes each second, also what is missing.
  assert.ok(Number(await control('GET', '/calls/GetSecretValue')) - calls < 10);
});

test('many reads at a time', async () => {
  const values = await Promise.all(Array.from({ length: 200 }, () => client.getParameter('/app/text')));
  assert.ok(values.every((value) => value === 'text'));
});

test('refusals', async () => {
  await assert.rejects(client.getSecret('other'), { name: 'ExtensionError', code: 'NotServed', status: 404, message: /property `secrets`/ });
  // An earlier test's trouble is over in a second.
  await until(() => client.getSecret('missing').catch((error) => error.code === 'ResourceNotFoundException' && error.status === 404));
  await assert.rejects(client.getParameter('/other'), { code: 'NotServed', status: 404 });
  await assert.rejects(client.getConfiguration('app', 'prod', '../flags'), { code: 'NotServed', status: 404 });
  process.env.AWS_SESSION_TOKEN = 'wrong';
  await assert.rejects(client.getSecret('db'), { code: 'Unauthorized', status: 401 });
});

test('an extension that is not there', async () => {
  delete process.env.SECRETS_EXTENSION_CONFIG;
  await assert.rejects(client.getSecret('db'), { code: 'NotAttached', message: /attach a SecretsExtension/ });
  process.env.CONFIG_EXTENSION_CONFIG = '{"port":1}';
  await assert.rejects(client.getParameter('/app/text'), { code: 'Unreachable', message: /127\.0\.0\.1:1/ });
});

test('another server at the port', async (t) => {
  await serve(t, (_, response) => response.writeHead(501).end('<html>'));
  await assert.rejects(client.getSecret('db'), { code: 'InvalidAnswer', status: 501 });
});

test('a connection that was closed in the meantime', async (t) => {
  const sockets = new Set();
  const server = await serve(t, (_, response) => response.end(JSON.stringify({ SecretString: 'value' })));
  server.on('connection', (socket) => sockets.add(socket));
  assert.equal(await client.getSecret('db'), 'value');
  // The server's end goes on the next bytes, so that the client has to find out.
  for (const socket of sockets) {
    socket.removeAllListeners('data').on('data', () => socket.resetAndDestroy());
  }
  sockets.clear();
  assert.equal(await client.getSecret('db'), 'value');
});

async function serve(t, listener) {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  t.after(() => server.close().closeAllConnections());
  await once(server, 'listening');
  process.env.SECRETS_EXTENSION_CONFIG = JSON.stringify({ port: server.address().port });
  return server;
}

async function control(method, path, body) {
  const response = await fetch(environment.CONTROL_URL + path, { method, body });
  return response.text();
}

async function until(happened) {
  for (const deadline = Date.now() + 5000; !await happened(); await sleep(20)) {
    assert.ok(Date.now() < deadline);
  }
}
