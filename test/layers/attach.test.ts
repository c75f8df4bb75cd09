import { Aspects, CfnParameter, Fn, Lazy, Token, type Stack, type IAspect } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { folderOf, messageOf, newFunction, newStack } from './support';
import { ImportedLayer, LayerContent, SharedDependencyLayer } from '../../lib';

const ARN = 'arn:aws:lambda:us-east-1:111122223333:layer:theirs:3';
const OTHER_ARN = 'arn:aws:lambda:us-east-1:111122223333:layer:others:3';
const RECOGNIZE = '@aws-cdk/aws-lambda:recognizeLayerVersion';

function newLayer(stack: Stack, id: string, content = id): SharedDependencyLayer {
  return new SharedDependencyLayer(stack, id, { content: [LayerContent.files(folderOf({ [`${id}.txt`]: content }))] });
}

/** The layers of the only function of a stack: construct ids for those of the stack, else what the template has. */
function layersOf(stack: Stack): unknown[] {
  const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  const ids = new Map(stack.node.children.filter((one) => one instanceof lambda.LayerVersion)
    .map((one) => [stack.resolve((one.node.defaultChild as lambda.CfnLayerVersion).logicalId) as string, one.node.id]));
  return ((resource.Properties.Layers ?? []) as { Ref?: string }[]).map((layer) => ids.get(layer.Ref ?? '') ?? layer);
}

class Visitor implements IAspect {
  constructor(private readonly work: (resource: lambda.CfnFunction) => void) {}

  public visit(node: IConstruct): void {
    if (node instanceof lambda.CfnFunction) {
      this.work(node);
    }
  }
}

describe.each([true, false])('with the feature flag recognizeLayerVersion %s', (flag) => {
  const stackOf = (): Stack => newStack({ context: { [RECOGNIZE]: flag } });

  test('layers are attached in the order of the calls, whatever their ids', () => {
    const stack = stackOf();
    const [a, b, c] = ['A', 'B', 'C'].map((id) => newLayer(stack, id));
    const fn = newFunction(stack);
    c.attachTo(fn);
    a.attachTo(fn);
    b.attachTo(fn);
    expect(layersOf(stack)).toEqual(['C', 'A', 'B']);
  });

  test('those that the function was made with come first', () => {
    const stack = stackOf();
    const [a, b, z] = ['A', 'B', 'Z'].map((id) => newLayer(stack, id));
    const fn = newFunction(stack, { layers: [z] });
    b.attachTo(fn);
    a.attachTo(fn);
    expect(layersOf(stack)).toEqual(['Z', 'B', 'A']);
  });

  test('attaching twice, and besides `layers`, changes nothing', () => {
    const stack = stackOf();
    const [a, b] = ['A', 'B'].map((id) => newLayer(stack, id));
    const fn = newFunction(stack, { layers: [b] });
    a.attachTo(fn, fn);
    a.attachTo(fn);
    b.attachTo(fn);
    expect(layersOf(stack)).toEqual(['B', 'A']);
  });

  test('attaching a layer that is there as the fifth changes nothing, not even the version', () => {
    const versionOf = (attach: boolean): string => {
      const stack = stackOf();
      const layers = ['A', 'B', 'C', 'D', 'E'].map((id) => newLayer(stack, id));
      const fn = newFunction(stack, { layers });
      expect(fn.currentVersion).toBeDefined();
      if (attach) {
        layers[4].attachTo(fn);
      }
      return Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Version'))[0];
    };
    expect(versionOf(true)).toBe(versionOf(false));
  });

  test('addLayers, Lambda Insights and ADOT after attachTo keep all of them', () => {
    const stack = stackOf();
    const [a, b] = ['A', 'B'].map((id) => newLayer(stack, id));
    const fn = newFunction(stack, {
      insightsVersion: lambda.LambdaInsightsVersion.fromInsightVersionArn('arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:60'),
      adotInstrumentation: {
        layerVersion: lambda.AdotLayerVersion.fromPythonSdkLayerVersion(lambda.AdotLambdaLayerPythonSdkVersion.LATEST),
        execWrapper: lambda.AdotLambdaExecWrapper.INSTRUMENT_HANDLER,
      },
    });
    b.attachTo(fn);
    fn.addLayers(lambda.LayerVersion.fromLayerVersionArn(stack, 'Theirs', ARN));
    a.attachTo(fn);
    const layers = layersOf(stack);
    expect(layers).toHaveLength(5);
    expect(layers.slice(3)).toEqual(['B', 'A']);
    expect(layers.slice(0, 3)).toEqual(expect.arrayContaining([ARN, expect.stringContaining('LambdaInsightsExtension')]));
  });

  test('an aspect that adds layers is followed, and one that appends to the list', () => {
    const stack = stackOf();
    const [a, b] = ['A', 'B'].map((id) => newLayer(stack, id));
    b.attachTo(newFunction(stack));
    Aspects.of(stack).add(new Visitor((resource) => {
      (resource.node.scope as lambda.Function).addLayers(a);
      resource.layers = [...stack.resolve(resource.layers) as string[], ARN];
    }));
    expect(layersOf(stack)).toEqual(['A', 'B', ARN]);
  });

  test('an aspect that replaces the list has its way, and what is attached afterwards comes on top', () => {
    const stack = stackOf();
    const [a, b] = ['A', 'B'].map((id) => newLayer(stack, id));
    const fn = newFunction(stack);
    b.attachTo(fn);
    Aspects.of(stack).add(new Visitor((resource) => {
      resource.layers = [ARN];
      a.attachTo(fn);
    }));
    expect(layersOf(stack)).toEqual([ARN, 'A']);
  });

  test('the version of a function changes exactly when an attached layer does', () => {
    const versionOf = (content: string, description: string, attach: boolean): string => {
      const stack = stackOf();
      const fn = newFunction(stack, { description: 'orders' });
      const layer = new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files(folderOf({ 'a.txt': content }))], description });
      expect(fn.currentVersion).toBeDefined();
      if (attach) {
        layer.attachTo(fn);
      }
      return Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Version'))[0];
    };
    const first = versionOf('one', 'first', true);
    expect(versionOf('one', 'first', true)).toBe(first);
    expect(new Set([first, versionOf('two', 'first', true), versionOf('one', 'second', true), versionOf('one', 'first', false)]).size).toBe(4);
  });

  test('the order of attaching changes the version, too', () => {
    const versionOf = (...ids: string[]): string => {
      const stack = stackOf();
      const layers = new Map(['A', 'B'].map((id) => [id, newLayer(stack, id)]));
      const fn = newFunction(stack);
      expect(fn.currentVersion).toBeDefined();
      ids.forEach((id) => layers.get(id)!.attachTo(fn));
      return Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Version'))[0];
    };
    expect(versionOf('A', 'B')).not.toBe(versionOf('B', 'A'));
  });
});

test('a layer that the function was made with is attached again when somebody replaced the list', () => {
  const stack = newStack();
  const layer = newLayer(stack, 'A');
  const fn = newFunction(stack, { layers: [layer] });
  (fn.node.defaultChild as lambda.CfnFunction).layers = [];
  layer.attachTo(fn);
  expect(layersOf(stack)).toEqual(['A']);
});

test('nothing lazy is evaluated by attaching', () => {
  const stack = newStack();
  let count = 0;
  const layer = new SharedDependencyLayer(stack, 'A', {
    content: [LayerContent.files(folderOf({ 'a.txt': 'a' }))], description: Lazy.string({ produce: () => `for ${count} functions` }),
  });
  ['One', 'Two', 'Three'].forEach((id) => {
    count += 1;
    layer.attachTo(newFunction(stack, {}, id));
  });
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::LayerVersion', { Description: 'for 3 functions' });
});

test('a layer that somebody adds after it was attached is there once', () => {
  const stack = newStack();
  const layer = newLayer(stack, 'A');
  const fn = newFunction(stack);
  layer.attachTo(fn);
  fn.addLayers(layer);
  expect(layersOf(stack)).toEqual(['A']);
});

test('a CfnFunction can take layers, after those of its own', () => {
  const stack = newStack();
  const fn = new lambda.CfnFunction(stack, 'Orders', {
    code: { zipFile: 'x' }, handler: 'index.handler', runtime: 'python3.13', role: 'arn:aws:iam::111122223333:role/x', layers: [ARN],
  });
  newLayer(stack, 'A').attachTo(fn);
  // As its maker wrote it: a list that can still be added to.
  fn.layers = [...fn.layers!, OTHER_ARN];
  newLayer(stack, 'B').attachTo(fn);
  expect(layersOf(stack)).toEqual([ARN, 'A', OTHER_ARN, 'B']);
});

test('a layer that a CfnFunction has by another token is not there twice', () => {
  const stack = newStack();
  const arn = (): string => Fn.importValue('arn');
  const fn = new lambda.CfnFunction(stack, 'Orders', { code: { zipFile: 'x' }, role: 'arn:aws:iam::111122223333:role/x', layers: [arn()] });
  ImportedLayer.fromArn(stack, 'Theirs', { layerVersionArn: arn() }).attachTo(fn);
  expect(layersOf(stack)).toEqual([{ 'Fn::ImportValue': 'arn' }]);
});

test('a list that a template takes away is an empty one', () => {
  const stack = newStack();
  const fn = new lambda.CfnFunction(stack, 'Orders', {
    code: { zipFile: 'x' },
    role: 'arn:aws:iam::111122223333:role/x',
    layers: Token.asList({ resolve: () => ({ Ref: 'AWS::NoValue' }) }),
  });
  newLayer(stack, 'A').attachTo(fn);
  expect(layersOf(stack)).toEqual(['A']);
});

test('fails for nothing, as JavaScript may pass it', () => {
  const message = messageOf(() => newLayer(newStack(), 'A').attachTo(undefined as never));
  expect(message).toContain('Shop/A: this function cannot take layers\n  got: nothing');
});

test('a singleton function can take layers once', () => {
  const stack = newStack();
  const fn = new lambda.SingletonFunction(stack, 'Single', {
    uuid: 'orders', runtime: lambda.Runtime.PYTHON_3_13, handler: 'index.handler', code: lambda.Code.fromInline('x'),
  });
  const [a, b] = ['A', 'B'].map((id) => newLayer(stack, id));
  b.attachTo(fn);
  a.attachTo(fn, fn);
  expect(layersOf(stack)).toEqual(['B', 'A']);
});

test('an imported layer is attached like one of the app', () => {
  const stack = newStack();
  const fn = newFunction(stack);
  newLayer(stack, 'A').attachTo(fn);
  ImportedLayer.fromArn(stack, 'Theirs', { layerVersionArn: ARN }).attachTo(fn, fn);
  expect(layersOf(stack)).toEqual(['A', ARN]);
});

test('fails for imported functions, versions and aliases, all named at once, and attaches to none', () => {
  const stack = newStack();
  const layer = newLayer(stack, 'A');
  const fn = newFunction(stack);
  const imported = lambda.Function.fromFunctionArn(stack, 'Imported', 'arn:aws:lambda:eu-west-1:111122223333:function:orders');
  const message = messageOf(() => layer.attachTo(imported, fn.currentVersion, fn.addAlias('live'), fn));
  expect(message.match(/^Shop\/A: this function cannot take layers$/gm)).toHaveLength(3);
  expect(message).toContain('got: Shop/Imported: ');
  expect(layersOf(stack)).toEqual([]);
});

test('fails for a container-image function when the app is synthesised', () => {
  const stack = newStack();
  const code = lambda.DockerImageCode.fromEcr(Repository.fromRepositoryName(stack, 'Images', 'orders'));
  const fn = new lambda.DockerImageFunction(stack, 'Orders', { code });
  newLayer(stack, 'A').attachTo(fn);
  expect(messageOf(() => Template.fromStack(stack))).toContain('Shop/Orders: a container-image function cannot have layers [ImageFunction]');
});

test.each([
  ['a parameter', (stack: Stack) => new CfnParameter(stack, 'Layers', { type: 'CommaDelimitedList' }).valueAsList],
  ['a split text', () => Fn.split(',', Fn.importValue('layers'))],
])('fails for a function whose list of layers is %s', (_, listIn) => {
  const stack = newStack();
  const fn = new lambda.CfnFunction(stack, 'Orders', { code: { zipFile: 'x' }, role: 'arn:aws:iam::111122223333:role/x', layers: listIn(stack) });
  newLayer(stack, 'A').attachTo(fn);
  const message = messageOf(() => Template.fromStack(stack));
  expect(message).toContain('Shop/Orders: a layer is attached to a function whose list of layers is only known at deployment [LayerReference]');
  expect(message.match(/LayerReference/g)).toHaveLength(1);
});
