import * as fs from 'node:fs';
import * as path from 'node:path';
import { PythonLayerVersion } from '@aws-cdk/aws-lambda-python-alpha';
import { Lazy, RemovalPolicy, Stack, Stage, type App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { folderOf, functionLayers, layerResource, messageOf, newStack } from './support';
import { BundlingMode, LayerContent, LayerNaming, SharedDependencyLayer } from '../../lib';

const certs = folderOf({ 'certs/ca.pem': 'not a secret\n', 'bin/tool': '#!/bin/sh\necho hello\n' });
const content = [LayerContent.files(certs)];

function newFunction(stack: Stack, layers?: lambda.ILayerVersion[]): lambda.Function {
  return new lambda.Function(stack, 'Orders', {
    runtime: lambda.Runtime.PYTHON_3_13,
    handler: 'index.handler',
    code: lambda.Code.fromInline('def handler(event, context): pass'),
    layers,
  });
}

test('a layer of files is retained, named by its stack, and declares no machine', () => {
  const stack = newStack();
  new SharedDependencyLayer(stack, 'Libs', { purpose: 'certs', content, description: 'certificates', license: 'MIT' });
  const layer = layerResource(stack);
  expect(layer).toMatchObject({
    logicalId: 'LibsA7595D14',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: { LayerName: 'Shop-certs-layer', Description: 'certificates', LicenseInfo: 'MIT' },
  });
  expect(layer.Properties).not.toHaveProperty('CompatibleArchitectures');
  expect(layer.Properties).not.toHaveProperty('CompatibleRuntimes');
});

test('the archive that is uploaded lies in the output folder under the name that the template gives, and CDK copied nothing', () => {
  const stack = newStack();
  const layer = new SharedDependencyLayer(stack, 'Libs', { content });
  const key = (layerResource(stack).Properties.Content as { S3Key: string }).S3Key;
  const outdir = Stage.of(stack)!.assetOutdir;
  const archive = path.join(outdir, `asset.${key}`);
  expect(fs.readFileSync(archive).subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
  // The guard of a CDK internal: a file that is already there under its name is taken as it is, so ours is still a link.
  expect(fs.statSync(archive).nlink).toBeGreaterThan(1);
  expect(JSON.parse(fs.readFileSync(archive.replace(/zip$/, 'manifest.json'), 'utf8'))).toEqual(layer.manifest);
});

test('the same inside a stage and in a nested output folder', () => {
  const app = newStack().node.root as App;
  const stack = new Stack(new Stage(app, 'Prod'), 'Shop');
  new SharedDependencyLayer(stack, 'Libs', { content });
  const key = (layerResource(stack).Properties.Content as { S3Key: string }).S3Key;
  expect(fs.statSync(path.join(Stage.of(stack)!.assetOutdir, `asset.${key}`)).nlink).toBeGreaterThan(1);
  expect(layerResource(stack).Properties.LayerName).toBe('Prod-Shop-Libs-layer');
});

test('the manifest says what is in the layer', () => {
  const { manifest } = new SharedDependencyLayer(newStack(), 'Libs', { content });
  expect(manifest.files.map(({ path: file, mode, bytes }) => ({ file, mode, bytes }))).toEqual([
    { file: 'bin/tool', mode: '0755', bytes: 21 },
    { file: 'certs/ca.pem', mode: '0644', bytes: 13 },
  ]);
  expect(manifest.unzippedBytes).toBe(34);
  expect(manifest.bytesBeforeSlimming).toBe(34);
});

test.each([
  [LayerNaming.scoped(), 'Shop-certs-python312-python313-layer'],
  [LayerNaming.byPurpose(), 'certs-python312-python313-layer'],
  [LayerNaming.none(), undefined],
])('naming %# gives %s', (naming, name) => {
  const stack = newStack();
  new SharedDependencyLayer(stack, 'Libs', {
    purpose: 'certs',
    naming,
    content,
    compatibleRuntimes: [lambda.Runtime.PYTHON_3_12, lambda.Runtime.PYTHON_3_13],
  });
  expect(layerResource(stack).Properties.LayerName).toBe(name);
});

test('layerVersionName is used as it is, a token too', () => {
  const stack = newStack();
  new SharedDependencyLayer(stack, 'Libs', { layerVersionName: Lazy.string({ produce: () => 'late-name' }), content });
  expect(layerResource(stack).Properties.LayerName).toBe('late-name');
});

test('company-wide context decides naming and retention where props do not', () => {
  const context = { 'cdk-lambda-layers:naming': 'byPurpose', 'cdk-lambda-layers:removalPolicy': 'destroy' };
  const stack = newStack({ context });
  new SharedDependencyLayer(stack, 'Libs', { content });
  expect(layerResource(stack)).toMatchObject({ DeletionPolicy: 'Delete', Properties: { LayerName: 'Libs-layer' } });

  const exact = newStack({ context });
  new SharedDependencyLayer(exact, 'Libs', { content, naming: LayerNaming.scoped(), removalPolicy: RemovalPolicy.RETAIN });
  expect(layerResource(exact)).toMatchObject({ DeletionPolicy: 'Retain', Properties: { LayerName: 'Shop-Libs-layer' } });
});

test.each([
  ['cdk-lambda-layers:naming', 'random'],
  ['cdk-lambda-layers:bundling', 'magic'],
  ['cdk-lambda-layers:removalPolicy', 'shred'],
  ['cdk-lambda-layers:excludeNewer', 'last week'],
])('fails for context %s with a value that means nothing', (key, value) => {
  const message = messageOf(() => new SharedDependencyLayer(newStack({ context: { [key]: value } }), 'Libs', { content }));
  expect(message).toContain('Shop/Libs: ');
  expect(message).toContain(key);
  expect(message).toContain(value);
});

describe('LayerFields', () => {
  const stack = newStack();

  test.each([
    ['a name', { layerVersionName: 'x'.repeat(140) }, { layerVersionName: 'x'.repeat(141) }],
    ['a description', { description: 'x'.repeat(256) }, { description: 'x'.repeat(257) }],
    ['a licence', { license: 'x'.repeat(512) }, { license: 'x'.repeat(513) }],
    ['runtimes', { compatibleRuntimes: runtimes(15) }, { compatibleRuntimes: runtimes(16) }],
    ['characters', { layerVersionName: 'a-b_C9' }, { layerVersionName: 'a b' }],
  ])('%s at the limit passes, beyond it fails', (what, good, bad) => {
    expect(new SharedDependencyLayer(stack, `Good ${what}`, { content, layerVersionName: 'libs', ...good })).toBeInstanceOf(lambda.LayerVersion);
    const message = messageOf(() => new SharedDependencyLayer(stack, `Bad ${what}`, { content, layerVersionName: 'libs', ...bad }));
    expect(message).toMatch(/^Shop\/Bad .*\[LayerFields\]\n {2}got: .*\n {2}allowed: .*\n {2}do: /);
  });

  test('fails with all faults at once', () => {
    const message = messageOf(() => new SharedDependencyLayer(stack, 'All', { content: [], layerVersionName: 'a b', description: 'x'.repeat(300) }));
    expect(message.match(/^Shop\/All: /gm)).toHaveLength(3);
  });

  test('tokens are left to the deployment', () => {
    const token = Lazy.string({ produce: () => 'x'.repeat(999) });
    expect(() => new SharedDependencyLayer(stack, 'Tokens', { content, layerVersionName: token, description: token, license: token })).not.toThrow();
  });

  test('fails for a purpose that is a token, since the name cannot be checked', () => {
    expect(messageOf(() => new SharedDependencyLayer(stack, 'TokenPurpose', { content, purpose: Lazy.string({ produce: () => 'x' }) }))).toContain(
      '`purpose` is only known at deployment',
    );
  });

  function runtimes(count: number): lambda.Runtime[] {
    return Array.from({ length: count }, (_, index) => new lambda.Runtime(`custom${index}`, lambda.RuntimeFamily.OTHER));
  }
});

describe.each([true, false])('with the feature flag recognizeLayerVersion %s', (flag) => {
  const context = { '@aws-cdk/aws-lambda:recognizeLayerVersion': flag };

  test('attachTo adds the layer once, after those that the function was made with', () => {
    const stack = newStack({ context });
    const libs = new SharedDependencyLayer(stack, 'Libs', { content });
    const other = new SharedDependencyLayer(stack, 'Other', { content: [LayerContent.files(folderOf({ 'a.txt': 'a' }))] });
    const fn = newFunction(stack, [libs]);
    other.attachTo(fn, fn);
    other.attachTo(fn);
    const otherId = stack.getLogicalId(other.node.defaultChild as lambda.CfnLayerVersion);
    expect(functionLayers(stack)).toEqual([{ Ref: 'LibsA7595D14' }, { Ref: otherId }]);
  });

  test('a layer with other content makes another function version, the same content the same one', () => {
    const versionOf = (text: string): string => {
      const stack = newStack({ context });
      const fn = newFunction(stack, [new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files(folderOf({ 'a.txt': text }))] })]);
      expect(fn.currentVersion).toBeDefined();
      return Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Version'))[0];
    };
    expect(versionOf('one')).toBe(versionOf('one'));
    if (flag) {
      expect(versionOf('one')).not.toBe(versionOf('two'));
    }
  });
});

test('attachTo serves singleton functions', () => {
  const stack = newStack();
  const libs = new SharedDependencyLayer(stack, 'Libs', { content });
  const fn = new lambda.SingletonFunction(stack, 'Single', {
    uuid: 'orders',
    runtime: lambda.Runtime.PYTHON_3_13,
    handler: 'index.handler',
    code: lambda.Code.fromInline('x'),
  });
  libs.attachTo(fn);
  libs.attachTo(fn);
  expect(functionLayers(stack)).toEqual([{ Ref: 'LibsA7595D14' }]);
});

test('fails to attach to imported functions, versions and aliases, all named at once', () => {
  const stack = newStack();
  const libs = new SharedDependencyLayer(stack, 'Libs', { content });
  const fn = newFunction(stack);
  const imported = lambda.Function.fromFunctionArn(stack, 'Imported', 'arn:aws:lambda:eu-west-1:111122223333:function:orders');
  const message = messageOf(() => libs.attachTo(imported, fn.currentVersion, fn));
  expect(message.match(/^Shop\/Libs: this function cannot take layers/gm)).toHaveLength(2);
  expect(message).toContain('Shop/Imported');
  expect(functionLayers(stack)).toEqual([]);
});

describe('stubs', () => {
  test('a stub starts nothing, reads nothing and has the same hash everywhere', () => {
    const stack = newStack();
    new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.python(folderOf({ 'requirements.txt': 'a package that cannot be had' }))],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_13],
      bundling: { mode: BundlingMode.STUB },
    });
    expect(layerResource(stack).Properties.Content).toEqual({
      S3Bucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' },
      S3Key: 'c1cf14907d7f03f85fd3baa9d3d02b1ecfba046f9227b40c025aac4ac4cc451c.zip',
    });
  });

  test('a stack that needs no assets gets a stub', () => {
    const stack = newStack({ context: { 'aws:cdk:bundling-stacks': ['Other'] } });
    new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files(certs)] });
    expect(() => layerResource(stack)).not.toThrow();
  });

  test('a stub still looks whether its contents are there, and tells all that are not', () => {
    const message = messageOf(() => new SharedDependencyLayer(newStack(), 'Libs', {
      content: [LayerContent.python('/nowhere'), LayerContent.files('/nor/there', { destination: '../up' })],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_13],
      bundling: { mode: BundlingMode.STUB },
    }));
    expect(message.match(/^Shop\/Libs: .*/gm)).toEqual([
      expect.stringContaining('the folder of the Python content does not exist'),
      expect.stringContaining('the content does not exist'),
      expect.stringContaining('destination'),
    ]);
  });

  test('a stub still checks its props', () => {
    expect(
      messageOf(
        () => new SharedDependencyLayer(newStack(), 'Libs', { content, description: 'x'.repeat(257), bundling: { mode: BundlingMode.STUB } }),
      ),
    ).toContain('[LayerFields]');
  });
});

describe('taking the place of other layers', () => {
  test('a PythonLayerVersion is replaced under the same id with the same logical id and no name', () => {
    // Where assets are not wanted, neither builds anything, and their templates can be compared without Docker.
    const context = { 'aws:cdk:bundling-stacks': ['Other'] };
    const entry = folderOf({ 'requirements.txt': 'six==1.17.0' });
    const before = newStack({ context });
    new PythonLayerVersion(before, 'Libs', { entry, compatibleRuntimes: [lambda.Runtime.PYTHON_3_13] });
    const after = newStack({ context });
    new SharedDependencyLayer(after, 'Libs', {
      content: [LayerContent.python(entry)],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_13],
      naming: LayerNaming.none(),
    });
    const { Content: contentBefore, ...propertiesBefore } = layerResource(before).Properties;
    const { Content: contentAfter, ...propertiesAfter } = layerResource(after).Properties;
    expect(Object.keys(contentAfter as object)).toEqual(Object.keys(contentBefore as object));
    expect(layerResource(after).logicalId).toBe(layerResource(before).logicalId);
    expect(propertiesAfter).toEqual({ CompatibleRuntimes: ['python3.13'] });
    expect(propertiesBefore).toMatchObject(propertiesAfter);
  });

  test('under the same id the logical id stays, and with LayerNaming.none() there is no name', () => {
    const before = newStack();
    new lambda.LayerVersion(before, 'Libs', { code: lambda.Code.fromAsset(certs) });
    const after = newStack();
    new SharedDependencyLayer(after, 'Libs', { content, naming: LayerNaming.none() });
    expect(layerResource(after).logicalId).toBe(layerResource(before).logicalId);
    expect(layerResource(after).Properties).not.toHaveProperty('LayerName');
  });
});

test('SAM finds the unpacked layer when the context asks for it', () => {
  const stack = newStack({ context: { 'cdk-lambda-layers:sam': true } });
  new SharedDependencyLayer(stack, 'Libs', { content });
  const [layer] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::LayerVersion'));
  const folder = path.join(Stage.of(stack)!.assetOutdir, layer.Metadata['aws:asset:path']);
  expect(layer.Metadata['aws:asset:property']).toBe('Content');
  expect(fs.readFileSync(path.join(folder, 'certs/ca.pem'), 'utf8')).toBe('not a secret\n');
  expect(fs.statSync(path.join(folder, 'bin/tool')).mode & 0o777).toBe(0o755);
});
