import { functionOf, layerOf, told } from './support';
import { authNotWired } from '../../lib/rules/auth-not-wired';

const SETTINGS = '{"algorithms":["HS256"]}';
const auth = layerOf('Auth', { needs: { rule: 'AuthNotWired', settings: new Map([['AUTH_UTILS_CONFIG', SETTINGS]]), present: ['JWT_SECRET'] } });
const check = (environment: Record<string, string | undefined> | undefined, layer = auth) => authNotWired.checkFunction!(
  functionOf([layer], { environment: () => environment === undefined ? undefined : new Map(Object.entries(environment)) }),
);

test('a function with the settings and the key passes, and so does what only deployment knows', () => {
  expect(check({ AUTH_UTILS_CONFIG: SETTINGS, JWT_SECRET: 'x' })).toEqual([]);
  expect(check({ AUTH_UTILS_CONFIG: undefined, JWT_SECRET: undefined })).toEqual([]);
  expect(check(undefined)).toEqual([]);
  expect(authNotWired.checkFunction!(functionOf([auth], { isImage: true }))).toEqual([]);
  expect(check({}, layerOf('Libs'))).toEqual([]);
});

test.each([
  [{}, 'no AUTH_UTILS_CONFIG, no JWT_SECRET'],
  [{ AUTH_UTILS_CONFIG: SETTINGS }, 'no JWT_SECRET'],
  [{ AUTH_UTILS_CONFIG: SETTINGS, JWT_SECRET: '' }, 'no JWT_SECRET'],
  [{ AUTH_UTILS_CONFIG: '{}', JWT_SECRET: 'x' }, 'another AUTH_UTILS_CONFIG'],
])('%j lacks something', (environment, got) => {
  const findings = check(environment);
  expect(told(findings)).toEqual(['error Shop/Orders: the function lacks settings that its layer reads']);
  expect(findings[0].fault.got).toBe(`Shop/Auth: ${got}`);
});
