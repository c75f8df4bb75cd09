import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { auth, b64, code, configure, good, pair, parseObject, pass, pem, root, SECRET, sign, signature, time } from './support.mjs';

test('with only JWT_SECRET in the environment', async () => {
  configure();
  const payload = good({ aud: ['a', 'b'], iss: 'someone', big: 2 ** 60 });
  assert.deepEqual(await auth.verifyToken(sign(payload)), { valid: true, payload });
  assert.deepEqual(await auth.verifyToken(`${sign(payload)}AA`), { valid: false, error: 'Invalid token', code: 'malformed' });
});

test('import and require give one instance, also where ES modules cannot be required, as in Node.js 22 on Lambda', () => {
  writeFileSync(join(root, 'one.cjs'), `
    const required = require('auth-utils');
    import('auth-utils').then(async (imported) => {
      delete process.env.JWT_SECRET;
      const fault = await required.verifyToken('').catch((error) => error);
      const handler = required.requireAuth((event) => event.requestContext.authorizer.claims.sub, { scopes: ['read'] });
      process.env.JWT_SECRET = 'x'.repeat(32);
      imported.reset();
      const answers = [
        fault instanceof imported.ConfigurationError, imported.ConfigurationError === required.ConfigurationError,
        (await required.verifyToken('')).code, (await handler({})).statusCode,
        (await required.createAuthorizer({ response: 'simple' })({})).isAuthorized,
        (await required.authorizer({ version: '2.0' })).isAuthorized, await required.reset(),
      ];
      console.log(Object.keys(required).sort().join(), Object.keys(imported).sort().join(), JSON.stringify(answers));
    });`);
  const names = 'ConfigurationError,authorizer,createAuthorizer,requireAuth,reset,verifyToken';
  for (const flags of [[], ['--no-experimental-require-module']]) {
    const printed = execFileSync(process.execPath, [...flags, join(root, 'one.cjs')], { encoding: 'utf8' });
    assert.equal(printed.trim(), `${names} ${names} [true,true,"missing",401,false,false,null]`);
  }
});

test('missing, not text, too large', async () => {
  configure();
  for (const token of [undefined, null, '', ' \t\n', Buffer.from('')]) assert.equal(await code(token), 'missing');
  for (const token of [1, true, {}, [], { trim: () => '' }, { trim: 1 }, () => 0, Symbol('x'), 10n, NaN]) {
    assert.equal(await code(token), 'malformed');
  }
  const valid = sign(good());
  assert.equal(await code(Buffer.from(valid)), 'valid');
  assert.equal(await code(new Uint8Array(Buffer.from(valid))), 'valid');
  assert.equal(await code(Buffer.from(valid.replace('.', '\u00ae'), 'latin1')), 'malformed');
  assert.equal(await code('a'.repeat(16384)), 'malformed');
  assert.equal(await code('a'.repeat(16385)), 'too_large');
  assert.equal(await code('.'.repeat(1_000_000)), 'too_large');
  configure({ maxTokenBytes: valid.length });
  assert.equal(await code(valid), 'valid');
  configure({ maxTokenBytes: valid.length - 1 });
  assert.equal(await code(valid), 'too_large');
});

test('parts are canonical base64url', async () => {
  configure();
  const token = sign(good());
  const [head, body, tail] = token.split('.');
  const bad = ['a', 'a.b', `${head}.${body}`, `.${body}.${tail}`, `${head}..${tail}`, `${token}.`, `${token}.x`, `${token}=`, ` ${token}`,
    `${token}\n`,
    `${head}.${body}.${tail}AA`, `${head}.${body}+.${tail}`, `${head}.${body}/.${tail}`, `Bearer ${token}`, `${head}.${body}\u00e9.${tail}`];
  for (const one of bad) assert.equal(await code(one), 'malformed', one);
  // 32 bytes leave two unused bits in the last character: its three neighbours decode to the same bytes
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(tail.at(-1));
  for (const bits of [1, 2, 3]) assert.equal(await code(token.slice(0, -1) + alphabet[last + bits]), 'malformed');
  // Likewise a payload of a length that leaves four unused bits, signed as it stands
  const text = JSON.stringify(good());
  const spaced = b64(text.padEnd(text.length + (4 - text.length % 3) % 3));
  const signed = (part) => `${head}.${part}.${b64(signature('HS256', SECRET, `${head}.${part}`))}`;
  assert.equal(spaced.length % 4, 2);
  assert.equal(await code(signed(spaced)), 'valid');
  const canonical = alphabet.indexOf(spaced.at(-1));
  for (const bits of [1, 8, 15]) assert.equal(await code(signed(spaced.slice(0, -1) + alphabet[canonical + bits])), 'malformed');
});

test('strict JSON', () => {
  const parse = (text) => parseObject(Buffer.from(text));
  const nested = (depth) => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1);
  const fine = ['{}', ' {"a" : 1 }\n', '{"a":{"a":{"a":":"}}}', '{"a:b":"c:d\\"e:f\\\\","g":":"}', nested(16),
    `{"a":${'['.repeat(15)}${']'.repeat(15)}}`,
    '{"a":"\\ud83d\\ude00"}', '{"a":1e300,"b":-0,"c":0.1}', `{"a":${'9'.repeat(300)}}`, `{"a":0.${'3'.repeat(400)}}`, '{"a":"é\u2028"}',
    `{"a":"${'1'.repeat(400)}"}`, '{"1":1,"a":2,"0":3}', '{"hasOwnProperty":1,"toString":2}', `{"a":-${'9'.repeat(300)}}`];
  for (const text of fine) assert.deepEqual(parse(text), JSON.parse(text), text);
  const bad = ['', 'null', '1', '"a"', '[]', '[{}]', '{', '{}x', '{}{}', '\ufeff{}', '{"a":NaN}', '{"a":Infinity}', '{a:1}', "{'a':1}", '{"a":1,}',
    '{"a":01}', '{"a":"\t"}',
    '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"a":{"b":[{"c":1,"\\u0063":1}]}}', '{"__proto__":1,"__proto__":2}', '{"a":":","a":1}',
    '{"a\\"":1,"a\\u0022":1}',
    nested(17), `{"a":${'['.repeat(16)}${']'.repeat(16)}}`, '{"a":"\\ud800"}', '{"\\udc00":1}', '{"a":["\\ude00\\ud83d"]}', '{"a":1e999}',
    '{"a":-1e999}',
    `{"a":${'9'.repeat(301)}}`, `{"a":[-1${'0'.repeat(300)}]}`, `{"a":${'['.repeat(5000)}`, `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`];
  for (const text of bad) assert.equal(parse(text), undefined, text.slice(0, 60));
  for (const bytes of [[0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], [0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d], [0x7b, 0x22, 0xc0, 0xaf,
    0x22, 0x3a, 0x31, 0x7d]]) {
    assert.equal(parseObject(Buffer.from(bytes)), undefined);
  }
});

test('strict JSON in header and payload of tokens', async () => {
  configure();
  assert.equal(await code(sign(`{"exp":${time.now + 9},"exp":${time.now + 9}}`)), 'malformed');
  assert.equal(await code(sign(good(), { header: '{"alg":"HS256","\\u0061lg":"HS256"}' })), 'malformed');
  for (const text of ['[]', 'null', '"x"', '1', 'x']) {
    assert.equal(await code(sign(text)), 'malformed');
    assert.equal(await code(sign(good(), { header: text })), 'malformed');
  }
  // The payload is looked at after the signature only
  assert.equal(await code(sign('[]', { key: 'x'.repeat(32) })), 'bad_signature');
  const { payload } = await auth.verifyToken(sign(`{"__proto__":{"admin":true},"exp":${time.now + 9}}`));
  assert.equal(payload.admin, undefined);
  assert.equal(Object.getPrototypeOf(payload), Object.prototype);
  assert.equal({}.admin, undefined);
  assert.equal(await code(sign('{"__proto__":{"exp":9999999999}}')), 'missing_claim');
  assert.equal(await code(sign(good(), { header: '{"__proto__":{"alg":"HS256"}}' })), 'algorithm_not_allowed');
});

test('algorithm and header', async () => {
  configure();
  for (const alg of ['none', 'None', 'hs256', 'HS384', 'RS256', 'ES256', '', ' HS256', null, 1, ['HS256'], {}]) {
    assert.equal(await code(sign(good(), { header: { alg } })), 'algorithm_not_allowed', String(alg));
  }
  assert.equal(await code(sign(good(), { header: '{"typ":"JWT"}' })), 'algorithm_not_allowed');
  assert.equal(await code(`${b64({ alg: 'none' })}.${b64(good())}.`), 'algorithm_not_allowed');
  assert.equal(await code(`${b64({ alg: 'HS256' })}.${b64(good())}.`), 'malformed');
  assert.equal(await code(`${b64({ alg: 'HS256', crit: [] })}.${b64(good())}.`), 'malformed');
  for (const name of ['crit', 'jku', 'x5u', 'x5c', 'jwk', 'zip', 'enc', 'b64']) {
    for (const value of [null, [], true, 'x']) assert.equal(await code(sign(good(), { header: { [name]: value } })), 'unsupported_header', name);
  }
  assert.equal(await code(sign(good(), { header: { crit: ['b64'], b64: false, kid: 1 } })), 'unsupported_header');
  for (const header of [{ kid: '' }, { kid: 1 }, { kid: null }, { kid: 'x'.repeat(257) }, { kid: 'a\nb' }, { kid: '\x7f' }, { kid: 'a\u0000' },
    { typ: 1 }, { cty: null }]) {
    assert.equal(await code(sign(good(), { header })), 'malformed', JSON.stringify(header));
  }
  for (const header of [{ kid: 'x'.repeat(256) }, { kid: '../../etc' }, { kid: '😀'.repeat(256) }, { typ: 'at+jwt', cty: '' }, { 'x5t': 'x',
    'x5t#S256': 1, 'other': {} }]) {
    assert.equal(await code(sign(good(), { header })), 'valid', JSON.stringify(header));
  }
  // A header that verified once is remembered, its signature is not
  const token = sign(good());
  assert.equal(await code(token), 'valid');
  assert.equal(await code(token.slice(0, token.lastIndexOf('.') + 1)), 'malformed');
  assert.equal(await code(sign(good(), { key: 'y'.repeat(32) })), 'bad_signature');
  for (let kid = 0; kid < 100; kid++) assert.equal(await code(sign(good(), { header: { kid: `${kid}` } })), 'valid');
});

test('signatures of other lengths', async () => {
  configure();
  const input = sign(good()).split('.').slice(0, 2).join('.');
  for (const length of [1, 16, 31, 33, 64, 512]) assert.equal(await code(`${input}.${b64(Buffer.alloc(length))}`), 'bad_signature');
});

test('every algorithm', async () => {
  const all = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
  for (const alg of all) {
    const hmac = alg.startsWith('HS');
    const { privateKey, publicKey } = hmac ? { privateKey: SECRET } : pair(alg);
    const key = hmac ? undefined : { type: 'publicKey', pem: pem(publicKey) };
    configure({ algorithms: [alg], ...(key && { key }) });
    const token = sign(good(), { alg, key: privateKey });
    assert.equal(await code(token), 'valid', alg);
    const [head, body, tail] = token.split('.');
    const flipped = Buffer.from(tail, 'base64url');
    flipped[5] ^= 1;
    assert.equal(await code(`${head}.${body}.${b64(flipped)}`), 'bad_signature', alg);
    assert.equal(await code(`${head}.${b64(good({ sub: 'other' }))}.${tail}`), 'bad_signature', alg);
    if (!hmac) {
      configure({ algorithms: [alg], key: { type: 'environment', name: 'OTHER' } }, { OTHER: `\n${pem(publicKey)}\n` });
      assert.equal(await code(token), 'valid', alg);
      // The public key as HMAC secret
      assert.equal(await code(sign(good(), { alg: 'HS256', key: pem(publicKey) })), 'algorithm_not_allowed');
    }
  }
  // DER instead of the two numbers; zeros
  configure({ algorithms: ['ES256'], key: { type: 'publicKey', pem: pem(pair('ES256').publicKey) } });
  const input = `${b64({ alg: 'ES256' })}.${b64(good())}`;
  assert.equal(await code(`${input}.${b64(crypto.sign('sha256', Buffer.from(input), pair('ES256').privateKey))}`), 'bad_signature');
  assert.equal(await code(`${input}.${b64(Buffer.alloc(64))}`), 'bad_signature');
  // One key for several algorithms
  configure({ algorithms: ['RS256', 'PS384', 'ES256'], key: { type: 'publicKey', pem: pem(pair('RS256').publicKey) } });
  for (const alg of ['RS256', 'PS384']) assert.equal(await code(sign(good(), { alg, key: pair(alg).privateKey })), 'valid');
  assert.equal(await code(sign(good(), { alg: 'ES256', key: pair('ES256').privateKey })), 'unknown_key');
  configure({ algorithms: ['HS256', 'HS512'] });
  for (const alg of ['HS256', 'HS512']) assert.equal(await code(sign(good(), { alg })), 'valid');
});

test('times', async () => {
  const { now } = time;
  configure({ leeway: 10 });
  const cases = [
    [{ exp: now - 10 }, 'expired'], [{ exp: now - 9.5 }, 'valid'], [{ exp: now - 10.5 }, 'expired'], [{ exp: now - 9 }, 'valid'], [{ exp: 1e300 },
      'valid'],
    [{ nbf: now + 10 }, 'valid'], [{ nbf: now + 10.5 }, 'not_yet_valid'], [{ iat: now + 10 }, 'valid'], [{ iat: now + 11 }, 'not_yet_valid'],
    [{ iat: -5 }, 'valid'],
    [{ exp: undefined }, 'missing_claim'],
    ...['1', true, null, [], {}].flatMap((value) => [[{ exp: value }, 'malformed'], [{ nbf: value }, 'malformed'], [{ iat: value }, 'malformed']]),
    // The first that fails gives the code
    [{ exp: now - 99, nbf: 'x' }, 'expired'], [{ nbf: now + 99, iat: 'x' }, 'not_yet_valid'],
  ];
  for (const [claims, expected] of cases) assert.equal(await code(sign(good(claims))), expected, JSON.stringify(claims));
  configure();
  const token = sign({ exp: now + 5 });
  pass(4);
  assert.equal(await code(token), 'valid');
  pass(1);
  assert.equal(await code(token), 'expired');
  configure({ requireExpiration: false });
  assert.equal(await code(sign({})), 'valid');
  assert.equal(await code(sign({ exp: null })), 'malformed');
});

test('issuer, audience and texts', async () => {
  configure({ issuer: 'me', audience: ['a', 'b'] });
  const fine = { iss: 'me', aud: 'a' };
  const cases = [
    [{}, 'valid'], [{ aud: ['x', 'b'] }, 'valid'], [{ iss: undefined }, 'missing_claim'], [{ iss: 'ME' }, 'wrong_issuer'], [{ iss: 1 },
      'malformed'], [{ iss: ['me'] }, 'malformed'],
    [{ aud: undefined }, 'missing_claim'], [{ aud: 'A' }, 'wrong_audience'], [{ aud: [] }, 'wrong_audience'], [{ aud: ['x'] }, 'wrong_audience'],
    [{ aud: 'ab' }, 'wrong_audience'],
    [{ aud: ['a', 1] }, 'malformed'], [{ aud: null }, 'malformed'], [{ aud: [['a']] }, 'malformed'], [{ aud: {} }, 'malformed'],
    [{ sub: 1 }, 'malformed'], [{ sub: null }, 'malformed'], [{ jti: 1 }, 'malformed'], [{ jti: 'x' }, 'valid'], [{ iss: 'you', aud: 1 },
      'wrong_issuer'], [{ sub: undefined }, 'valid'],
  ];
  for (const [claims, expected] of cases) assert.equal(await code(sign(good({ ...fine, ...claims }))), expected, JSON.stringify(claims));
  configure();
  for (const claims of [{ iss: 1 }, { aud: 1 }, { aud: [1] }]) assert.equal(await code(sign(good(claims))), 'malformed');
  assert.equal(await code(sign(good({ aud: [] }))), 'valid');
});

const PUBLIC = ['x-----BEGIN CERTIFICATE-----', 'comment\nssh-ed25519 A', 'ecdsa-sha2-nistp256 A', 'ecdsa-A', 'sk-ssh-ed25519@openssh.com A',
  'x\r\tsk-ecdsa-sha2-nistp256@openssh.com A', ' { "a":1, "kty" : "RSA"}', '[{"kty":"RSA"}]', '\n{"keys":[\n{"kty":"RSA"}]}',
  '---- BEGIN SSH2 PUBLIC KEY ----'];

test('secrets that only mention keys', async () => {
  for (const start of ['my ssh-rsa ', 'x{"kty"', '"kty"', 'ssh', '-BEGIN ']) {
    const key = start + 'A'.repeat(60);
    configure(undefined, { JWT_SECRET: key });
    assert.equal(await code(sign(good(), { key })), 'valid', start);
  }
});

test('JSON is read in linear time; brackets in texts have no depth', async () => {
  configure();
  const start = performance.now();
  for (const text of [`${'['.repeat(17)}"${'\\"'.repeat(6090)}`, `{"a":${'['.repeat(12_000)}`, `{"a":"${'\\"'.repeat(6000)}`]) {
    assert.equal(await code(`${b64(text)}.e30.AAAA`), 'malformed');
  }
  assert.ok(performance.now() - start < 300);
  assert.equal(await code(sign(good({ x: `${'['.repeat(100)}"\\${'{'.repeat(100)}`, y: Array(40).fill([[]]) }))), 'valid');
  for (const [depth, expected] of [[15, 'valid'], [16, 'malformed'], [5000, 'malformed']]) {
    assert.equal(await code(sign(`{"exp":5000000000,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`)), expected);
  }
});

test('faults of configuration', async () => {
  const { publicKey, privateKey } = pair('RS256');
  const small = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });
  const asymmetric = (text, algorithms = ['RS256']) => [{ algorithms, key: { type: 'publicKey', pem: text } }];
  const pss = crypto.generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey;
  const secret = 'TOPSECRET';
  const cases = [
    ...['{"leeway":1,"leeway":2}', '{"leeway":1e999}',
      '{"issuer":"\\ud800"}', '{"key":{"type":"environment","name":"JWT_SECRET","name":"JWT_SECRET"}}']
      .map((text) => [text]),
    [{ maxTokenBytes: 0.5 }], [{ maxTokenBytes: true }], [{ maxTokenBytes: -1 }],
    ...PUBLIC.flatMap((text) => [[{ allowShortSecrets: true }, { JWT_SECRET: text }], [undefined, { JWT_SECRET: text.padEnd(80) }]]),
    ...[pem(publicKey) + pem(publicKey), `${pem(publicKey)}x`, `x${pem(publicKey)}`, `${pem(publicKey)}\u00a0`, pem(publicKey).replace('M', '_'),
      pem(publicKey).replace('-----\n', '-----\nA: b\n'), pem(publicKey).replace('END PUBLIC', 'END RSA'), pem(pss)].map((text) => asymmetric(text)),
    asymmetric(pem(pss), ['PS256']),
    ['{'], [`{"${secret}`], ['[]'], ['null'], ['1'], [''], [{ other: 1 }], [{ algorithms: [] }], [{ algorithms: ['none'] }],
    [{ algorithms: ['HS256,HS384'] }],
    [{ algorithms: ['HS256', 'RS256'] }], [{ algorithms: 'HS256' }],
    [{ algorithms: ['hs256'] }], [{ algorithms: null }], [{ issuer: 1 }], [{ audience: 'a' }], [{ audience: [] }], [{ audience: [1] }],
    [{ leeway: -1 }], [{ leeway: '1' }],
    [{ requireExpiration: 1 }], [{ allowShortSecrets: 'true' }], [{ maxTokenBytes: 0 }], [{ maxTokenBytes: 1.5 }], [{ key: 'x' }], [{ key: {} }],
    [{ key: { type: 'x' } }],
    [{ key: { type: 'toString' } }], [{ key: { type: 'environment' } }], [{ key: { type: 'environment', name: 'JWT_SECRET', more: 1 } }],
    [{ key: { type: 'secret', id: 'x', ttl: -1 } }],
    [{ key: { type: 'jwks', url: 'https://localhost/' } }], [{ algorithms: ['RS256'], key: { type: 'jwks', url: 'http://localhost/' } }],
    [{ algorithms: ['RS256'], key: { type: 'jwks', url: 'https://' } }], [{ algorithms: ['RS256'], key: { type: 'jwks', url: ['https://x/'] } }], [{ key: { type: 'userPool', issuer: 'https://localhost/x',
      clients: ['a'] } }],
    [{ algorithms: ['RS256'], key: { type: 'userPool', issuer: 'https://localhost/x', clients: [] } }],
    [{ algorithms: ['RS256'], key: { type: 'userPool', issuer: 'https://localhost/x', clients: ['a'], tokenUse: ['refresh'] } }],
    [undefined, {}], [undefined, { JWT_SECRET: '' }], [undefined, { JWT_SECRET: secret }], [{ algorithms: ['HS512'] },
      { JWT_SECRET: secret + 'x'.repeat(54) }],
    [{ allowShortSecrets: true }, { JWT_SECRET: `-----BEGIN ${secret}` }], [{ allowShortSecrets: true },
      { JWT_SECRET: `{ "kty": "oct", "k": "${secret}" }` }],
    [{ allowShortSecrets: true }, { JWT_SECRET: `ssh-rsa ${secret}` }], [undefined, { JWT_SECRET: pem(publicKey) }],
    asymmetric(pem(publicKey), ['ES256']), asymmetric(pem(pair('ES384').publicKey), ['ES256', 'RS256']), asymmetric(pem(small.publicKey)),
    asymmetric(secret),
    asymmetric(privateKey.export({ type: 'pkcs8', format: 'pem' })), asymmetric(publicKey.export({ type: 'pkcs1', format: 'pem' })),
    asymmetric(`-----BEGIN CERTIFICATE-----\n${secret}\n-----END CERTIFICATE-----`),
    asymmetric(`-----BEGIN PUBLIC KEY-----\n${secret}\n-----END PUBLIC KEY-----`),
    asymmetric(pem(publicKey) + privateKey.export({ type: 'pkcs8', format: 'pem' })), [{ key: { type: 'publicKey', pem: pem(publicKey) } }],
    [{ algorithms: ['EdDSA'] }, { JWT_SECRET: pem(crypto.generateKeyPairSync('ed448').publicKey) }],
  ];
  for (const [config, environment] of cases) {
    configure(config, environment);
    for (let again = 0; again < 2; again++) {
      await assert.rejects(auth.verifyToken(sign(good())), (error) => {
        assert.ok(error instanceof auth.ConfigurationError, `${JSON.stringify(config)}: ${error.stack}`);
        assert.equal(error.name, 'ConfigurationError');
        assert.ok(error.message.length > 10 && !error.message.includes(secret) && !error.message.includes(SECRET), error.message);
        return true;
      });
    }
  }
  configure({ allowShortSecrets: true }, { JWT_SECRET: 'short' });
  assert.equal(await code(sign(good(), { key: 'short' })), 'valid');
  configure(undefined, { JWT_SECRET: ' padded with spaces, not trimmed\n' });
  assert.equal(await code(sign(good(), { key: ' padded with spaces, not trimmed\n' })), 'valid');
  assert.equal(await code(sign(good(), { key: 'padded with spaces, not trimmed' })), 'bad_signature');
});
