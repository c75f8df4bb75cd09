import * as fs from 'node:fs';
import * as path from 'node:path';
import { NestedStack, Stack, type App } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { arnOf, arns, errorsOf, rawFunction, warningsOf } from './support';
import { BundlingMode, ImportedLayer, LayerContent, LayerRules, SharedDependencyLayer, type SharedDependencyLayerProps } from '../../lib';
import { buildElf } from '../inspect/build-elf';
import { folderOf, messageOf, newFunction, newStack } from '../layers/support';

/** A folder with a native file beside others. */
function nativeFolder(file: string, machine: number, glibc: string): string {
  const folder = folderOf({ 'readme.txt': 'native' });
  fs.mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), buildElf({ is64: true, littleEndian: true, machine, versions: [`GLIBC_${glibc}`] }));
  return folder;
}

function newLayer(stack: Stack, id: string, folder: string, props: Partial<SharedDependencyLayerProps> = {}): SharedDependencyLayer {
  return new SharedDependencyLayer(stack, id, { content: [LayerContent.files(folder)], ...props });
}

describe('what is in a layer', () => {
  test('native files for another machine: ours fails, CDK\'s own warns', () => {
    const stack = newStack();
    const folder = nativeFolder('python/a.so', 183, '2.17');
    const ours = newLayer(stack, 'Ours', folder);
    const plain = new lambda.LayerVersion(stack, 'Plain', { code: lambda.Code.fromAsset(folder) });
    newFunction(stack, { layers: [ours], architecture: lambda.Architecture.ARM_64 }, 'Fits');
    newFunction(stack, { layers: [ours] }, 'Wrong');
    newFunction(stack, { layers: [plain] }, 'AlsoWrong');
    expect(errorsOf(stack)).toEqual(['Shop/Wrong: a layer is not made for the function\'s architecture [LayerArchitecture]']);
    expect(warningsOf(stack)).toEqual(['Shop/AlsoWrong NativeArchitecture']);
  });

  test('a glibc that the runtime does not have: an import that fails for certain is an error', () => {
    const stack = newStack();
    const tool = newLayer(stack, 'Tool', nativeFolder('bin/tool', 62, '2.28'));
    const module = newLayer(stack, 'Module', nativeFolder('python/a.abi3.so', 62, '2.28'));
    newFunction(stack, { layers: [tool, module], runtime: lambda.Runtime.PYTHON_3_13 }, 'New');
    expect(errorsOf(stack)).toEqual([]);
    ['One', 'Two'].forEach((id) => newFunction(stack, { layers: [tool, module], runtime: lambda.Runtime.PYTHON_3_11 }, id));
    expect(errorsOf(stack)).toEqual(['Shop/Module: native files need a newer glibc than the runtime has [NativeGlibc]']);
    expect(warningsOf(stack)).toEqual(['Shop/Tool NativeGlibc']);
  });

  test('collisions of files: with a layer of CDK\'s own too, from a folder and from a zip', () => {
    const stack = newStack();
    const [one, two] = ['one', 'two'].map((text) => folderOf({ 'settings/shop.json': text, 'settings/same.json': 'same' }));
    const ours = newLayer(stack, 'Ours', one);
    const plain = new lambda.LayerVersion(stack, 'Plain', { code: lambda.Code.fromAsset(two) });
    newFunction(stack, { layers: [ours, plain] });
    expect(warningsOf(stack)).toEqual(['Shop/Plain FileCollision']);
    const [{ message }] = LayerRules.of(stack).report().findings;
    expect(message).toContain('got: 1 file of Shop/Ours below Shop/Plain: settings/shop.json\n    in Shop/Orders');
  });

  test('Python files where no declared runtime looks', () => {
    const stack = newStack();
    newLayer(stack, 'Lost', folderOf({ 'shop/__init__.py': '' }), { compatibleRuntimes: [lambda.Runtime.PYTHON_3_13] });
    newLayer(stack, 'Data', folderOf({ 'certs/ca.pem': '' }), { compatibleRuntimes: [lambda.Runtime.PYTHON_3_13] });
    new SharedDependencyLayer(stack, 'Found', {
      content: [LayerContent.files(folderOf({ 'shop.py': '' }), { destination: 'python' })], compatibleRuntimes: [lambda.Runtime.PYTHON_3_13],
    });
    expect(errorsOf(stack)).toEqual(['Shop/Lost: Python files lie where no declared runtime looks for modules [LayerPath]']);
  });

  test('runtimes and machines of an imported layer warn', () => {
    const stack = newStack();
    const layer = ImportedLayer.fromArn(stack, 'Theirs', {
      layerVersionArn: arnOf('theirs'), compatibleRuntimes: [lambda.Runtime.PYTHON_3_12], compatibleArchitectures: [lambda.Architecture.ARM_64],
    });
    layer.attachTo(newFunction(stack));
    expect(errorsOf(stack)).toEqual([]);
    expect(warningsOf(stack)).toEqual(['Shop/Orders LayerRuntime', 'Shop/Orders LayerArchitecture']);
  });

  test('native files are found by their place as well as by their names', () => {
    const stack = newStack();
    newLayer(stack, 'Ours', folderOf({ 'a.txt': 'a' }));
    ['bin/tool-1.2', 'extensions/my.ext', 'deep/lib.so.1', 'nodejs/a.node', 'opt/program'].forEach((file, place) => {
      const code = lambda.Code.fromAsset(nativeFolder(file, 183, '2.17'));
      newFunction(stack, { layers: [new lambda.LayerVersion(stack, `Plain${place}`, { code })] }, `F${place}`);
    });
    const found = warningsOf(stack).filter((warning) => warning.endsWith(' NativeArchitecture'));
    expect(found).toEqual([0, 1, 2, 3, 4].map((place) => `Shop/F${place} NativeArchitecture`));
  });

  test('files for both machines, of which a package loads the one that fits, serve both', () => {
    const stack = newStack();
    const folder = nativeFolder('nodejs/node_modules/utf/prebuilds/linux-x64/utf.node', 62, '2.17');
    fs.cpSync(nativeFolder('nodejs/node_modules/utf/prebuilds/linux-arm64/utf.node', 183, '2.17'), folder, { recursive: true });
    const layer = newLayer(stack, 'Libs', folder);
    [lambda.Architecture.X86_64, lambda.Architecture.ARM_64].forEach((architecture) => {
      newFunction(stack, { layers: [layer], architecture }, architecture.name);
    });
    expect(errorsOf(stack)).toEqual([]);
    expect(warningsOf(stack)).toEqual([]);
  });

  test('nested stacks of one stack are in one place', () => {
    const stack = newStack();
    ['One', 'Two'].forEach((id) => newLayer(new NestedStack(stack, id), 'Libs', folderOf({ 'a.txt': 'a' }), { layerVersionName: 'libs' }));
    expect(errorsOf(stack)).toEqual(['Shop/Two/Libs: a layer has the same name as another one of its account and region [LayerNameClash]']);
  });

  test('names clash within a stack and across stacks', () => {
    const stack = newStack();
    const folder = folderOf({ 'a.txt': 'a' });
    newLayer(stack, 'One', folder, { layerVersionName: 'libs' });
    newLayer(stack, 'Two', folder, { layerVersionName: 'libs' });
    newLayer(new Stack(stack.node.root, 'Other'), 'Three', folder, { layerVersionName: 'libs' });
    expect(errorsOf(stack)).toEqual(['Shop/Two: a layer has the same name as another one of its account and region [LayerNameClash]']);
    expect(warningsOf(stack.node.root)).toEqual(['Other/Three LayerNameClash']);
  });
});

describe('acknowledging', () => {
  const SHOP = 'Shop/Orders: the function has too many layers [LayerCount]';

  function tooMany(): { app: App; stack: Stack; fn: lambda.CfnFunction } {
    const stack = newStack();
    ImportedLayer.fromArn(stack, 'Theirs', { layerVersionArn: arnOf('theirs') });
    return { app: stack.node.root as App, stack, fn: rawFunction(stack, { layers: arns(6) }) };
  }

  test.each(['app', 'stack', 'fn'] as const)('on the %s silences an error', (scope) => {
    const made = tooMany();
    expect(errorsOf(made.stack)).toEqual([SHOP]);
    LayerRules.of(made[scope]).acknowledge('LayerCount', 'the sixth is removed by the deployment');
    expect(errorsOf(made.stack)).toEqual([]);
  });

  test('somewhere else does not', () => {
    const { stack } = tooMany();
    LayerRules.of(stack.node.findChild('Theirs')).acknowledge('LayerCount', 'it is another one');
    LayerRules.of(stack).acknowledge('LayerSize', 'it is another rule');
    expect(errorsOf(stack)).toEqual([SHOP]);
  });

  test('a warning on the layer that it is about', () => {
    const stack = newStack();
    const layers = ['one', 'two'].map((text) => newLayer(stack, text, folderOf({ 'shop.json': text })));
    newFunction(stack, { layers });
    expect(warningsOf(stack)).toEqual(['Shop/two FileCollision']);
    const again = newStack();
    const others = ['one', 'two'].map((text) => newLayer(again, text, folderOf({ 'shop.json': text })));
    newFunction(again, { layers: others });
    LayerRules.of(others[0]).acknowledge('FileCollision', 'the second one overrides it');
    expect(warningsOf(again)).toEqual([]);
  });

  test('before a layer is made, for what its constructor refuses', () => {
    const stack = newStack();
    const long = { description: 'x'.repeat(257) };
    expect(messageOf(() => newLayer(stack, 'One', folderOf({ 'a.txt': 'a' }), long))).toContain('[LayerFields]');
    LayerRules.of(stack).acknowledge('LayerFields', 'a test of it');
    expect(() => newLayer(stack, 'Two', folderOf({ 'a.txt': 'a' }), long)).not.toThrow();
    expect(errorsOf(stack)).toEqual([]);
  });

  test('by the name that CDK gives the warning', () => {
    const { stack } = tooMany();
    LayerRules.of(stack).acknowledge('cdk-lambda-layers:LayerCount', 'copied from the CLI');
    expect(errorsOf(stack)).toEqual([]);
  });

  test.each([
    ['an unknown id', 'LayerCounts', 'reason', 'there is no such rule'],
    ['no reason', 'LayerCount', ' ', 'the acknowledgement of LayerCount has no reason'],
    ['what nobody can choose', 'LayerReference', 'reason', 'this rule cannot be acknowledged: the template would hold no ARN'],
    ['neither', 'LayerCounts', '', 'there is no such rule'],
  ])('fails for %s', (_, id, reason, what) => {
    const message = messageOf(() => LayerRules.of(newStack()).acknowledge(id, reason));
    expect(message).toContain(`Shop: ${what}\n  got: `);
    expect(message).toContain('  do: ');
  });
});

describe('severities by context', () => {
  const withRules = (rules: unknown): Stack => {
    const stack = newStack({ context: { 'cdk-lambda-layers:rules': rules } });
    const layers = ['one', 'two'].map((text) => newLayer(stack, text, folderOf({ 'shop.json': text })));
    newFunction(stack, { layers });
    rawFunction(stack, { layers: arns(6) }, 'TooMany');
    return stack;
  };
  const COUNT = 'Shop/TooMany: the function has too many layers [LayerCount]';
  const COLLISION = 'Shop/two: a layer hides files of another one [FileCollision]';

  test.each<[string, unknown, string[], string[]]>([
    ['nothing', {}, [COUNT], ['Shop/two FileCollision']],
    ['a warning as an error', { FileCollision: 'error' }, [COUNT, COLLISION], []],
    ['an error as a warning', { LayerCount: 'warning' }, [], ['Shop/two FileCollision', 'Shop/TooMany LayerCount']],
    ['one off', { FileCollision: 'off' }, [COUNT], []],
    ['JSON, as on the command line', '{"FileCollision":"off","LayerCount":"off"}', [], []],
  ])('%s', (_, rules, errors, warnings) => {
    const stack = withRules(rules);
    expect(errorsOf(stack)).toEqual(errors);
    expect(warningsOf(stack)).toEqual(warnings);
  });

  test('what a constructor refuses can be a warning', () => {
    const stack = newStack({ context: { 'cdk-lambda-layers:rules': { LayerFields: 'warning' } } });
    newLayer(stack, 'Libs', folderOf({ 'a.txt': 'a' }), { description: 'x'.repeat(257) });
    expect(errorsOf(stack)).toEqual([]);
    expect(warningsOf(stack)).toEqual(['Shop/Libs LayerFields']);
  });

  test.each([[{ LayerCounts: 'error' }], [{ LayerCount: 'fatal' }], ['LayerCount'], [['LayerCount']], [null], [7]])('fails for %j', (rules) => {
    const stack = newStack({ context: { 'cdk-lambda-layers:rules': rules } });
    newLayer(stack, 'Libs', folderOf({ 'a.txt': 'a' }));
    const message = messageOf(() => (stack.node.root as App).synth());
    expect(message).toContain('app: context cdk-lambda-layers:rules has a value that means nothing');
    expect(message).toContain('LayerCount');
  });
});

describe('stubs', () => {
  const stubbed = { bundling: { mode: BundlingMode.STUB } };
  const variables = { CDK_OUTDIR: '/tmp/cdk.out', CDK_CLI_VERSION: '2.1115.1' };
  const before = { ...process.env };
  afterEach(() => { process.env = { ...before }; });

  test('a stub fails under the CDK CLI, and nowhere else', () => {
    const stack = newStack();
    newLayer(stack, 'Libs', folderOf({ 'a.txt': 'a' }), stubbed);
    expect(errorsOf(stack)).toEqual([]);
    Object.assign(process.env, variables);
    expect(errorsOf(stack)).toEqual(['Shop/Libs: the layer is a stub, and the CDK CLI is about to use it [StubBuild]']);
  });

  test('a stack that the CLI does not need is no mistake', () => {
    Object.assign(process.env, variables);
    const stack = newStack({ context: { 'aws:cdk:bundling-stacks': ['Other'] } });
    newLayer(stack, 'Libs', folderOf({ 'a.txt': 'a' }), stubbed);
    expect(errorsOf(stack)).toEqual([]);
  });

  test('rules that need bytes say once that they were skipped; the others check', () => {
    const stack = newStack();
    const props = { ...stubbed, compatibleRuntimes: [lambda.Runtime.PYTHON_3_12] };
    const layers = ['A', 'B', 'C'].map((id) => newLayer(stack, id, folderOf({ 'a.txt': id }), props));
    const fn = newFunction(stack);
    layers.forEach((layer) => layer.attachTo(fn));
    expect(errorsOf(stack)).toHaveLength(3);
    const infos = stack.node.findAll().flatMap(({ node }) => node.metadata.filter(({ type }) => type === 'aws:cdk:info').map(({ data }) => data));
    expect(infos).toEqual([expect.stringMatching(/^rules that need bytes .* were skipped for stubs: Shop\/A and 2 more$/)]);
  });
});
