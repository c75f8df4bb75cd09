import { functionOf, layerOf, told } from './support';
import { layerCount } from '../../lib/rules/layer-count';

const layers = (count: number) => Array.from({ length: count }, (_, place) => layerOf(`L${place}`));

test('five layers pass', () => {
  expect(layerCount.checkFunction!(functionOf(layers(5)))).toEqual([]);
  expect(layerCount.checkFunction!(functionOf([]))).toEqual([]);
});

test('fails for a sixth, and lists them in order', () => {
  const findings = layerCount.checkFunction!(functionOf(layers(6)));
  expect(told(findings)).toEqual(['error Shop/Orders: the function has too many layers']);
  expect(findings[0].fault.got).toBe('6, in this order:\nShop/L0\nShop/L1\nShop/L2\nShop/L3\nShop/L4\nShop/L5');
});

test('a list that may grow at deployment is counted as far as it is known', () => {
  expect(layerCount.checkFunction!(functionOf(layers(5), { mayHaveMoreLayers: true }))).toEqual([]);
  expect(layerCount.checkFunction!(functionOf(layers(6), { mayHaveMoreLayers: true }))[0].fault.got).toMatch(/^at least 6, /);
});
