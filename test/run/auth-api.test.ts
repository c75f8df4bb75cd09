import { AuthApi, EXPIRED, request, token } from './support/auth-api';
import { hasMoto } from './support/moto';
import { pythonRuntimes } from './support/tools';

const [runtime] = pythonRuntimes();
const describeWithEmulator = runtime === undefined || !hasMoto() ? describe.skip : describe;

describeWithEmulator('the Python function of the orders API with the auth layer, as CDK would upload them', () => {
  let api: AuthApi;

  beforeAll(async () => {
    api = await AuthApi.start(runtime);
  });

  afterAll(async () => api.close());

  test('answers 200 to a valid token, and 401 to all others', async () => {
    const { arn, value } = await api.secret();
    const fn = await api.start('ListOrders', arn);
    const statuses: Record<string, unknown> = {};
    const calls: Record<string, string | undefined> = {
      'valid': token(value),
      'of somebody without orders': token(value, { sub: 'eve' }),
      'no token': undefined,
      'expired': token(value, EXPIRED),
      'wrong signature': token(`${value}x`),
      'another audience': token(value, { aud: 'invoices' }),
      'another issuer': token(value, { iss: 'https://other.example' }),
      'no end': token(value, { exp: undefined }),
      'unsigned': token(value).replace(/[^.]+$/, ''),
      'valid again': token(value),
    };
    for (const [what, bearer] of Object.entries(calls)) {
      const { outcome, answer } = await fn.invoke(request(bearer));
      statuses[what] = [outcome, answer?.statusCode, JSON.parse(answer?.body ?? 'null')];
    }
    const refused = ['answer', 401, { error: 'Unauthorized' }];
    expect(statuses).toEqual({
      'valid': ['answer', 200, { orders: ['order-1', 'order-2'] }],
      'of somebody without orders': ['answer', 200, { orders: [] }],
      'no token': refused,
      'expired': refused,
      'wrong signature': refused,
      'another audience': refused,
      'another issuer': refused,
      'no end': refused,
      'unsigned': refused,
      'valid again': ['answer', 200, { orders: ['order-1', 'order-2'] }],
    });
    expect(fn.logs).not.toContain(value);
  });

  test('sees a rotation of the secret while it runs', async () => {
    const { arn, value } = await api.secret();
    const fn = await api.start('ListOrders', arn);
    const status = async (secret: string): Promise<number> => (await fn.invoke(request(token(secret)))).answer.statusCode;
    const before = await status(value);
    const rotated = await api.rotate(arn);
    expect([before, await status(value), await status(rotated), await status(value), await status(rotated)]).toEqual([200, 200, 200, 401, 200]);
    expect(fn.logs.match(/^START /gm)).toHaveLength(5);
  });

  test('fails with a message for the operator when the secret is not there', async () => {
    const { value } = await api.secret();
    const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:none-AbCdEf';
    const { outcome, error } = await (await api.start('ListOrders', arn)).invoke(request(token(value)));
    expect({ outcome, error }).toMatchObject({
      outcome: 'function error', error: { errorType: 'ConfigurationError', errorMessage: `${arn} cannot be read: ResourceNotFoundException` },
    });
  });
});
