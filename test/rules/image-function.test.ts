import { functionOf, layerOf, told } from './support';
import { imageFunction } from '../../lib/rules/image-function';

test('an image without layers passes, and layers on another function', () => {
  expect(imageFunction.checkFunction!(functionOf([], { isImage: true }))).toEqual([]);
  expect(imageFunction.checkFunction!(functionOf([layerOf('A')]))).toEqual([]);
});

test('fails for an image with layers', () => {
  expect(told(imageFunction.checkFunction!(functionOf([layerOf('A')], { isImage: true })))).toEqual([
    'error Shop/Orders: a container-image function cannot have layers',
  ]);
});
