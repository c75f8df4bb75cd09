import { AuthApi, EXPIRED, request, token } from '../support/auth-api';
import { hasMoto } from '../support/moto';
import { nodeRuntimes } from '../support/tools';

const [runtime] = nodeRuntimes();
const describeWithEmulator = runtime === undefined || !hasMoto() ? describe.skip : describe;

const SCOPE = { scope: 'profile orders:read' };
const CHALLENGE = { 'Content-Type': 'application/json', 'WWW-Authenticate': 'Bearer error="invalid_token"' };
const UNAUTHORIZED = { statusCode: 401, headers: CHALLENGE, body: '{"error":"Unauthorized"}' };
const FORBIDDEN = {
  statusCode: 403,
  headers: { ...CHALLENGE, 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="orders:read"' },
  body: '{"error":"Forbidden"}',
};

describeWithEmulator('the Node.js function of the orders API with the auth layer, as CDK would upload them', () => {
  let api: AuthApi;

  beforeAll(async () => {
    api = await AuthApi.start();
  });

  afterAll(async () => api.close());

  test('answers 200 to a valid token with the scope, 403 without it, and 401 to all others', async () => {
    const { arn, value } = await api.secret();
    const fn = await api.start('GetOrder', arn);
    const calls: [string, string | undefined, string, object][] = [
      ['valid', token(value, SCOPE), 'order-1', { statusCode: 200, body: '{"id":"order-1","total":12}' }],
      ['scopes as a list', token(value, { scp: ['orders:read'] }), 'order-2', { statusCode: 200, body: '{"id":"order-2","total":30}' }],
      ['the order of somebody else', token(value, SCOPE), 'order-3', { statusCode: 404, body: '{"error":"Not Found"}' }],
      ['no token', undefined, 'order-1', { ...UNAUTHORIZED, headers: { ...CHALLENGE, 'WWW-Authenticate': 'Bearer' } }],
      ['expired', token(value, { ...SCOPE, ...EXPIRED }), 'order-1', UNAUTHORIZED],
      ['wrong signature', token(`${value}x`, SCOPE), 'order-1', UNAUTHORIZED],
      ['another audience', token(value, { ...SCOPE, aud: 'invoices' }), 'order-1', UNAUTHORIZED],
      ['unsigned', token(value, SCOPE).replace(/[^.]+$/, ''), 'order-1', UNAUTHORIZED],
      ['no scope', token(value), 'order-1', FORBIDDEN],
      ['another scope', token(value, { scope: 'orders:read:all' }), 'order-1', FORBIDDEN],
      ['valid again', token(value, SCOPE), 'order-1', { statusCode: 200, body: '{"id":"order-1","total":12}' }],
    ];
    const answers = [];
    for (const [what, bearer, order] of calls) {
      const { answer, error } = await fn.invoke(request(bearer, order));
      answers.push([what, answer ?? error]);
    }
    expect(answers).toEqual(calls.map(([what, , , expected]) => [what, expected]));
    expect(fn.logs).not.toContain(value);
  });

  test('sees a rotation of the secret while it runs', async () => {
    const { arn, value } = await api.secret();
    const fn = await api.start('GetOrder', arn);
    const status = async (secret: string): Promise<number> => (await fn.invoke(request(token(secret, SCOPE), 'order-1'))).answer.statusCode;
    const before = await status(value);
    const rotated = await api.rotate(arn);
    expect([before, await status(value), await status(rotated), await status(value), await status(rotated)]).toEqual([200, 200, 200, 401, 200]);
    expect(fn.logs.match(/^START /gm)).toHaveLength(5);
  });

  test('answers 503 while nobody can say what the key is', async () => {
    const { arn, value } = await api.secret();
    const { answer } = await (await api.start('GetOrder', arn, { endpoint: 'http://127.0.0.1:1' })).invoke(request(token(value, SCOPE), 'order-1'));
    expect(answer).toEqual({
      statusCode: 503, headers: { 'Content-Type': 'application/json', 'Retry-After': '5' }, body: '{"error":"Service Unavailable"}',
    });
  });

  test('fails with a message for the operator when the secret is not there', async () => {
    const { value } = await api.secret();
    const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:none-AbCdEf';
    const { outcome, error } = await (await api.start('GetOrder', arn)).invoke(request(token(value, SCOPE), 'order-1'));
    expect({ outcome, error }).toMatchObject({
      outcome: 'function error', error: { errorType: 'ConfigurationError', errorMessage: `${arn} cannot be read: ResourceNotFoundException` },
    });
  });

  // The forms that README.md names.
  const requiring = "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n";
  test.each<[string, Record<string, string>]>([
    ['requires it', { 'index.js': "const { verifyToken } = require('auth-utils');\nexports.handler = verifyToken;\n" }],
    ['as an ES module imports its path', { 'index.mjs': "export { verifyToken as handler } from '/opt/nodejs/node_modules/auth-utils/index.js';\n" }],
    ['as an ES module requires it', { 'index.mjs': `${requiring}export const handler = require('auth-utils').verifyToken;\n` }],
  ])('finds auth-utils when it %s', async (_form, files) => {
    const { arn, value } = await api.secret();
    const fn = await api.start('GetOrder', arn, { files });
    const [valid, wrong] = [await fn.invoke(token(value)), await fn.invoke(token(`${value}x`))];
    expect(valid.answer ?? valid.error).toMatchObject({ valid: true, payload: { sub: 'ada' } });
    expect(wrong.answer ?? wrong.error).toEqual({ valid: false, error: 'Invalid token', code: 'bad_signature' });
  });

  test('fails to import it by its name as an ES module, as Node.js does without what Lambda adds', async () => {
    const { arn } = await api.secret();
    const fn = await api.start('GetOrder', arn, { files: { 'index.mjs': "export { verifyToken as handler } from 'auth-utils';\n" } });
    const { outcome, error } = await fn.invoke('token');
    expect(outcome).toBe('init error');
    expect(error?.errorMessage).toContain("Cannot find package 'auth-utils'");
  });
});
