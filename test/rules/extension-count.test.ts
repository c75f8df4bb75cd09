import * as fc from 'fast-check';
import { contentOf, functionOf, layerOf, theirs, told } from './support';
import { extensionCount } from '../../lib/rules/extension-count';
import type { LayerFacts } from '../../lib/rules/facts';

function withExtensions(id: string, names: readonly string[]): LayerFacts {
  return layerOf(id, { content: contentOf({
    programs: names.map((name) => ({ path: `extensions/${name}`, format: 'elf', isExecutable: true, mentionsRegistration: true })),
  }) });
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `e${number}`);
}

test('ten extensions pass, and wrappers do not count', () => {
  const wrapper = { path: 'wrap', format: 'script', isExecutable: true, mentionsRegistration: false };
  expect(extensionCount.checkFunction!(functionOf([
    withExtensions('A', numbers(10)), layerOf('B', { content: contentOf({ programs: [wrapper] }) }), layerOf('C'),
  ]))).toEqual([]);
});

test('fails for the eleventh, wherever it comes from', () => {
  const insights = theirs('arn', { extensions: ['cloudwatch_lambda_agent'] });
  const findings = extensionCount.checkFunction!(functionOf([withExtensions('A', ['a', 'b']), withExtensions('B', numbers(8)), insights]));
  expect(told(findings)).toEqual(['error Shop/Orders: the function has too many extensions']);
  expect(findings[0].fault.got).toBe(
    'at least 11:\nShop/A: a, b\nShop/B: e0, e1, e2, e3, e4, e5, e6, e7\narn: cloudwatch_lambda_agent',
  );
  expect(findings[0].about).toHaveLength(3);
});

test('only as many count as there are names: a later layer hides the earlier\'s', () => {
  fc.assert(fc.property(fc.array(fc.subarray(numbers(14)), { maxLength: 5 }), (layers) => {
    const found = extensionCount.checkFunction!(functionOf(layers.map((names, number) => withExtensions(`L${number}`, names))));
    const { size } = new Set(layers.flat());
    expect(found.map(({ fault }) => fault.got!.split(':')[0])).toEqual(size > 10 ? [String(size)] : []);
  }));
});
