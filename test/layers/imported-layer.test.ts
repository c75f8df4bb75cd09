import { Fn, Lazy, Size, Stack, Token, type App } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { functionLayers, messageOf, newFunction, newStack } from './support';
import { ImportedLayer, LayerRules } from '../../lib';
import { arnOf, errorsOf } from '../validation/support';

test.each([
  arnOf('theirs'),
  arnOf('theirs', 12, 'cn-north-1', 'aws-cn'),
  arnOf('theirs', 1, 'us-gov-west-1', 'aws-us-gov'),
  'arn:aws:lambda:::awslayer:AmazonLinux1803',
  `arn:aws:lambda:${Fn.ref('AWS::Region')}:111122223333:layer:theirs:1`,
  `arn:aws:lambda:us-east-1:${Fn.importValue('account')}:layer:theirs:1`,
  `arn:aws:lambda:us-east-1:111122223333:layer:theirs:${Fn.importValue('version')}`,
  Fn.importValue('arn'),
  '{{resolve:ssm:/layers/arn}}',
  'dummy-value-for-/layers/arn',
])('takes %s', (layerVersionArn) => {
  const layer = ImportedLayer.fromArn(newStack(), 'Theirs', { layerVersionArn });
  expect(layer.layerVersionArn).toBe(layerVersionArn);
  expect(layer.layerVersionRef).toEqual({ layerVersionArn });
});

test.each([
  ['no version', 'arn:aws:lambda:us-east-1:111122223333:layer:theirs'],
  ['"latest"', 'arn:aws:lambda:us-east-1:111122223333:layer:theirs:latest'],
  ['a function', 'arn:aws:lambda:us-east-1:111122223333:function:orders'],
  ['another service', 'arn:aws:s3:::bucket'],
  ['a name', 'theirs'],
  ['nothing', ''],
  ['an account of four digits', 'arn:aws:lambda:us-east-1:1111:layer:theirs:1'],
  ['a region that is none', 'arn:aws:lambda:eu-west:111122223333:layer:theirs:1'],
])('fails for %s', (_, layerVersionArn) => {
  const message = messageOf(() => ImportedLayer.fromArn(newStack(), 'Theirs', { layerVersionArn }));
  expect(message).toMatch(/^Shop\/Theirs: this is no ARN of a layer version\n {2}got: .*\n {2}allowed: .*\n {2}do: .*$/);
  expect(message).toContain(JSON.stringify(layerVersionArn));
});

test('fails for what is wrong beside tokens, which are shown as a template has them', () => {
  const layerVersionArn = `arn:aws:lambda:${Fn.ref('AWS::Region')}:111122223333:layer:theirs:latest`;
  expect(messageOf(() => ImportedLayer.fromArn(newStack(), 'Theirs', { layerVersionArn }))).toContain(
    'got: "arn:aws:lambda:${AWS::Region}:111122223333:layer:theirs:latest"',
  );
});

test('a lazy ARN is not evaluated before its time', () => {
  const stack = newStack();
  let name = 'early';
  const layer = ImportedLayer.fromArn(stack, 'Theirs', { layerVersionArn: Lazy.string({ produce: () => arnOf(name) }) });
  name = 'late';
  layer.attachTo(newFunction(stack));
  expect(functionLayers(stack)).toEqual([arnOf('late')]);
});

test('its size counts, rounded up to whole bytes; a size that is a token does not', () => {
  const stack = newStack();
  const sizes = [Size.kibibytes(1.0001), Size.bytes(Token.asNumber({ resolve: () => 1 })), undefined];
  sizes.forEach((unzippedSize, place) => {
    const layer = ImportedLayer.fromArn(stack, `Theirs${place}`, { layerVersionArn: arnOf(`l${place}`), unzippedSize });
    newFunction(stack, { layers: [layer] }, `F${place}`);
  });
  const layers = LayerRules.of(stack).report().functions.flatMap((fn) => fn.layers);
  expect(layers.map(({ unzippedBytes }) => unzippedBytes)).toEqual([1025, undefined, undefined]);
  expect(layers[0].name).toBe(`Shop/Theirs0 (${arnOf('l0')})`);
});

test('an ARN with tokens is recognised where it is used', () => {
  const stack = newStack();
  const layerVersionArn = `arn:${stack.partition}:lambda:${stack.region}:111122223333:layer:theirs:1`;
  ImportedLayer.fromArn(stack, 'Theirs', { layerVersionArn, unzippedSize: Size.bytes(7) }).attachTo(newFunction(stack));
  const [{ layers: [layer] }] = LayerRules.of(stack).report().functions;
  expect(layer).toEqual({
    name: 'Shop/Theirs (arn:${AWS::Partition}:lambda:${AWS::Region}:111122223333:layer:theirs:1)', unzippedBytes: 7,
  });
});

test('CDK refuses it in `layers` for a runtime that it does not declare', () => {
  const stack = newStack();
  const layer = ImportedLayer.fromArn(stack, 'Theirs', { layerVersionArn: arnOf('theirs'), compatibleRuntimes: [lambda.Runtime.NODEJS_22_X] });
  expect(messageOf(() => newFunction(stack, { layers: [layer] }))).toContain('nodejs22.x');
});

test('fails for a function of another region', () => {
  const app = newStack().node.root as App;
  const stack = new Stack(app, 'Home', { env: { account: '111122223333', region: 'eu-west-1' } });
  ImportedLayer.fromArn(stack, 'Theirs', { layerVersionArn: arnOf('theirs') }).attachTo(newFunction(stack));
  expect(errorsOf(stack)).toEqual(['Home/Orders: a layer is in another region than the function [LayerRegion]']);
});
