import * as fc from 'fast-check';
import { functionOf, told } from './support';
import { environmentSize } from '../../lib/rules/environment-size';

const TOO_LARGE = 'Shop/Orders: the environment of the function is too large';

const check = (variables: Record<string, string | undefined>) => environmentSize.checkFunction!(functionOf([], {
  environment: () => new Map(Object.entries(variables)),
  literals: () => new Map(Object.entries(variables).filter((one): one is [string, string] => one[1] !== undefined)),
}));

test('an environment of 4096 bytes as JSON passes, and so does what only deployment knows', () => {
  expect(check({ A: 'x'.repeat(4096 - '{"A":""}'.length) })).toEqual([]);
  expect(check({ A: undefined })).toEqual([]);
  expect(environmentSize.checkFunction!(functionOf([], { environment: () => undefined }))).toEqual([]);
});

test('warns where names and values alone would fit, fails where they do not', () => {
  expect(told(check({ A: 'x'.repeat(4095) }))).toEqual([`warning ${TOO_LARGE}`]);
  expect(told(check({ A: 'x'.repeat(4096) }))).toEqual([`error ${TOO_LARGE}`]);
});

test('bytes count, not characters; the message names the largest variables, and no values', () => {
  const [{ fault }] = check({ A: 'é'.repeat(3000), B: 'secret', TABLE: undefined });
  expect(fault.got).toBe('at least 6032 bytes as JSON, the largest:\nA: 6000 bytes\nB: 6 bytes');
});

test('more variables never make it smaller', () => {
  const variables = fc.dictionary(fc.stringMatching(/^[A-Z]{1,8}$/), fc.string({ maxLength: 1500, unit: 'grapheme' }), { maxKeys: 6 });
  fc.assert(fc.property(variables, (some) => {
    const severities = ['', 'warning', 'error'];
    const rank = (environment: Record<string, string>): number => severities.indexOf(check(environment)[0]?.severity ?? '');
    expect(rank({ ...some, ZZZZZZZZZ: 'x'.repeat(500) })).toBeGreaterThanOrEqual(rank(some));
  }));
});
