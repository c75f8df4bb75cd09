import { functionOf, told } from './support';
import { reservedVariable } from '../../lib/rules/reserved-variable';
import { RESERVED_VARIABLES } from '../../lib/target/reserved-variables';

const check = (names: readonly string[] | undefined) => reservedVariable.checkFunction!(functionOf([], {
  environment: () => names === undefined ? undefined : new Map(names.map((name) => [name, undefined])),
}));

test('other names pass, also those that Lambda lets be set, and what only deployment knows', () => {
  expect(check(['TABLE', 'AWS_LAMBDA_EXEC_WRAPPER', 'PATH', 'TZ', 'AWS_XRAY_CONTEXT_MISSING', 'aws_region'])).toEqual([]);
  expect(check(undefined)).toEqual([]);
});

test.each(RESERVED_VARIABLES)('fails for %s', (name) => {
  const findings = check(['TABLE', name]);
  expect(told(findings)).toEqual(['error Shop/Orders: Lambda sets these environment variables itself, and refuses them in a function\'s settings']);
  expect(findings[0].fault.got).toBe(name);
});
