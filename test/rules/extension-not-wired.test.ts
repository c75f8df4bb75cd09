import { functionOf, layerOf, told } from './support';
import { authNotWired } from '../../lib/rules/auth-not-wired';
import { extensionNotWired } from '../../lib/rules/extension-not-wired';

const settings = new Map([['AUDIT_LEVEL', 'high'], ['AWS_LAMBDA_EXEC_WRAPPER', '/opt/wrap']]);
const layer = layerOf('Audit', { needs: { rule: 'ExtensionNotWired', settings, present: [] } });
const functionWith = (environment: Record<string, string | undefined>) => functionOf([layer], {
  environment: () => new Map(Object.entries(environment)),
});

test('a function with the settings passes; the wrapper is another rule\'s', () => {
  expect(extensionNotWired.checkFunction!(functionWith({ AUDIT_LEVEL: 'high' }))).toEqual([]);
  expect(extensionNotWired.checkFunction!(functionWith({ AUDIT_LEVEL: undefined }))).toEqual([]);
});

test.each([[{}, 'no AUDIT_LEVEL'], [{ AUDIT_LEVEL: 'low' }, 'another AUDIT_LEVEL']])('fails for %j, without its value', (environment, got) => {
  const findings = extensionNotWired.checkFunction!(functionWith(environment));
  expect(told(findings)).toEqual(['error Shop/Orders: the function lacks settings that the extensions of its layer read']);
  expect(findings[0].fault.got).toBe(`Shop/Audit: ${got}`);
});

test('each of the rules looks after its own layers', () => {
  expect(authNotWired.checkFunction!(functionWith({}))).toEqual([]);
});
