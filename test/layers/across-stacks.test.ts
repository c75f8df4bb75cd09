import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Aspects, CfnCondition, CfnOutput, Fn, NestedStack, Stack, Stage, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { folderOf, messageOf, newFunction } from './support';
import { LayerContent, SharedDependencyLayer, type SharedDependencyLayerProps } from '../../lib';

const WAYS = ['layers', 'attachTo'] as const;

function newApp(context: Record<string, unknown> = {}): App {
  return new App({ outdir: fs.mkdtempSync(path.join(os.tmpdir(), 'layers-out-')), context });
}

function newLayer(scope: Construct, content = 'one', props: Partial<SharedDependencyLayerProps> = {}): SharedDependencyLayer {
  return new SharedDependencyLayer(scope, 'Libs', { content: [LayerContent.files(folderOf({ 'a.txt': content }))], ...props });
}

function give(scope: Construct, layer: SharedDependencyLayer, way: typeof WAYS[number] = 'layers', id = 'Orders'): lambda.Function {
  const fn = newFunction(scope, way === 'layers' ? { layers: [layer] } : {}, id);
  if (way === 'attachTo') {
    layer.attachTo(fn);
  }
  return fn;
}

/** Every template of a synthesised app, nested ones and those of stages as well. */
function templatesOf(app: App): Record<string, any>[] {
  const { directory } = app.synth();
  return fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.template.json'))
    .map((file) => JSON.parse(fs.readFileSync(path.join(directory, file), 'utf8')));
}

/** What a function has for a layer: the name of the parameter that its stack reads. */
function layerParameter(template: Record<string, any>): string {
  const [fn] = Object.values<any>(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const [{ Ref: id }] = fn.Properties.Layers;
  expect(template.Parameters[id]).toMatchObject({ Type: 'AWS::SSM::Parameter::Value<String>' });
  return template.Parameters[id].Default;
}

describe.each(WAYS)('by %s', (way) => {
  test('functions of five stacks read one parameter beside the layer, and no template exports anything', () => {
    const app = newApp();
    const platform = new Stack(app, 'Platform');
    const layer = newLayer(platform);
    const stacks = [1, 2, 3, 4, 5].map((number) => new Stack(app, `Service${number}`));
    stacks.forEach((stack) => give(stack, layer, way));
    const text = JSON.stringify(templatesOf(app));
    expect(text).not.toMatch(/"Export"|Fn::ImportValue|Fn::GetStackOutput/);

    const published = Template.fromStack(platform).findResources('AWS::SSM::Parameter');
    expect(Object.values(published)).toEqual([expect.objectContaining({
      Properties: expect.objectContaining({ Type: 'String', Value: { Ref: 'LibsA7595D14' } }),
    })]);
    const [{ Properties: { Name: name } }] = Object.values(published);
    expect(name).toMatch(/^\/cdk-lambda-layers\/Platform\/PlatformLibs[0-9A-F]{8}\/[0-9a-f]{16}$/);
    for (const stack of stacks) {
      expect(layerParameter(Template.fromStack(stack).toJSON())).toBe(name);
      expect(stack.dependencies).toEqual([platform]);
    }
  });

  test.each([true, false])('with recognizeLayerVersion %s, other content moves every reader and its version; the same moves nothing', (flag) => {
    const synth = (content: string, description?: string): Record<string, any>[] => {
      const app = newApp({ '@aws-cdk/aws-lambda:recognizeLayerVersion': flag });
      const layer = newLayer(new Stack(app, 'Platform'), content, { description });
      const stacks = [1, 2, 3].map((number) => new Stack(app, `Service${number}`));
      stacks.forEach((stack) => expect(give(stack, layer, way).currentVersion).toBeDefined());
      return stacks.map((stack) => Template.fromStack(stack).toJSON());
    };
    const versionIds = (template: Record<string, any>): string[] =>
      Object.keys(template.Resources).filter((id) => template.Resources[id].Type === 'AWS::Lambda::Version');
    const first = synth('one');
    expect(synth('one')).toEqual(first);
    for (const changed of [synth('two'), synth('one', 'with a description')]) {
      changed.forEach((template, place) => {
        expect(layerParameter(template)).not.toBe(layerParameter(first[place]));
        expect(versionIds(template)).toHaveLength(1);
        expect(versionIds(template)).not.toEqual(versionIds(first[place]));
      });
    }
  });

  test('a nested stack gets it from its parent, and that of another stack reads the parameter itself', () => {
    const app = newApp();
    const platform = new Stack(app, 'Platform');
    const layer = newLayer(platform);
    give(new NestedStack(platform, 'Inner'), layer, way);
    const service = new Stack(app, 'Service');
    give(new NestedStack(service, 'Inner'), layer, way);
    const templates = templatesOf(app);
    expect(JSON.stringify(templates)).not.toMatch(/"Export"|Fn::ImportValue/);
    const isReader = ({ Parameters = {} }): boolean => Object.values<any>(Parameters).some(({ Default }) => /^\/cdk-lambda-layers\//.test(Default));
    const readers = templates.filter(isReader);
    expect(readers).toHaveLength(1);
    expect(layerParameter(readers[0])).toMatch(/^\/cdk-lambda-layers\/Platform\//);
    expect(service.dependencies).toEqual([platform]);
  });

  test('a layer of a nested stack is read by its parent, its sibling and another stack', () => {
    const app = newApp();
    const platform = new Stack(app, 'Platform');
    const layer = newLayer(new NestedStack(platform, 'Layers'));
    give(platform, layer, way);
    give(new NestedStack(platform, 'Sibling'), layer, way);
    const service = new Stack(app, 'Service');
    give(service, layer, way);
    const text = JSON.stringify(templatesOf(app));
    expect(text).not.toMatch(/"Export"|Fn::ImportValue/);
    expect(layerParameter(Template.fromStack(service).toJSON())).toMatch(/^\/cdk-lambda-layers\/Platform\//);
  });

  test('inside a stage it is the same', () => {
    const app = newApp();
    const stage = new Stage(app, 'Prod');
    const layer = newLayer(new Stack(stage, 'Platform'));
    const service = new Stack(stage, 'Service');
    give(service, layer, way);
    expect(layerParameter(Template.fromStack(service).toJSON())).toMatch(/^\/cdk-lambda-layers\/Prod-Platform\//);
  });
});

test('a layer that only its own stack uses has no parameter', () => {
  const stack = new Stack(newApp(), 'Platform');
  give(stack, newLayer(stack));
  Template.fromStack(stack).resourceCountIs('AWS::SSM::Parameter', 0);
});

test('two functions of a stack read it once, and something else than a function may read it', () => {
  const app = newApp();
  const layer = newLayer(new Stack(app, 'Platform'));
  const service = new Stack(app, 'Service');
  give(service, layer, 'layers', 'One');
  give(service, layer, 'attachTo', 'Two');
  new CfnOutput(service, 'Arn', { value: layer.layerVersionArn });
  const { Parameters, Outputs } = Template.fromStack(service).toJSON();
  const names = Object.keys(Parameters).filter((id) => id.startsWith('LayerArn'));
  expect(names).toHaveLength(1);
  expect(Outputs.Arn.Value).toEqual({ Ref: names[0] });
});

test('what an override changes moves the readers, too', () => {
  const parameterOf = (description: string): string => {
    const app = newApp();
    const layer = newLayer(new Stack(app, 'Platform'));
    (layer.node.defaultChild as lambda.CfnLayerVersion).addPropertyOverride('Description', description);
    const service = new Stack(app, 'Service');
    give(service, layer);
    return layerParameter(Template.fromStack(service).toJSON());
  };
  expect(parameterOf('one')).toBe(parameterOf('one'));
  expect(parameterOf('one')).not.toBe(parameterOf('two'));
});

test('whoever looks early makes nothing, and changes of the layer afterwards are seen by all', () => {
  const app = newApp();
  const service = new Stack(app, 'Service');
  const platform = new Stack(app, 'Platform');
  const layer = newLayer(platform);
  const fn = give(service, layer);
  const look = (): unknown => service.resolve((fn.node.defaultChild as lambda.CfnFunction).layers);
  look();
  expect(service.node.children).toEqual([fn]);
  expect(service.dependencies).toEqual([]);
  Aspects.of(app).add({ visit: (node) => {
    look();
    if (node === layer.node.defaultChild) {
      (node as lambda.CfnLayerVersion).description = 'of another commit';
    }
  } });
  const [published] = Object.values(Template.fromStack(platform).findResources('AWS::SSM::Parameter'));
  expect(layerParameter(Template.fromStack(service).toJSON())).toBe(published.Properties.Name);
});

describe('when only the reader is selected', () => {
  const select = (...ids: string[]): Record<string, unknown> => ({ 'aws:cdk:bundling-stacks': ids });
  const synth = (content: string, context: Record<string, unknown>): App => {
    const app = newApp(context);
    const layer = newLayer(new Stack(app, 'Platform'), content);
    expect(give(new Stack(app, 'Service'), layer).currentVersion).toBeDefined();
    return app;
  };
  const templateOf = (app: App): Record<string, any> => Template.fromStack(app.node.findChild('Service') as Stack).toJSON();

  test('its template is the same, where the layer was built before', () => {
    const all = templateOf(synth('built before', {}));
    expect(templateOf(synth('built before', select('Service')))).toEqual(all);
    expect(templateOf(synth('built before', select('Platform', 'Service')))).toEqual(all);
  });

  test('fails where it was not, and says what to select', () => {
    const message = messageOf(() => synth(`never built ${Math.random()}`, select('Service')).synth());
    expect(message).toContain('Service/Orders: a layer is not built, since its stack is not selected [LayerReference]');
    expect(message).toContain('select Platform besides');
  });

  test('a list of stacks needs nothing', () => {
    expect(() => synth(`never built ${Math.random()}`, select()).synth()).not.toThrow();
  });
});

test('a grant may have any id, a path any length, and a layer a condition', () => {
  const app = newApp();
  const platform = new Stack(app, 'Platform');
  const deep = Array.from({ length: 20 }, (_, depth) => `a-construct-with-a-long-name-${depth}`.padEnd(70, 'x')).reduce<Construct>(
    (scope, id) => new Construct(scope, id), platform,
  );
  const layer = newLayer(deep, 'one', { purpose: 'libs' });
  const condition = new CfnCondition(platform, 'Wanted', { expression: Fn.conditionEquals('a', 'b') });
  (layer.node.defaultChild as lambda.CfnLayerVersion).cfnOptions.condition = condition;
  layer.addPermission('ArnParameter', { accountId: '111122223333' });
  give(new Stack(app, 'Service'), layer);
  const [published] = Object.values(Template.fromStack(platform).findResources('AWS::SSM::Parameter'));
  expect(published.Condition).toBe('Wanted');
  expect(published.Properties.Name.length).toBeLessThan(1011);
  expect(published.Properties.Description.length).toBeLessThan(1024);
});

test('an export can still be made by hand, for stacks that are to be moved', () => {
  const outputs = (makeLayer: (stack: Stack) => lambda.ILayerVersion): unknown => {
    const platform = new Stack(newApp(), 'Platform');
    platform.exportValue(makeLayer(platform).layerVersionArn);
    return Template.fromStack(platform).toJSON().Outputs;
  };
  const code = lambda.Code.fromAsset(folderOf({ 'a.txt': 'one' }));
  expect(outputs(newLayer)).toEqual(outputs((stack) => new lambda.LayerVersion(stack, 'Libs', { code })));
});

test('going back to earlier content is going back to the earlier parameter, which was not kept', () => {
  const parameterOf = (content: string): any => {
    const app = newApp();
    const platform = new Stack(app, 'Platform');
    give(new Stack(app, 'Service'), newLayer(platform, content));
    return Object.entries(Template.fromStack(platform).findResources('AWS::SSM::Parameter'))[0];
  };
  const [id, parameter] = parameterOf('one');
  expect(parameterOf('one')).toEqual([id, parameter]);
  // One resource that is replaced: the new parameter is made before the old one goes.
  expect(parameterOf('two')[0]).toBe(id);
  expect(parameter).not.toHaveProperty('DeletionPolicy');
  expect(parameter).not.toHaveProperty('UpdateReplacePolicy');
});

describe('fails at synth, with the function that wants the layer', () => {
  const env = (account: string, region: string): StackProps => ({ env: { account, region } });
  const here = env('111122223333', 'eu-west-1');

  test.each([
    ['in another region', here, env('111122223333', 'us-east-1'), 'a layer of one region is used in another', 'eu-west-1'],
    ['in another account', here, env('444455556666', 'eu-west-1'), 'a layer of one account is used in another', '444455556666'],
    [
      'whose region is not known', here, {}, 'a layer is used where it is not known whether the region is the same',
      'one whose region is only known at deployment',
    ],
    [
      'whose account is not known', here, { env: { region: 'eu-west-1' } },
      'a layer is used where it is not known whether the account is the same',
      'one whose account is only known at deployment',
    ],
  ])('for a stack %s', (_, owner, reader, what, got) => {
    const app = newApp();
    const layer = newLayer(new Stack(app, 'Platform', owner));
    const service = new Stack(app, 'Service', reader);
    give(service, layer, 'layers', 'One');
    give(service, layer, 'attachTo', 'Two');
    const message = messageOf(() => app.synth());
    expect(message).toContain(`Service/One: ${what} [LayerReference]`);
    expect(message).toContain(`Service/Two: ${what} [LayerReference]`);
    expect(message.match(/\[Layer/g)).toHaveLength(2);
    expect(message).toContain(got);
    expect(message).not.toContain('Resolution error');
  });

  test('for another stage, whether or not that has layers of its own', () => {
    const app = newApp();
    const layer = newLayer(new Stack(new Stage(app, 'Beta'), 'Platform'));
    const prod = new Stage(app, 'Prod');
    give(new Stack(prod, 'Service'), layer);
    expect(messageOf(() => app.synth())).toContain('Prod/Service/Orders: a layer of one stage is used in another [LayerReference]');
  });

  test('for a stack that the layer\'s own stack needs', () => {
    const app = newApp();
    const platform = new Stack(app, 'Platform');
    const base = new Stack(app, 'Base');
    const between = new Stack(app, 'Between');
    platform.addDependency(between);
    between.addDependency(base);
    give(base, newLayer(platform));
    const message = messageOf(() => app.synth());
    expect(message).toContain('Base/Orders: two stacks would need each other [LayerReference]');
    expect(message).toContain('Base uses the layer Platform/Libs, and Platform depends on Base');
  });

  test('for a stack that comes to need the layer\'s users later, in CDK\'s words with ours', () => {
    const app = newApp();
    const platform = new Stack(app, 'Platform');
    const service = new Stack(app, 'Service');
    const fn = give(service, newLayer(platform));
    new CfnOutput(platform, 'Zulu', { value: fn.functionArn });
    expect(messageOf(() => app.synth())).toMatch(/Service uses the layer Platform\/Libs|two stacks would need each other/);
  });
});
