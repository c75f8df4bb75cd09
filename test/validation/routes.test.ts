import * as path from 'node:path';
import { Aspects, CfnCondition, CfnParameter, CfnResource, Fn, Lazy, NestedStack, Stack, Stage, type App, type IAspect } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { IConstruct } from 'constructs';
import { secondCopy } from './second-copy';
import { arnOf, arns, errorsOf, rawFunction, ROLE, warningsOf } from './support';
import { ImportedLayer, LayerContent, LayerRules, SharedDependencyLayer } from '../../lib';
import { folderOf, messageOf, newFunction, newStack } from '../layers/support';

const TOO_MANY = 'Shop/Orders: the function has too many layers [LayerCount]';

const content = [LayerContent.files(folderOf({ 'a.txt': 'a' }))];

/** A stack whose assembly has the rules. */
function stackWithRules(): Stack {
  const stack = newStack();
  new SharedDependencyLayer(stack, 'Libs', { content });
  return stack;
}

function imported(stack: Stack, count: number): ImportedLayer[] {
  return arns(count).map((layerVersionArn, place) => ImportedLayer.fromArn(stack, `Theirs${place}`, { layerVersionArn }));
}

class EachFunction implements IAspect {
  constructor(private readonly work: (resource: lambda.CfnFunction) => void) {}

  public visit(node: IConstruct): void {
    if (node instanceof lambda.CfnFunction) {
      this.work(node);
    }
  }
}

/** Ways in which a function gets layers. */
const ROUTES: Readonly<Record<string, (stack: Stack, count: number) => void>> = {
  'attachTo': (stack, count) => {
    const fn = newFunction(stack);
    imported(stack, count).forEach((layer) => layer.attachTo(fn));
  },
  'the list of a CfnFunction': (stack, count) => { rawFunction(stack, { layers: arns(count) }); },
  'a raw CfnResource': (stack, count) => {
    new CfnResource(stack, 'Orders', {
      type: 'AWS::Lambda::Function', properties: { Code: { ZipFile: 'x' }, Handler: 'x', Runtime: 'python3.13', Role: ROLE, Layers: arns(count) },
    });
  },
  'a property override': (stack, count) => (newFunction(stack).node.defaultChild as lambda.CfnFunction).addPropertyOverride('Layers', arns(count)),
  'an override of one place': (stack, count) => {
    const resource = newFunction(stack, { layers: imported(stack, count - 1) }).node.defaultChild as lambda.CfnFunction;
    resource.addPropertyOverride(`Layers.${count - 1}`, arnOf('last'));
  },
  'an aspect': (stack, count) => {
    newFunction(stack);
    Aspects.of(stack).add(new EachFunction((resource) => { resource.layers = arns(count); }));
  },
  'layers and attachTo': (stack, count) => {
    const layers = imported(stack, count);
    const fn = newFunction(stack, { layers: layers.slice(0, 3) });
    layers.slice(3).forEach((layer) => layer.attachTo(fn));
  },
  'Insights and attachTo': (stack, count) => {
    const fn = newFunction(stack, { insightsVersion: lambda.LambdaInsightsVersion.VERSION_1_0_119_0 });
    imported(stack, count - 1).forEach((layer) => layer.attachTo(fn));
  },
  'ADOT, parameters and secrets, and attachTo': (stack, count) => {
    const fn = newFunction(stack, {
      adotInstrumentation: {
        layerVersion: lambda.AdotLayerVersion.fromPythonSdkLayerVersion(lambda.AdotLambdaLayerPythonSdkVersion.LATEST),
        execWrapper: lambda.AdotLambdaExecWrapper.INSTRUMENT_HANDLER,
      },
    });
    fn.addLayers(ImportedLayer.fromArn(stack, 'Secrets', { layerVersionArn: arnOf('AWS-Parameters-and-Secrets-Lambda-Extension', 4) }));
    imported(stack, count - 2).forEach((layer) => layer.attachTo(fn));
  },
};

describe.each(Object.keys(ROUTES))('by %s', (route) => {
  test('five layers pass', () => {
    const stack = stackWithRules();
    ROUTES[route](stack, 5);
    expect(errorsOf(stack)).toEqual([]);
  });

  test('fails for six', () => {
    const stack = stackWithRules();
    ROUTES[route](stack, 6);
    expect(errorsOf(stack)).toEqual([TOO_MANY]);
  });
});

test('a singleton function is checked where it is made', () => {
  const stack = stackWithRules();
  const fn = new lambda.SingletonFunction(stack, 'Orders', {
    uuid: 'orders', runtime: lambda.Runtime.PYTHON_3_13, handler: 'index.handler', code: lambda.Code.fromInline('x'),
  });
  imported(stack, 6).forEach((layer) => layer.attachTo(fn));
  expect(errorsOf(stack)).toEqual(['Shop/SingletonLambdaorders: the function has too many layers [LayerCount]']);
});

describe('in every assembly', () => {
  test('a stage, and a template that is taken inside it', () => {
    const stack = new Stack(new Stage(newStack().node.root as App, 'Prod'), 'Shop');
    new SharedDependencyLayer(stack, 'Libs', { content });
    rawFunction(stack, { layers: arns(6) });
    expect(errorsOf(stack)).toEqual(['Prod/Shop/Orders: the function has too many layers [LayerCount]']);
    expect(messageOf(() => Template.fromStack(stack))).toContain('[LayerCount]');
  });

  test('two stages, each with its own findings', () => {
    const app = newStack().node.root as App;
    const stacks = ['Beta', 'Prod'].map((id) => new Stack(new Stage(app, id), 'Shop'));
    stacks.forEach((stack) => {
      new SharedDependencyLayer(stack, 'Libs', { content });
      rawFunction(stack, { layers: arns(6) });
    });
    expect(stacks.map(errorsOf)).toEqual(['Beta', 'Prod'].map((id) => [`${id}/Shop/Orders: the function has too many layers [LayerCount]`]));
  });

  test('stages that the rules are asked for, and those below an app', () => {
    const app = newStack().node.root as App;
    const stage = new Stage(app, 'Prod');
    rawFunction(new Stack(stage, 'Shop'), { layers: arns(6) });
    LayerRules.of(stage).acknowledge('LayerSize', 'it brings the rules');
    for (const scope of [app, stage, stage.node.findChild('Shop')]) {
      const { functions, findings } = LayerRules.of(scope).report();
      expect(functions.map(({ functionPath }) => functionPath)).toEqual(['Prod/Shop/Orders']);
      expect(findings.map(({ rule }) => rule)).toEqual(['LayerCount']);
    }
    expect(errorsOf(stage.node.findChild('Shop'))).toEqual(['Prod/Shop/Orders: the function has too many layers [LayerCount]']);
    expect(LayerRules.of(app).report().acknowledgements).toEqual([{ rule: 'LayerSize', constructPath: 'Prod', reason: 'it brings the rules' }]);
  });

  test('nested stacks', () => {
    const stack = stackWithRules();
    rawFunction(new NestedStack(stack, 'Inner'), { layers: arns(6) });
    expect(errorsOf(stack)).toEqual(['Shop/Inner/Orders: the function has too many layers [LayerCount]']);
  });

  test('all findings of a run are told at once', () => {
    const stack = stackWithRules();
    rawFunction(stack, { layers: arns(6) }, 'One');
    rawFunction(stack, { layers: [arnOf('a'), arnOf('a', 2)] }, 'Two');
    rawFunction(new Stack(stack.node.root, 'Other'), { layers: [arnOf('a'), arnOf('a')] }, 'Three');
    expect(errorsOf(stack)).toEqual([
      'Shop/One: the function has too many layers [LayerCount]',
      'Shop/Two: the function has two versions of one layer [DuplicateLayer]',
      'Other/Three: the function has a layer twice [DuplicateLayer]',
    ]);
  });

  test('two copies of the library check once, and know each other\'s layers', async () => {
    const other = await secondCopy();
    expect(other.SharedDependencyLayer).not.toBe(SharedDependencyLayer);
    const stack = newStack();
    const layers = [SharedDependencyLayer, other.SharedDependencyLayer].map((type, place) => new type(stack, `Libs${place}`, {
      content: [(place === 0 ? LayerContent : other.LayerContent).files(folderOf({ 'a.txt': String(place) })) as LayerContent],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_12],
    }));
    const fn = newFunction(stack);
    layers.forEach((layer) => layer.attachTo(fn));
    expect(errorsOf(stack)).toEqual(Array(2).fill('Shop/Orders: a layer is not made for the function\'s runtime [LayerRuntime]'));
    expect(warningsOf(stack)).toEqual(['Shop/Libs1 FileCollision']);
  });
});

describe('lists and ARNs that are only known at deployment', () => {
  test.each<[string, (stack: Stack) => string[]]>([
    ['a parameter list', (stack) => new CfnParameter(stack, 'Layers', { type: 'CommaDelimitedList' }).valueAsList],
    ['a split text', () => Fn.split(',', Fn.importValue('layers'))],
    ['a list by a condition', () => Lazy.list({ produce: () => ({ 'Fn::If': ['Many', arns(6), arns(2)] }) as never })],
    ['an element that may be none', () => [...arns(5), Fn.conditionIf('Many', arnOf('sixth'), Fn.ref('AWS::NoValue')).toString()]],
    ['no value', () => [...arns(5), Fn.ref('AWS::NoValue')]],
    ['a value that CDK has yet to look up', (stack) => {
      const home = new Stack(stack.node.root, 'Home', { env: { account: '111122223333', region: 'us-east-1' } });
      return [StringParameter.valueFromLookup(home, '/layers/arn')];
    }],
    ['dynamic references', () => ['{{resolve:ssm:/layers/arn}}', arnOf('x', '{{resolve:ssm:/layers/version:3}}')]],
    ['ARNs with tokens', (stack) => [
      `arn:${stack.partition}:lambda:${stack.region}:${stack.account}:layer:a:1`,
      `arn:aws:lambda:us-east-1:111122223333:layer:b:${Fn.importValue('version')}`,
      `arn:aws:lambda:${Fn.importValue('region')}:111122223333:layer:c:1`,
      Fn.importValue('arn'),
      Fn.sub('arn:${AWS::Partition}:lambda:${AWS::Region}:111122223333:layer:d:7'),
    ]],
  ])('%s passes', (_, layersIn) => {
    const stack = stackWithRules();
    new CfnCondition(stack, 'Many', { expression: Fn.conditionEquals('a', 'b') });
    rawFunction(stack, { layers: layersIn(stack) });
    expect(errorsOf(stack)).toEqual([]);
  });

  test.each<[string, (stack: Stack) => string[], string]>([
    ['six that are certain and one that is not', () => [...arns(6), Fn.conditionIf('Many', arnOf('x'), Fn.ref('AWS::NoValue')).toString()], TOO_MANY],
    ['a condition between two layers as the sixth', () => [...arns(5), Fn.conditionIf('Many', arnOf('x'), arnOf('y')).toString()], TOO_MANY],
    ['one import twice', () => [Fn.importValue('arn'), Fn.importValue('arn')], 'Shop/Orders: the function has a layer twice [DuplicateLayer]'],
    [
      'two versions in the stack\'s own region', (stack) => [1, 2].map((version) => `arn:aws:lambda:${stack.region}:111122223333:layer:x:${version}`),
      'Shop/Orders: the function has two versions of one layer [DuplicateLayer]',
    ],
    [
      'a version that is not known and one that is',
      () => [`arn:aws:lambda:us-east-1:111122223333:layer:x:${Fn.importValue('version')}`, arnOf('x', 3)],
      'Shop/Orders: the function has two versions of one layer [DuplicateLayer]',
    ],
    [
      'no version', () => ['arn:aws:lambda:us-east-1:111122223333:layer:x'],
      'Shop/Orders: a layer of the function is no ARN of a layer version [LayerArn]',
    ],
    [
      '"latest", with a token for the region', (stack) => [`arn:aws:lambda:${stack.region}:111122223333:layer:x:latest`],
      'Shop/Orders: a layer of the function is no ARN of a layer version [LayerArn]',
    ],
    [
      'no version, with a token for the region', (stack) => [`arn:aws:lambda:${stack.region}:111122223333:layer:x`],
      'Shop/Orders: a layer of the function is no ARN of a layer version [LayerArn]',
    ],
  ])('fails for %s', (_, layersIn, error) => {
    const stack = stackWithRules();
    new CfnCondition(stack, 'Many', { expression: Fn.conditionEquals('a', 'b') });
    rawFunction(stack, { layers: layersIn(stack) });
    expect(errorsOf(stack)).toEqual([error]);
  });

  test('a stack whose region is known fills it in', () => {
    const app = stackWithRules().node.root as App;
    const stack = new Stack(app, 'Home', { env: { account: '111122223333', region: 'cn-north-1' } });
    rawFunction(stack, { layers: [`arn:aws:lambda:${Fn.ref('AWS::Region')}:111122223333:layer:x:1`, arnOf('x', 2, 'cn-north-1', 'aws-cn')] });
    expect(errorsOf(stack)).toEqual([
      'Home/Orders: the function has two versions of one layer [DuplicateLayer]',
      'Home/Orders: a layer is in another partition than the function [LayerRegion]',
    ]);
  });
});

test.each<[string, (resource: lambda.CfnFunction) => void]>([
  ['no architectures', (resource) => resource.addPropertyOverride('Architectures', null)],
  ['no layers', (resource) => resource.addPropertyOverride('Layers', null)],
  ['an empty place', (resource) => resource.addPropertyOverride('Layers', [null])],
  ['an empty place of a list', (resource) => resource.addPropertyOverride('Layers.0', null)],
  ['a deleted list', (resource) => resource.addPropertyDeletionOverride('Layers')],
  ['no properties', (resource) => resource.addDeletionOverride('Properties')],
  ['no place in the template', (resource) => { Object.assign(resource, { shouldSynthesize: () => false }); }],
])('an override that leaves %s is taken as it is', (_, override) => {
  const stack = stackWithRules();
  const fn = newFunction(stack, { layers: [stack.node.findChild('Libs') as SharedDependencyLayer] });
  override(fn.node.defaultChild as lambda.CfnFunction);
  expect(errorsOf(stack)).toEqual([]);
});

test('of two imports of one ARN, that of the function\'s own stack counts', () => {
  const app = newStack().node.root as App;
  for (const runtime of [lambda.Runtime.PYTHON_3_12, lambda.Runtime.PYTHON_3_13]) {
    const stack = new Stack(app, `Home${runtime.name.at(-1)}`);
    const layer = ImportedLayer.fromArn(stack, 'Theirs', { layerVersionArn: arnOf('theirs'), compatibleRuntimes: [runtime] });
    layer.attachTo(newFunction(stack, { runtime }));
  }
  expect(LayerRules.of(app).report().findings).toEqual([]);
});

test('layers of a stage that is not synthesised yet keep what is lazy in them', () => {
  const app = newStack().node.root as App;
  const [first, second] = ['Beta', 'Prod'].map((id) => new Stack(new Stage(app, id), 'Shop'));
  new SharedDependencyLayer(first, 'Libs', { content });
  let description = 'early';
  new lambda.CfnLayerVersion(second, 'Libs', {
    content: { s3Bucket: 'b', s3Key: 'k' },
    description: Lazy.string({ produce: () => description }),
    layerName: Lazy.string({ produce: () => description }),
  });
  expect(errorsOf(first)).toEqual([]);
  description = 'late';
  Template.fromStack(second).hasResourceProperties('AWS::Lambda::LayerVersion', { Description: 'late', LayerName: 'late' });
});

test('an aspect that throws is CDK\'s matter', () => {
  const stack = stackWithRules();
  rawFunction(stack);
  Aspects.of(stack).add(new EachFunction(() => { throw new Error('the aspect is broken'); }));
  expect(messageOf(() => Template.fromStack(stack))).toContain('the aspect is broken');
});

test('layers of 2,000 functions are checked, each function once', () => {
  const stack = stackWithRules();
  for (let number = 0; number < 2000; number++) {
    rawFunction(stack, { layers: arns(number === 1234 ? 6 : 5) }, `F${number}`);
  }
  expect(LayerRules.of(stack).report().findings.map(({ constructPath }) => constructPath)).toEqual(['Shop/F1234']);
});

test('the rules come with an imported layer, too', () => {
  const stack = newStack();
  ImportedLayer.fromArn(stack, 'Theirs', { layerVersionArn: arnOf('theirs') });
  rawFunction(stack, { layers: arns(6) });
  expect(errorsOf(stack)).toEqual([TOO_MANY]);
});

test('layers of CDK\'s own are checked as well', () => {
  const stack = stackWithRules();
  const code = lambda.Code.fromAsset(path.join(__dirname, '../../integ/content/files'));
  new lambda.LayerVersion(stack, 'Plain', { code, description: 'x'.repeat(257) });
  new lambda.CfnLayerVersion(stack, 'Raw', { content: { s3Bucket: 'b', s3Key: 'k' }, layerName: 'with space' });
  expect(errorsOf(stack)).toEqual([
    'Shop/Plain: the description is too long [LayerFields]', 'Shop/Raw: the layer name has characters that Lambda refuses [LayerFields]',
  ]);
});
