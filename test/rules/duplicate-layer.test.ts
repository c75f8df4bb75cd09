import { functionOf, layerOf, theirs, told } from './support';
import { duplicateLayer } from '../../lib/rules/duplicate-layer';

const arn = (version: number) => theirs(`arn:aws:lambda:us-east-1:111122223333:layer:x:${version}`, { family: '111122223333:us-east-1:x' });

test('different layers pass, and those of which nothing is known', () => {
  expect(duplicateLayer.checkFunction!(functionOf([layerOf('A'), layerOf('B'), arn(1)]))).toEqual([]);
  expect(duplicateLayer.checkFunction!(functionOf([theirs('one'), theirs('two')]))).toEqual([]);
});

test('fails for the same layer twice', () => {
  const layer = layerOf('A');
  const findings = duplicateLayer.checkFunction!(functionOf([layer, layerOf('B'), layer]));
  expect(told(findings)).toEqual(['error Shop/Orders: the function has a layer twice']);
});

test('fails for two versions of a layer, once for each that is too many', () => {
  const findings = duplicateLayer.checkFunction!(functionOf([arn(1), arn(2), arn(3)]));
  expect(told(findings)).toEqual(Array(2).fill('error Shop/Orders: the function has two versions of one layer'));
  expect(findings[0].fault.got).toBe('arn:aws:lambda:us-east-1:111122223333:layer:x:1\narn:aws:lambda:us-east-1:111122223333:layer:x:2');
});
