// JWKS over real HTTPS on loopback. The certificate is trusted through NODE_EXTRA_CA_CERTS, which Node reads at its start: so a child runs the cases.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { auth, code, configure, good, pair, pass, root, sign, time } from './support.mjs';

const folder = process.env.TEST_CERTIFICATE;

if (!folder) {
  test('JWKS over HTTPS', async () => {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
      '/CN=localhost', '-addext',
      'subjectAltName=DNS:localhost', '-keyout', join(root, 'key.pem'), '-out', join(root, 'cert.pem')], { stdio: 'pipe' });
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(process.execPath, [import.meta.filename], { env: { ...env, TEST_CERTIFICATE: root, NODE_EXTRA_CA_CERTS: join(root,
      'cert.pem') }, timeout: 30_000 });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { output += data; });
    const status = await new Promise((resolve) => child.once('close', resolve));
    assert.equal(status, 0, output);
    assert.match(output, /pass 1[0-9]/);
    assert.match(output, /skipped 0/);
  });
} else cases();

function cases() {
  let calls = 0;
  let answer;
  let server;
  let url;
  const sockets = new Set();
  const jwk = (alg, kid, more) => ({ ...pair(alg).publicKey.export({ format: 'jwk' }), kid, use: 'sig', ...more });
  const set = (...keys) => (request, response) => response.end(JSON.stringify({ keys }));
  const token = (kid, alg = 'ES256', payload = good()) => sign(payload, { alg, key: pair(alg).privateKey,
    header: kid === undefined ? {} : { kid } });
  const jwks = (more, algorithms = ['ES256', 'RS256']) => {
    calls = 0;
    configure({ algorithms, key: { type: 'jwks', url, ...more } }, {});
  };

  before(async () => {
    server = createServer({ key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) }, (request, response) => {
      calls++;
      response.on('error', () => undefined);
      answer(request, response);
    });
    server.on('connection', (socket) => sockets.add(socket));
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `https://localhost:${server.address().port}/keys`;
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test('2,000 verifications with a cold cache make one fetch', async () => {
    answer = set(jwk('ES256', 'a'));
    jwks();
    const one = token('a');
    assert.deepEqual([...new Set(await Promise.all(Array.from({ length: 2000 }, () => code(one))))], ['valid']);
    assert.equal(calls, 1);
  });

  test('which keys are candidates', async () => {
    const strict = [{ key_ops: 'verify' }, { key_ops: null }, { key_ops: 5 }, { d: '' }, { d: null }, { alg: null }];
    const ignored = [...strict.map((more) => jwk('ES256', 'a', more)),
      null, 1, 'x', [], {}, jwk('ES256', 'a', { use: 'enc' }), jwk('ES256', 'a', { key_ops: ['sign'] }), jwk('ES256', 'a',
        { alg: 'ES384' }),
      jwk('ES256', 'a', { x: 'AA' }), jwk('ES384', 'a'), { kty: 'oct', k: 'c2VjcmV0', kid: 'a' },
      { ...pair('ES256').privateKey.export({ format: 'jwk' }), kid: 'a' }, jwk('ES256', 'b'), jwk('ES256', 1)];
    for (const one of ignored) {
      answer = set(one);
      jwks();
      assert.equal(await code(token('a')), 'unknown_key', JSON.stringify(one));
    }
    answer = set(...ignored, jwk('ES256', 'a', { key_ops: ['verify'], alg: 'ES256' }), jwk('RS256', 'a', { use: undefined }));
    jwks();
    assert.equal(await code(token('a')), 'valid');
    assert.equal(await code(token('a', 'RS256')), 'valid');
    assert.equal(calls, 1);
    // Without kid: only when one key fits the algorithm
    assert.equal(await code(token(undefined, 'RS256')), 'valid');
    assert.equal(await code(token(undefined, 'ES256')), 'unknown_key');
    // The token names a key of another algorithm
    assert.equal(await code(sign(good(), { alg: 'ES256', key: pair('ES256').privateKey, header: { kid: 'none' } })), 'unknown_key');
    // An algorithm named twice is one
    jwks({}, ['RS256', 'RS256']);
    assert.equal(await code(token(undefined, 'RS256')), 'valid');
    answer = set(...Array.from({ length: 100 }, (_, kid) => jwk('ES256', `${kid}`)));
    jwks();
    assert.equal(await code(token('99')), 'valid');
    answer = set(...Array.from({ length: 101 }, (_, kid) => jwk('ES256', `${kid}`)));
    jwks();
    assert.equal(await code(token('99')), 'key_unavailable');
  });

  test('rotation and the cool-down of unknown keys', async () => {
    answer = set(jwk('ES256', 'a'));
    jwks();
    assert.equal(await code(token('a')), 'valid');
    answer = set(jwk('ES256', 'b'), jwk('RS256', 'c'));
    assert.deepEqual(await Promise.all([code(token('b')), code(token('x')), code(token('b')), code(token('c', 'RS256'))]), ['valid', 'unknown_key',
      'valid', 'valid']);
    assert.equal(calls, 2);
    for (let kid = 0; kid < 50; kid++) assert.equal(await code(token(`no ${kid}`)), 'unknown_key');
    assert.equal(calls, 2);
    pass(30);
    assert.equal(await code(token('x')), 'unknown_key');
    assert.equal(await code(token('x')), 'unknown_key');
    assert.equal(calls, 3);
    // A bad signature likewise: another key under the same kid
    const bad = sign(good(), { alg: 'RS256', key: pair('RS256').privateKey, header: { kid: 'c' } }).split('.');
    pass(30);
    assert.equal(await code([bad[0], bad[1], Buffer.alloc(256, 1).toString('base64url')].join('.')), 'bad_signature');
    assert.equal(calls, 4);
  });

  test('kept for ttl; the last good set stays while the server fails', async () => {
    answer = set(jwk('ES256', 'a'));
    jwks({ ttl: 100 });
    const one = token('a', 'ES256', good({ exp: time.now + 9999 }));
    assert.equal(await code(one), 'valid');
    pass(99);
    assert.equal(await code(one), 'valid');
    assert.equal(calls, 1);
    answer = (request, response) => response.writeHead(500).end();
    pass(1);
    for (let again = 0; again < 5; again++) assert.equal(await code(one), 'valid');
    assert.equal(calls, 2);
    pass(5);
    assert.equal(await code(one), 'valid');
    assert.equal(calls, 3);
    answer = set(jwk('ES256', 'b'));
    pass(5);
    assert.equal(await code(one), 'unknown_key');
  });

  test('down at start and back later', async () => {
    answer = (request) => request.socket.destroy();
    jwks();
    assert.deepEqual(await Promise.all([code(token('a')), code(token('a'))]), ['key_unavailable', 'key_unavailable']);
    answer = set(jwk('ES256', 'a'));
    assert.equal(await code(token('a')), 'key_unavailable');
    assert.equal(calls, 1);
    pass(5);
    assert.equal(await code(token('a')), 'valid');
    configure({ algorithms: ['ES256'], key: { type: 'jwks', url: 'https://127.0.0.1:9/' } }, {});
    assert.equal(await code(token('a')), 'key_unavailable');
  });

  test('redirects are not followed', async () => {
    for (const status of [301, 302, 307, 308]) {
      answer = (request, response) => request.url === '/keys' ? response.writeHead(status, { location: `${url}2` }).end() : set(jwk('ES256',
        'a'))(request, response);
      jwks();
      assert.equal(await code(token('a')), 'key_unavailable');
      assert.equal(calls, 1);
    }
  });

  test('other statuses and garbage', async () => {
    const body = JSON.stringify({ keys: [jwk('ES256', 'a')] });
    for (const status of [500, 404, 403, 201, 203, 429]) {
      answer = (request, response) => response.writeHead(status).end(body);
      jwks();
      assert.equal(await code(token('a')), 'key_unavailable', status);
    }
    for (const text of ['', 'x', '<html>', '[]', 'null', '{}', '{"keys":{}}', '{"keys":null}', '{"keys":"x"}', body.slice(0, -1),
      Buffer.alloc(1000, 0xff)]) {
      answer = (request, response) => response.end(text);
      jwks();
      assert.equal(await code(token('a')), 'key_unavailable', String(text));
    }
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': body.length + 1 }); response.end(body,
        () => request.socket.destroy());
    };
    jwks();
    assert.equal(await code(token('a')), 'key_unavailable');
  });

  test('at most 262,144 bytes', async () => {
    const body = JSON.stringify({ keys: [jwk('ES256', 'a')] });
    answer = (request, response) => response.end(body.padEnd(262144));
    jwks();
    assert.equal(await code(token('a')), 'valid');
    answer = (request, response) => response.end(body.padEnd(262145));
    jwks();
    assert.equal(await code(token('a')), 'key_unavailable');
    let sent = 0;
    answer = async (request, response) => {
      for (; sent < 10_000_000 && !response.destroyed; sent += 65536) {
        if (!response.write(Buffer.alloc(65536, 0x20))) await new Promise((resolve) => {
          response.once('drain', resolve); response.once('close',
            resolve);
        });
      }
      response.end();
    };
    jwks();
    assert.equal(await code(token('a')), 'key_unavailable');
    assert.ok(sent < 9_000_000, 'the connection is cut');
  });

  test('a server that hangs: 3 s', async () => {
    answer = () => undefined;
    jwks();
    const start = performance.now();
    assert.equal(await code(token('a')), 'key_unavailable');
    const took = performance.now() - start;
    assert.ok(took > 2900 && took < 4000, `${took}`);
  });

  test('a slow drip: 3 s in all', async () => {
    answer = (request, response) => {
      const timer = setInterval(() => response.write(' '), 100);
      response.once('close', () => clearInterval(timer));
    };
    jwks();
    const start = performance.now();
    assert.equal(await code(token('a')), 'key_unavailable');
    const took = performance.now() - start;
    assert.ok(took > 2900 && took < 4000, `${took}`);
  });

  test('a certificate that is not trusted', async () => {
    answer = set(jwk('ES256', 'a'));
    jwks();
    configure({ algorithms: ['ES256'], key: { type: 'jwks', url: url.replace('localhost', '127.0.0.1') } }, {});
    assert.equal(await code(token('a')), 'key_unavailable');
    assert.equal(calls, 0);
  });

  test('a user pool', async () => {
    const issuer = url.replace('/keys', '/pool_1');
    const paths = new Set();
    answer = (request, response) => { paths.add(request.url); set(jwk('RS256', 'a'))(request, response); };
    const pool = (more, config) => configure({ algorithms: ['RS256'], key: { type: 'userPool', issuer, clients: ['c1', 'c2'], ...more },
      ...config }, {});
    const check = (claims) => code(token('a', 'RS256', good({ iss: issuer, ...claims })));
    const cases = [
      [{ token_use: 'id', aud: 'c1' }, 'valid'], [{ token_use: 'access', client_id: 'c2' }, 'valid'], [{ token_use: 'id', aud: 'c3' },
        'wrong_audience'],
      [{ token_use: 'id', client_id: 'c1' }, 'wrong_audience'], [{ token_use: 'access', aud: 'c1' }, 'wrong_audience'], [{ token_use: 'access',
        client_id: 'c3' }, 'wrong_audience'],
      [{ aud: 'c1', client_id: 'c1' }, 'wrong_token_use'], [{ token_use: 'refresh' }, 'wrong_token_use'], [{ token_use: ['id'], aud: 'c1' },
        'wrong_token_use'],
      [{ iss: undefined }, 'missing_claim'], [{ iss: `${issuer}/` }, 'wrong_issuer'], [{ token_use: 'access', client_id: ['c1'] },
        'wrong_audience'],
    ];
    pool();
    for (const [claims, expected] of cases) assert.equal(await check(claims), expected, JSON.stringify(claims));
    pool({ tokenUse: ['access'] });
    assert.equal(await check({ token_use: 'id', aud: 'c1' }), 'wrong_token_use');
    assert.deepEqual([...paths], ['/pool_1/.well-known/jwks.json']);
    pool({}, { issuer: 'https://other.example' });
    await assert.rejects(auth.verifyToken('x'), { name: 'ConfigurationError' });
  });
}
