import { functionOf, layerOf, theirs, told } from './support';
import { layerArchitecture } from '../../lib/rules/layer-architecture';

test('a layer that declares the machine passes, one that declares none, and a machine that is not known', () => {
  const layers = [layerOf('A', { architectures: ['x86_64'] }), layerOf('B', { architectures: ['arm64', 'x86_64'] }), layerOf('C')];
  expect(layerArchitecture.checkFunction!(functionOf(layers))).toEqual([]);
  expect(layerArchitecture.checkFunction!(functionOf([layerOf('A', { architectures: ['arm64'] })], { architecture: undefined }))).toEqual([]);
});

test('fails for our layers, warns for others', () => {
  expect(told(layerArchitecture.checkFunction!(functionOf([
    layerOf('A', { architectures: ['arm64'] }), theirs('arn', { architectures: ['arm64'] }),
  ])))).toEqual([
    'error Shop/Orders: a layer is not made for the function\'s architecture',
    'warning Shop/Orders: a layer is not made for the function\'s architecture',
  ]);
});
