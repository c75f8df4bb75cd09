import { functionOf, layerOf, theirs, told } from './support';
import type { FunctionFacts, LayerFacts } from '../../lib/rules/facts';
import { layerCount } from '../../lib/rules/layer-count';
import { layerRuntime } from '../../lib/rules/layer-runtime';
import { checkVariants } from '../../lib/rules/variants';

const ours = layerOf('Ours', { runtimes: ['nodejs22.x'] });
const alsoOurs = layerOf('AlsoOurs', { runtimes: ['nodejs22.x'] });
const other = theirs('arn', { runtimes: ['nodejs22.x'] });
const fits = layerOf('Fits');

const ERROR = 'error Shop/Orders: a layer is not made for the function\'s runtime';
const WARNING = 'warning Shop/Orders: a layer is not made for the function\'s runtime';

function functionWith(...variants: readonly (readonly LayerFacts[])[]): FunctionFacts {
  return functionOf([], { variants: variants.map((layers) => functionOf(layers)) });
}

test.each<[string, LayerFacts[][], string[]]>([
  ['a layer that is always there', [[ours, fits], [ours]], [ERROR]],
  ['a layer that may not be there', [[ours, fits], [fits]], []],
  ['one wrong layer or another', [[ours], [alsoOurs]], [ERROR]],
  ['a layer of ours or one of others', [[ours], [other]], [WARNING]],
  ['one of others beside one of ours that is always there', [[ours, other], [ours]], [ERROR]],
  ['a layer that is there twice', [[ours, ours], [ours, other]], [ERROR]],
  ['four variants', [[ours], [alsoOurs], [ours, other], [fits]], []],
])('%s', (_, variants, findings) => {
  expect(told(checkVariants(functionWith(...variants), layerRuntime.checkFunction!))).toEqual(findings);
});

test('a limit is broken when each variant breaks it', () => {
  const layers = (count: number) => Array.from({ length: count }, (_, place) => layerOf(`L${place}`));
  expect(checkVariants(functionWith(layers(6), layers(7)), layerCount.checkFunction!)).toHaveLength(1);
  expect(checkVariants(functionWith(layers(6), layers(5)), layerCount.checkFunction!)).toEqual([]);
});

test('without variants the function itself is checked', () => {
  expect(told(checkVariants(functionOf([ours]), layerRuntime.checkFunction!))).toEqual([ERROR]);
});
