import * as fs from 'node:fs';
import * as path from 'node:path';
import { type App, Aws, CfnParameter, CfnResource, Fn, Lazy, Stack, Token } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { errorsOf, rawFunction, warningsOf } from './support';
import { ExtensionCode, ExtensionLayer, ImportedLayer, LayerContent, LayerRules, LayerTesting, SharedDependencyLayer } from '../../lib';
import { buildElf } from '../inspect/build-elf';
import { folderOf, messageOf, newFunction, newStack } from '../layers/support';

const ENV = { account: '111122223333', region: 'eu-central-1' };
const UNUSED = 'the function does not start through the wrapper of its layer [ExecWrapper]';

/** A script that registers. */
function script(shebang = '#!/bin/sh'): string {
  return `${shebang}\ncurl -H "Lambda-Extension-Name: \${0##*/}"\n`;
}

/** Layer of this library with one extension for each name. */
function extensionLayer(stack: Stack, id: string, names: readonly string[], props: { shebang?: string; environment?: Record<string, string> } = {}) {
  const folder = folderOf(Object.fromEntries(names.map((name) => [name, script(props.shebang)])));
  return new ExtensionLayer(stack, id, {
    extensions: names.map((name) => ExtensionCode.script(path.join(folder, name))), environment: props.environment,
  });
}

function wrapperLayer(stack: Stack, id: string, name: string): ExtensionLayer {
  return new ExtensionLayer(stack, id, { execWrapper: path.join(folderOf({ [name]: '#!/bin/sh\nexec "$@"\n' }), name) });
}

/** CDK's own layer of a folder, whose files have these modes. */
function foreignLayer(
  stack: Stack, id: string, files: Readonly<Record<string, readonly [content: string | Buffer, mode: number]>>,
): lambda.LayerVersion {
  const folder = folderOf({});
  for (const [name, [content, mode]] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
    fs.chmodSync(path.join(folder, name), mode);
  }
  return new lambda.LayerVersion(stack, id, { code: lambda.Code.fromAsset(folder) });
}

/** Makes the rules run in stacks that have no layer of this library. */
function withRules(props: ConstructorParameters<typeof Stack>[2] = { env: ENV }): Stack {
  const stack = new Stack(newStack().node.root as App, 'Rules', props);
  ImportedLayer.fromArn(stack, 'Any', { layerVersionArn: `arn:aws:lambda:${ENV.region}:111122223333:layer:any:1` });
  return stack;
}

describe('programs in folders of others', () => {
  test.each([
    ['without the execute bit', { 'extensions/audit': [script(), 0o644] }, ['ExtensionMode']],
    ['that only its owner may execute', { 'extensions/audit': [script(), 0o744] }, ['ExtensionMode']],
    ['beside a hidden file', { 'extensions/audit': [script(), 0o755], 'extensions/.DS_Store': ['\0', 0o644] }, ['ExtensionStray']],
    ['with carriage returns', { 'extensions/audit': [script('#!/bin/sh\r'), 0o755] }, ['ExtensionShebang']],
    ['with a byte order mark', { 'extensions/audit': [`\ufeff${script()}`, 0o755] }, ['ExtensionShebang']],
    ['that is empty', { 'extensions/audit': ['', 0o755] }, ['ExtensionShebang']],
    ['that never registers', { 'extensions/audit': ['#!/bin/sh\n', 0o755] }, ['ExtensionRegistration']],
    ['whose interpreter no runtime has', { 'extensions/audit': [script('#!/usr/bin/python3'), 0o755] }, ['ExtensionInterpreter']],
    ['that is fine, beside a folder', { 'extensions/audit': [script(), 0o755], 'extensions/lib/readme.txt': ['', 0o644] }, []],
    ['that is fine, with a package that registers', {
      'extensions/audit': ['#!/bin/sh\nexec python3 /opt/python/audit.py', 0o755], 'python/audit.py': ['"Lambda-Extension-Name"', 0o644],
    }, []],
  ] as const)('one %s', (_, files, rules) => {
    const stack = withRules();
    foreignLayer(stack, 'Audit', files);
    expect(warningsOf(stack)).toEqual(rules.map((rule) => `Rules/Audit ${rule}`));
  });

  test('with a machine of its own, although files for both are there', () => {
    const stack = withRules();
    const elf = (machine: number): Buffer => Buffer.concat([
      buildElf({ is64: true, littleEndian: true, machine, versions: ['GLIBC_2.99'] }), Buffer.from('Lambda-Extension-Name'),
    ]);
    const layer = foreignLayer(stack, 'Audit', { 'extensions/audit': [elf(183), 0o755], 'lib/x86.so': [elf(62), 0o644] });
    newFunction(stack, { layers: [layer] });
    expect(errorsOf(stack)).toEqual(['Rules/Audit: native files need a newer glibc than the runtime has [NativeGlibc]']);
    LayerRules.of(stack).acknowledge('NativeGlibc', 'not looked at here');
    expect(warningsOf(stack)).toEqual(['Rules/Orders NativeArchitecture']);
  });

  test('in ours, fails for all of them at once', () => {
    const stack = newStack();
    new SharedDependencyLayer(stack, 'Audit', {
      content: [LayerContent.files(folderOf({ 'extensions/a': 'echo\n', 'extensions/b': '#!/bin/sh\n', 'extensions/c': script('#!/usr/bin/node') }))],
    });
    expect(errorsOf(stack)).toEqual([
      'Shop/Audit: Lambda cannot start a program [ExtensionShebang]',
      'Shop/Audit: an extension never registers: Lambda waits for it, and the function does not start [ExtensionRegistration]',
      'Shop/Audit: what a program is started with is not there [ExtensionInterpreter]',
    ]);
  });
});

test('ExtensionInterpreter: one layer on functions of two runtimes, by L2 and L1, is told once with the functions that cannot start it', () => {
  const stack = newStack();
  const layer = extensionLayer(stack, 'Audit', ['audit'], { shebang: '#!/usr/bin/env python3' });
  newFunction(stack, { layers: [layer] }, 'Python');
  rawFunction(stack, { layers: [layer.layerVersionArn], runtime: 'nodejs22.x' }, 'Node');
  newFunction(stack, { layers: [layer], runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler' }, 'AlsoNode');
  rawFunction(stack, { layers: [layer.layerVersionArn], runtime: new CfnParameter(stack, 'Runtime').valueAsString }, 'Late');
  const [finding, ...others] = LayerRules.of(stack).report().findings;
  expect(others).toEqual([]);
  expect(finding.message).toBe([
    'Shop/Audit: what a program is started with is not there [ExtensionInterpreter]',
    '  got: extensions/audit of Shop/Audit: nodejs22.x has no python3',
    '    in Shop/Node, Shop/AlsoNode',
    '  allowed: /bin/sh, /bin/bash, /var/lang/bin/node, an executable file of a layer, or a static program',
    '  do: name one of these in the script\'s first line, bring the interpreter in a layer, or link the program statically',
  ].join('\n'));
});

test('ExtensionInterpreter: an interpreter of another layer, which must be executable', () => {
  const stack = newStack();
  const layer = extensionLayer(stack, 'Audit', ['audit'], { shebang: '#!/usr/bin/env perl' });
  const perl = foreignLayer(stack, 'Perl', { 'bin/perl': ['#!/bin/sh\n', 0o755] });
  // CDK takes folders that differ in permissions alone for one asset.
  const locked = foreignLayer(stack, 'Locked', { 'bin/perl': ['#!/bin/sh\nexit\n', 0o644] });
  newFunction(stack, { layers: [layer, perl] }, 'Fine');
  expect(errorsOf(stack)).toEqual([]);
  newFunction(stack, { layers: [layer, locked] }, 'Wrong');
  expect(errorsOf(stack)).toEqual(['Shop/Audit: what a program is started with is not there [ExtensionInterpreter]']);
});

test('ExtensionInterpreter: a wrapper is started by something, too', () => {
  const stack = newStack();
  const layer = new ExtensionLayer(stack, 'Wrap', { execWrapper: path.join(folderOf({ wrap: '#!/usr/bin/env ruby\n' }), 'wrap') });
  layer.attachTo(newFunction(stack));
  expect(errorsOf(stack)).toEqual(['Shop/Wrap: what a program is started with is not there [ExtensionInterpreter]']);
});

test('ExtensionName and ExtensionCount: ours, an archive, Lambda Insights, and an imported layer that says its names', () => {
  const stack = new Stack(newStack().node.root as App, 'Audited', { env: ENV });
  const nine = extensionLayer(stack, 'Nine', Array.from({ length: 9 }, (_, number) => `e${number}`));
  const imported = ImportedLayer.fromArn(stack, 'Imported', {
    layerVersionArn: 'arn:aws:lambda:eu-central-1:111122223333:layer:agents:7', extensions: ['e1', 'agent'],
  });
  const fn = newFunction(stack, { layers: [nine], insightsVersion: lambda.LambdaInsightsVersion.VERSION_1_0_229_0 });
  expect(errorsOf(stack)).toEqual([]);
  imported.attachTo(fn);
  expect(errorsOf(stack)).toEqual([
    'Audited/Imported: a layer hides extensions of another one, which never start [ExtensionName]',
    'Audited/Orders: the function has too many extensions [ExtensionCount]',
  ]);
  const { message } = LayerRules.of(stack).report().findings.find(({ rule }) => rule === 'ExtensionCount')!;
  expect(message).toContain('LambdaInsightsExtension:');
  expect(message).toContain(': cloudwatch_lambda_agent');
});

test('a stub has the names that it will have', () => {
  const stack = newStack({ context: LayerTesting.stubContext() });
  newFunction(stack, { layers: ['One', 'Two'].map((id) => extensionLayer(stack, id, ['audit'])) });
  expect(errorsOf(stack)).toEqual(['Shop/Two: a layer hides extensions of another one, which never start [ExtensionName]']);
});

test('what an imported layer says of its extensions goes before what the name of AWS\'s layer says', () => {
  const stack = withRules();
  const layerVersionArn = 'arn:aws:lambda:eu-central-1:580247275435:layer:LambdaInsightsExtension:60';
  const ours = extensionLayer(stack, 'Ours', ['cloudwatch_lambda_agent']);
  newFunction(stack, { layers: [ours, lambda.LayerVersion.fromLayerVersionArn(stack, 'Known', layerVersionArn)] });
  expect(errorsOf(stack)).toEqual(['Rules/Orders: a layer hides extensions of another one, which never start [ExtensionName]']);
  ImportedLayer.fromArn(stack, 'Said', { layerVersionArn, extensions: ['other'] });
  expect(errorsOf(stack)).toEqual([]);
});

describe('ExecWrapper', () => {
  test('attachTo wires the wrapper; `layers` alone does not', () => {
    const stack = newStack();
    const layer = wrapperLayer(stack, 'Wrap', 'wrap');
    layer.attachTo(newFunction(stack, {}, 'Wired'));
    expect(errorsOf(stack)).toEqual([]);
    newFunction(stack, { layers: [layer] }, 'Bare');
    expect(errorsOf(stack)).toEqual([`Shop/Bare: ${UNUSED}`]);
  });

  test('ADOT and a wrapper of ours, and ADOT alone', () => {
    const stack = new Stack(newStack().node.root as App, 'Traced', { env: ENV });
    const layer = wrapperLayer(stack, 'Wrap', 'wrap');
    const adotInstrumentation = {
      layerVersion: lambda.AdotLayerVersion.fromPythonSdkLayerVersion(lambda.AdotLambdaLayerPythonSdkVersion.LATEST),
      execWrapper: lambda.AdotLambdaExecWrapper.INSTRUMENT_HANDLER,
    };
    newFunction(stack, { adotInstrumentation }, 'Alone');
    const both = newFunction(stack, { adotInstrumentation }, 'Both');
    expect(messageOf(() => layer.attachTo(both))).toContain('the function has another AWS_LAMBDA_EXEC_WRAPPER');
    newFunction(stack, { adotInstrumentation, layers: [layer] }, 'Listed');
    expect(errorsOf(stack)).toEqual([`Traced/Listed: ${UNUSED}`]);
  });

  test('a wrapper that is not there, by L2, override and token', () => {
    const stack = withRules();
    const layer = foreignLayer(stack, 'Wrap', { wrap: ['#!/bin/sh\n', 0o755], locked: ['#!/bin/sh\n', 0o644] });
    const wrapped = (id: string, value: string): lambda.Function =>
      newFunction(stack, { layers: [layer], environment: { AWS_LAMBDA_EXEC_WRAPPER: value } }, id);
    wrapped('Fine', '/opt/wrap');
    wrapped('Late', `/opt/${Aws.STACK_NAME}`);
    wrapped('Locked', '/opt/locked');
    const overridden = wrapped('Overridden', '/opt/wrap').node.defaultChild as lambda.CfnFunction;
    overridden.addPropertyOverride('Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER', '/opt/other');
    expect(errorsOf(stack)).toEqual([
      'Rules/Locked: the exec wrapper of the function may not be executed [ExecWrapper]',
      'Rules/Overridden: the exec wrapper of the function is in none of its layers [ExecWrapper]',
    ]);
  });

  test('OS-only runtimes', () => {
    const stack = newStack();
    const layer = wrapperLayer(stack, 'Wrap', 'wrap');
    const code = lambda.Code.fromAsset(folderOf({ bootstrap: '#!/bin/sh\n' }));
    newFunction(stack, { runtime: lambda.Runtime.PROVIDED_AL2023, handler: 'bootstrap', layers: [layer], code });
    expect(errorsOf(stack)).toEqual(['Shop/Orders: an OS-only runtime knows no exec wrapper [ExecWrapper]']);
  });
});

test('ExtensionNotWired: variables of the extensions, with tokens, by `layers` and by attachTo', () => {
  const stack = newStack();
  const parameter = new CfnParameter(stack, 'Level');
  const layer = extensionLayer(stack, 'Audit', ['audit'], { environment: { AUDIT_LEVEL: parameter.valueAsString, AUDIT_TABLE: 'audit' } });
  layer.attachTo(newFunction(stack, {}, 'Wired'));
  newFunction(stack, { layers: [layer], environment: layer.environment }, 'ByHand');
  expect(errorsOf(stack)).toEqual([]);
  newFunction(stack, { layers: [layer], environment: { AUDIT_LEVEL: 'low' } }, 'Bare');
  const [finding, ...others] = LayerRules.of(stack).report().findings;
  expect(others).toEqual([]);
  expect(finding.message).toContain('[ExtensionNotWired]\n  got: Shop/Audit: another AUDIT_LEVEL, no AUDIT_TABLE\n');
});

describe('ReservedVariable and EnvironmentSize', () => {
  test('of every function, with layers or without', () => {
    const stack = withRules();
    newFunction(stack, { environment: { TABLE: 'x' } }, 'Fine');
    rawFunction(stack, { environment: { variables: { AWS_REGION: 'eu-west-1' } } }, 'Region');
    rawFunction(stack, { environment: { variables: { TEMPLATE: 'x'.repeat(4096) } } }, 'Large');
    rawFunction(stack, { environment: Lazy.any({ produce: () => ({ variables: { _HANDLER: Aws.REGION } }) }) }, 'Lazy');
    rawFunction(stack, { environment: Token.asAny(Fn.ref('Late')) }, 'Late');
    expect(errorsOf(stack)).toEqual([
      'Rules/Region: Lambda sets these environment variables itself, and refuses them in a function\'s settings [ReservedVariable]',
      'Rules/Lazy: Lambda sets these environment variables itself, and refuses them in a function\'s settings [ReservedVariable]',
      'Rules/Large: the environment of the function is too large [EnvironmentSize]',
    ]);
  });

  test('an override counts, and what only deployment knows has no size', () => {
    const stack = withRules();
    const fn = rawFunction(stack, { environment: { variables: { A: new CfnParameter(stack, 'P', { default: 'x'.repeat(4000) }).valueAsString } } });
    expect(errorsOf(stack)).toEqual([]);
    fn.addPropertyOverride('Environment.Variables.AWS_SESSION_TOKEN', 'x');
    expect(errorsOf(stack)).toEqual([
      'Rules/Orders: Lambda sets these environment variables itself, and refuses them in a function\'s settings [ReservedVariable]',
    ]);
  });
});

describe('ExtensionFunction', () => {
  test('a function that a distribution runs at the edge, and a role for it in another stack', () => {
    const app = newStack().node.root as App;
    const stack = new Stack(app, 'Edge', { env: { ...ENV, region: 'us-east-1' } });
    const layer = extensionLayer(stack, 'Audit', ['audit']);
    const fn = newFunction(stack, { layers: [layer] });
    expect(errorsOf(stack)).toEqual([]);
    new cloudfront.Distribution(stack, 'Site', { defaultBehavior: {
      origin: new origins.HttpOrigin('example.com'),
      edgeLambdas: [{ eventType: cloudfront.LambdaEdgeEventType.VIEWER_REQUEST, functionVersion: fn.currentVersion }],
    } });
    newFunction(stack, { layers: [layer], role: new iam.Role(new Stack(app, 'Roles', { env: { ...ENV, region: 'us-east-1' } }), 'Role', {
      assumedBy: new iam.CompositePrincipal(new iam.ServicePrincipal('lambda.amazonaws.com'), new iam.ServicePrincipal('edgelambda.amazonaws.com')),
    }) }, 'OtherStack');
    newFunction(stack, {}, 'NoLayers');
    const what = 'a function of Lambda@Edge cannot have layers [ExtensionFunction]';
    expect(errorsOf(stack)).toEqual([`Edge/Orders: ${what}`, `Edge/OtherStack: ${what}`]);
  });

  test('a function on managed instances', () => {
    const stack = newStack();
    const layer = extensionLayer(stack, 'Audit', ['audit']);
    const capacityProviderArn = 'arn:aws:lambda:eu-central-1:111122223333:capacity-provider:x';
    rawFunction(stack, {
      layers: [layer.layerVersionArn], capacityProviderConfig: { lambdaManagedInstancesCapacityProviderConfig: { capacityProviderArn } },
    });
    const untyped = new CfnResource(stack, 'Untyped', { type: 'AWS::Lambda::Function', properties: {
      Code: { ZipFile: 'x' }, Role: 'arn:aws:iam::111122223333:role/x', Handler: 'index.handler', Runtime: 'python3.13',
      Layers: [layer.layerVersionArn], CapacityProviderConfig: { x: 1 },
    } });
    expect(errorsOf(stack)).toEqual([]);
    expect(warningsOf(stack)).toEqual(['Shop/Orders ExtensionFunction', `${untyped.node.path} ExtensionFunction`]);
  });
});

test('conditions in a list of layers: what holds for every choice is an error', () => {
  const stack = withRules();
  const layer = (id: string, count: number): string => ImportedLayer.fromArn(stack, id, {
    layerVersionArn: `arn:aws:lambda:${ENV.region}:111122223333:layer:${id}:1`,
    extensions: Array.from({ length: count }, (_, number) => `e${number}`),
  }).layerVersionArn;
  const [ten, eleven, twelve] = [layer('ten', 10), layer('eleven', 11), layer('twelve', 12)];
  rawFunction(stack, { layers: [Fn.conditionIf('IsProd', ten, eleven).toString()] }, 'Perhaps');
  rawFunction(stack, { layers: [Fn.conditionIf('IsProd', twelve, eleven).toString()] }, 'Always');
  expect(errorsOf(stack)).toEqual(['Rules/Always: the function has too many extensions [ExtensionCount]']);
  expect(warningsOf(stack)).toEqual([]);
});
