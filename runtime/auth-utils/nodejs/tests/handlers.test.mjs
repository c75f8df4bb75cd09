import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { auth, configure, good, home, sign } from './support.mjs';

const { createAuthorizer, requireAuth } = auth;
const claims = good({ scope: 'orders:read orders:write', scp: ['admin'] });
const token = sign(claims);
const bearer = `Bearer ${token}`;
const events = (headers, multi) => ({
  'REST API': { resource: '/', headers, multiValueHeaders: multi, requestContext: { apiId: 'x', authorizer: { old: 1 } } },
  'HTTP API 1.0': { version: '1.0', headers, multiValueHeaders: multi, requestContext: { accountId: '1' } },
  'HTTP API 2.0, function URL': { version: '2.0', headers, requestContext: { http: { method: 'GET' } } },
  'ALB': { headers, requestContext: { elb: { targetGroupArn: 'x' } } },
  'ALB, multi-value': { multiValueHeaders: multi, requestContext: { elb: { targetGroupArn: 'x' } } },
});

test('requireAuth passes event, context and answer on', async () => {
  configure();
  for (const [kind, event] of Object.entries(events({ authorization: bearer, x: '1' }, { authorization: [bearer], x: ['1'] }))) {
    const before = structuredClone(event);
    const answer = {};
    const context = { awsRequestId: '1' };
    const wrapped = requireAuth((seen, ...rest) => {
      assert.deepEqual(rest, [context, 'more'], kind);
      assert.deepEqual(seen.requestContext.authorizer.claims, claims, kind);
      assert.deepEqual(seen.requestContext.authorizer.jwt, { claims, scopes: ['orders:read', 'orders:write', 'admin'] }, kind);
      assert.equal(seen.requestContext.authorizer.old, event.requestContext.authorizer?.old);
      assert.equal(seen.requestContext.elb, event.requestContext.elb);
      assert.equal(seen.headers, event.headers);
      return answer;
    });
    assert.equal(await wrapped(event, context, 'more'), answer);
    assert.deepEqual(event, before, kind);
  }
  await assert.rejects(requireAuth(() => { throw new Error('own'); })({ headers: { authorization: bearer } }), /own/);
});

test('requireAuth and the forms of the header', async () => {
  configure();
  const status = async (event) => {
    const answer = await requireAuth(async () => 'passed')(event, {});
    return answer === 'passed' ? answer : answer.headers['WWW-Authenticate'];
  };
  const invalid = 'Bearer error="invalid_token"';
  for (const name of ['authorization', 'Authorization', 'AUTHORIZATION']) {
    assert.equal(await status({ headers: { [name]: bearer } }), 'passed');
    assert.equal(await status({ headers: null, multiValueHeaders: { [name]: [bearer, bearer] } }), 'passed');
  }
  for (const value of [`bearer ${token}`, `BEARER   ${token}`]) assert.equal(await status({ headers: { authorization: value } }), 'passed');
  for (const event of [undefined, null, 'x', 1, [], {}, { headers: null }, { headers: {} }, { headers: { other: 'x' } },
    { multiValueHeaders: { authorization: [] } }]) {
    assert.equal(await status(event), 'Bearer', JSON.stringify(event));
  }
  for (const authorization of ['Bearer', 'Bearer ', 'bearer \t', 'Bearer\t']) {
    assert.equal(await status({ headers: { authorization } }), 'Bearer');
    assert.equal(await status({ multiValueHeaders: { authorization } }), 'Bearer');
  }
  for (const value of [token, `Basic ${token}`, `Bearer${token}`, `Bearer\t${token}`, 'Bearer\n', `${token} Bearer`,
    `Bearer ${token}, Bearer ${token}`, `Bearer ${token},`,
    ` Bearer ${token}`,
    `Bearer ${token} `, 1, null, [bearer], { a: 1 }, true, 'Bearer x']) {
    assert.equal(await status({ headers: { authorization: value } }), invalid, JSON.stringify(value));
  }
  assert.equal(await status({ multiValueHeaders: { authorization: [bearer, 'Bearer x'] } }), invalid);
  for (const value of [null, [1], [null], [[bearer]]]) assert.equal(await status({ multiValueHeaders: { authorization: value } }), invalid);
  for (const values of [[bearer, 'Bearer x'], ['Bearer x', bearer]]) {
    assert.equal(await status({ headers: { Authorization: bearer }, multiValueHeaders: { authorization: values } }), invalid);
  }
  assert.equal(await status({ multiValueHeaders: { authorization: bearer } }), 'passed');
  assert.equal(await status({ headers: { Authorization: bearer }, multiValueHeaders: { authorization: [bearer] } }), 'passed');
  // Linear, not quadratic
  const start = performance.now();
  assert.equal(await status({ headers: { authorization: `Bearer${' '.repeat(60_000)},` } }), invalid);
  assert.ok(performance.now() - start < 200);
  assert.equal(await status({ headers: { authorization: bearer, Authorization: 'Bearer x' } }), invalid);
});

test('requireAuth answers', async () => {
  configure();
  const handler = requireAuth(() => assert.fail('called'), { scopes: ['orders:read', 'other'] });
  const json = { 'Content-Type': 'application/json' };
  for (const [kind, event] of Object.entries(events({ authorization: bearer }, { authorization: [bearer] }))) {
    const answer = await handler(event, {});
    const challenge = 'Bearer error="insufficient_scope", scope="orders:read other"';
    const expected = { statusCode: 403, body: '{"error":"Forbidden"}' };
    if (kind.startsWith('ALB')) Object.assign(expected, { statusDescription: '403 Forbidden', isBase64Encoded: false });
    if (kind === 'ALB, multi-value') expected.multiValueHeaders = { 'Content-Type': ['application/json'], 'WWW-Authenticate': [challenge] };
    else expected.headers = { ...json, 'WWW-Authenticate': challenge };
    assert.deepEqual(answer, expected, kind);
  }
  assert.deepEqual(await handler({}, {}), { statusCode: 401, headers: { ...json, 'WWW-Authenticate': 'Bearer' },
    body: '{"error":"Unauthorized"}' });
  const alb = await handler({ headers: { authorization: 'Bearer x' }, requestContext: { elb: {} } }, {});
  assert.deepEqual([alb.statusDescription, alb.headers['WWW-Authenticate']], ['401 Unauthorized', 'Bearer error="invalid_token"']);
  for (const [multi, member] of [[{}, 'multiValueHeaders'], [[], 'headers'], [undefined, 'headers']]) {
    assert.ok(member in await handler({ multiValueHeaders: multi, requestContext: { elb: {} } }), member);
  }
  for (const elb of [null, 'x', true]) assert.ok(!('statusDescription' in await handler({ requestContext: { elb } })));
  // A port where nothing listens
  configure({ algorithms: ['RS256'], key: { type: 'jwks', url: 'https://127.0.0.1:9/' } });
  const RS256 = sign(good(), { header: { alg: 'RS256' } });
  assert.deepEqual(await handler({ headers: { authorization: `Bearer ${RS256}` } }, {}),
    { statusCode: 503, headers: { ...json, 'Retry-After': '5' }, body: '{"error":"Service Unavailable"}' });
  await assert.rejects(auth.authorizer({ version: '2.0', headers: { authorization: `Bearer ${RS256}` } }), /cannot be verified now/);
  await assert.rejects(auth.authorizer({ authorizationToken: RS256, methodArn: 'arn:aws:execute-api:r:1:a/s/GET/x' }), /cannot be verified now/);
  configure(undefined, {});
  await assert.rejects(handler({}, {}), { name: 'ConfigurationError' });
});

test('scopes of a token', async () => {
  configure();
  const pass = async (given, scopes) => await requireAuth(() => 'passed',
    { scopes })({ headers: { authorization: `Bearer ${sign(good(given))}` } }) === 'passed';
  for (const given of [{ scope: 'a b' }, { scp: 'b  a' }, { scp: ['a', 'b'] }, { scope: 'a', scp: ['b'] }]) assert.ok(await pass(given, ['a',
    'b']));
  for (const given of [{}, { scope: 'a' }, { scope: ['a', 'b'] }, { scope: 'ab' }, { scp: { a: 1, b: 1 } }, { scp: [1] },
    { scp: ['a b'] }, { scope: 'a\tb' }, { scope: 'a\nb' },
    { scope: 1 }]) assert.ok(!await pass(given, ['a', 'b']));
});

test('settings are checked at definition', async () => {
  const unfit = ['a', null, 5, { 0: 'a' }, new Set(['a']), [''], ['a b'], ['a"'], ['a\\'], ['a\r\nSet-Cookie: x'], ['a\n'],
    ['\u00e9'], [1], [null], [['a']],
    [,]];
  for (const scopes of unfit) {
    assert.throws(() => requireAuth(() => 1, { scopes }), { name: 'ConfigurationError' });
    assert.throws(() => createAuthorizer({ scopes }), { name: 'ConfigurationError' });
  }
  for (const response of ['other', '', 'SIMPLE', 5]) assert.throws(() => createAuthorizer({ response }), { name: 'ConfigurationError' });
  for (const options of [{ scope: ['a'] }, ['a'], null, 'a']) {
    assert.throws(() => requireAuth(() => 1, options), { name: 'ConfigurationError' });
    assert.throws(() => createAuthorizer(options), { name: 'ConfigurationError' });
  }
  assert.throws(() => requireAuth({ scopes: ['a'] }), { name: 'ConfigurationError' });
  createAuthorizer({ response: undefined });
  configure();
  const scopes = ['other'];
  const handler = requireAuth(() => 'passed', { scopes });
  scopes.length = 0;
  assert.equal((await handler({ headers: { authorization: bearer } })).statusCode, 403);
  // With `require` they are checked later: a fault must last until the first call
  const required = createRequire(import.meta.url)(join(home, 'index.cjs'));
  const late = [required.requireAuth(() => 1, { scopes: 'a' }), required.createAuthorizer({ response: 'other' })];
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (const made of [...late, ...late]) await assert.rejects(made({}), { name: 'ConfigurationError', message: /scopes|response/ });
});

test('authorizer without an ARN', async () => {
  configure();
  const iam = createAuthorizer({ response: 'iam' });
  const headers = { authorization: bearer };
  for (const event of [null, undefined, 'x', {}, { headers }, { headers, methodArn: '' },
    { authorizationToken: token, methodArn: '', routeArn: 5 }]) {
    await assert.rejects(iam(event), { message: 'Unauthorized' });
  }
  const routeArn = 'arn:aws:execute-api:eu-west-1:123456789012:api1/prod/GET/orders/1';
  const allowed = await iam({ headers: { authorization: `Bearer ${sign(good({ sub: '' }))}` }, methodArn: '', routeArn });
  assert.deepEqual([allowed.principalId, allowed.policyDocument.Statement[0].Effect], ['unknown', 'Allow']);
  const denied = await iam({ headers: {}, methodArn: '', routeArn });
  assert.deepEqual([denied.policyDocument.Statement[0].Effect, 'context' in denied], ['Deny', false]);
});

test('authorizer', async () => {
  configure();
  const arn = 'arn:aws:execute-api:eu-west-1:123456789012:api1/prod/GET/orders/1';
  const context = { sub: 'user-1', scope: claims.scope, claims: JSON.stringify(claims) };
  const policy = (Effect) => ({ Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect,
    Resource: 'arn:aws:execute-api:eu-west-1:123456789012:api1/prod/*' }] });
  const allowed = { principalId: 'user-1', policyDocument: policy('Allow'), context };
  const denied = (principalId) => ({ principalId, policyDocument: policy('Deny') });
  const headers = { Authorization: bearer };
  const { authorizer } = auth;

  for (const authorizationToken of [bearer, token, `bearer ${token}`]) {
    assert.deepEqual(await authorizer({ type: 'TOKEN', authorizationToken, methodArn: arn }), allowed);
  }
  assert.deepEqual(await authorizer({ type: 'REQUEST', headers, methodArn: arn }), allowed);
  assert.deepEqual(await authorizer({ version: '1.0', type: 'REQUEST', headers, methodArn: arn }), allowed);
  assert.deepEqual(await authorizer({ version: '1.0', type: 'REQUEST', headers, routeArn: arn }), allowed);
  assert.deepEqual(await authorizer({ version: '2.0', type: 'REQUEST', headers, routeArn: arn }), { isAuthorized: true, context });
  assert.deepEqual(await createAuthorizer({ response: 'iam' })({ version: '2.0', headers, routeArn: arn }), allowed);
  assert.deepEqual(await createAuthorizer({ response: 'simple' })({ version: '1.0', headers, routeArn: arn }), { isAuthorized: true, context });
  const bare = { exp: claims.exp };
  assert.deepEqual(await authorizer({ authorizationToken: sign(bare), methodArn: arn }),
    { principalId: 'unknown', policyDocument: policy('Allow'), context: { claims: JSON.stringify(bare) } });

  for (const bad of ['', 'x', `Basic ${token}`, `${token},${token}`, 1, null]) {
    await assert.rejects(authorizer({ authorizationToken: bad, methodArn: arn }), { message: 'Unauthorized' });
  }
  await assert.rejects(authorizer({ headers: {}, methodArn: arn }), { message: 'Unauthorized' });
  await assert.rejects(authorizer({ headers: { authorization: token }, methodArn: arn }), { message: 'Unauthorized' });
  assert.deepEqual(await authorizer({ version: '1.0', headers: {}, routeArn: arn }), denied('unknown'));
  assert.deepEqual(await authorizer({ version: '2.0', headers: {}, routeArn: arn }), { isAuthorized: false });

  const scoped = (response) => createAuthorizer({ response, scopes: ['other'] });
  assert.deepEqual(await scoped()({ headers, methodArn: arn }), denied('user-1'));
  assert.deepEqual(await scoped()({ version: '2.0', headers, routeArn: arn }), { isAuthorized: false });
  assert.deepEqual(await createAuthorizer({ scopes: ['admin'] })({ headers, methodArn: arn }), allowed);
  configure(undefined, {});
  await assert.rejects(authorizer({ headers, methodArn: arn }), { name: 'ConfigurationError' });
});
