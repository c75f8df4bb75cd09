import { functionOf, layerOf, theirs, told } from './support';
import { layerArn } from '../../lib/rules/layer-arn';

test('layers pass', () => {
  expect(layerArn.checkFunction!(functionOf([layerOf('A'), theirs('arn:aws:lambda:us-east-1:111122223333:layer:x:1')]))).toEqual([]);
});

test('fails for what is none', () => {
  const findings = layerArn.checkFunction!(functionOf([theirs('arn:aws:lambda:us-east-1:111122223333:layer:x', { isMalformed: true })]));
  expect(told(findings)).toEqual(['error Shop/Orders: a layer of the function is no ARN of a layer version']);
});
