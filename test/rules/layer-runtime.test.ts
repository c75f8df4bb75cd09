import { functionOf, layerOf, theirs, told } from './support';
import { layerRuntime } from '../../lib/rules/layer-runtime';

test('a layer that declares the runtime passes, one that declares none, and a runtime that is not known', () => {
  const layers = [layerOf('A', { runtimes: ['python3.12', 'python3.13'] }), layerOf('B')];
  expect(layerRuntime.checkFunction!(functionOf(layers))).toEqual([]);
  expect(layerRuntime.checkFunction!(functionOf([layerOf('A', { runtimes: ['python3.12'] })], { runtime: undefined }))).toEqual([]);
});

test('fails for our layers, warns for others', () => {
  expect(told(layerRuntime.checkFunction!(functionOf([
    layerOf('A', { runtimes: ['python3.12'] }), theirs('arn', { runtimes: ['nodejs22.x'] }),
  ])))).toEqual([
    'error Shop/Orders: a layer is not made for the function\'s runtime', 'warning Shop/Orders: a layer is not made for the function\'s runtime',
  ]);
});
