import { functionOf, layerOf, theirs, told } from './support';
import { layerRegion } from '../../lib/rules/layer-region';

const arn = (partition: string, region: string) => theirs(`arn:${partition}:lambda:${region}:111122223333:layer:x:1`, { partition, region });

test.each([
  ['us-east-1', 'aws', 'us-east-1'],
  ['cn-north-1', 'aws-cn', 'cn-north-1'],
  ['us-gov-west-1', 'aws-us-gov', 'us-gov-west-1'],
  [undefined, 'aws', 'eu-west-1'],
])('a function in %s may have a layer of %s in %s', (region, partition, layerRegionName) => {
  expect(layerRegion.checkFunction!(functionOf([arn(partition, layerRegionName), layerOf('A')], { region }))).toEqual([]);
});

test('fails for a layer of another region', () => {
  const findings = layerRegion.checkFunction!(functionOf([arn('aws', 'us-east-1')], { region: 'eu-west-1' }));
  expect(told(findings)).toEqual(['error Shop/Orders: a layer is in another region than the function']);
  expect(findings[0].fault.allowed).toBe('a layer in eu-west-1');
});

test('fails for a layer of another partition', () => {
  expect(told(layerRegion.checkFunction!(functionOf([arn('aws-cn', 'cn-north-1')], { region: 'us-gov-west-1' })))).toEqual([
    'error Shop/Orders: a layer is in another region than the function', 'error Shop/Orders: a layer is in another partition than the function',
  ]);
  expect(told(layerRegion.checkFunction!(functionOf([arn('aws', 'cn-north-1')], { region: 'cn-north-1' })))).toEqual([
    'error Shop/Orders: a layer is in another partition than the function',
  ]);
});

test('fails for layers of two regions, and for an ARN that contradicts itself, wherever the function goes', () => {
  expect(told(layerRegion.checkFunction!(functionOf([arn('aws', 'us-east-1'), arn('aws', 'eu-west-1')])))).toEqual([
    'error Shop/Orders: two layers of the function are in different regions',
  ]);
  expect(told(layerRegion.checkFunction!(functionOf([arn('aws', 'cn-north-1')])))).toEqual([
    'error Shop/Orders: the ARN of a layer names a partition that does not have its region',
  ]);
});
