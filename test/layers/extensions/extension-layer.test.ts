import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ExtensionCode, ExtensionLayer, LayerContent, LayerTesting, type ExtensionBinaryOptions } from '../../../lib';
import { buildElf } from '../../inspect/build-elf';
import { folderOf, functionLayers, layerResource, messageOf, newFunction, newStack } from '../support';

const SCRIPT = '#!/bin/sh\ncurl -H "Lambda-Extension-Name: ${0##*/}" -X POST "http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension/register"\n';

test('a script becomes an executable in the extensions folder, with what lies beside it', () => {
  const folder = folderOf({ 'audit.sh': SCRIPT, 'support/rules.json': '{}', 'libs/lib.py': '' });
  const stack = newStack();
  const layer = new ExtensionLayer(stack, 'Audit', {
    purpose: 'audit',
    extensions: [ExtensionCode.script(`${folder}/audit.sh`, { supportFiles: `${folder}/support` })],
    content: [LayerContent.files(`${folder}/libs`, { destination: 'python' })],
    environment: { AUDIT_LEVEL: 'high' },
  });
  expect(layer.manifest.files.map(({ path: place, mode }) => `${mode} ${place}`)).toEqual([
    '0644 audit/rules.json', '0755 extensions/audit.sh', '0644 python/lib.py',
  ]);
  expect(layer.manifest.programs).toEqual([
    { path: 'extensions/audit.sh', isExecutable: true, format: 'script', interpreter: '/bin/sh', mentionsRegistration: true },
  ]);
  layer.attachTo(newFunction(stack));
  expect(functionLayers(stack)).toEqual([{ Ref: layerResource(stack).logicalId }]);
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { AUDIT_LEVEL: 'high' } } });
  expect(layerResource(stack).Properties).not.toHaveProperty('CompatibleRuntimes');
});

describe.each([true, false])('with the feature flag recognizeLayerVersion %s', (flag) => {
  const attached = (purpose: string, level: string) => {
    const stack = newStack({ context: { ...LayerTesting.stubContext(), '@aws-cdk/aws-lambda:recognizeLayerVersion': flag } });
    const fn = newFunction(stack);
    const version = fn.currentVersion.node.defaultChild as lambda.CfnVersion;
    const extensions = [ExtensionCode.script(`${folderOf({ 'audit.sh': SCRIPT })}/audit.sh`)];
    new ExtensionLayer(stack, 'Z', { purpose, extensions, environment: { AUDIT_LEVEL: level } }).attachTo(fn);
    new ExtensionLayer(stack, 'A', { execWrapper: `${folderOf({ wrapper: '#!/bin/sh\nexec "$@"\n' })}/wrapper` }).attachTo(fn);
    const template = Template.fromStack(stack);
    return { template, layers: functionLayers(stack) as { Ref: string }[], version: stack.resolve(version.logicalId) as string };
  };

  test('layers are in the order of the calls, with the variables of both', () => {
    const { template, layers } = attached('audit', 'high');
    expect(layers.map(({ Ref: id }) => id.slice(0, 1))).toEqual(['Z', 'A']);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { AUDIT_LEVEL: 'high', AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrapper' } },
    });
  });

  test('the version of a function moves with the layer, and with what its extensions read', () => {
    const versions = [['audit', 'high'], ['audit', 'high'], ['audit', 'low'], ['other', 'high']]
      .map(([purpose, level]) => attached(purpose, level).version);
    expect(versions[1]).toBe(versions[0]);
    expect(new Set(versions).size).toBe(3);
  });
});

test('a Go module is compiled for the machine of the layer', () => {
  const folder = folderOf({ 'go.mod': 'module agent\n\ngo 1.21\n', 'main.go': 'package main\n\nfunc main() { println("Lambda-Extension-Name") }\n' });
  const layer = new ExtensionLayer(newStack(), 'Agent', {
    extensions: [ExtensionCode.goModule(folder, { name: 'agent' })], compatibleArchitectures: [lambda.Architecture.ARM_64],
  });
  expect(layer.manifest.programs).toMatchObject([{ path: 'extensions/agent', format: 'elf', machine: 'arm64' }]);
});

test.each([
  ['no shebang', 'echo Lambda-Extension-Name\n', 'cannot start a program [ExtensionShebang]'],
  ['a carriage return', SCRIPT.replaceAll('\n', '\r\n'), 'carriage return'],
  ['no registration', '#!/bin/sh\nexit 5\n', 'never registers'],
  ['another name', '#!/bin/sh\ncurl -H "Lambda-Extension-Name: other"\n', 'registers as other'],
])('a script with %s is refused', (_what, content, said) => {
  const folder = folderOf({ 'audit.sh': content });
  expect(messageOf(() => new ExtensionLayer(newStack(), 'Audit', { extensions: [ExtensionCode.script(`${folder}/audit.sh`)] }))).toContain(said);
});

describe('ready programs', () => {
  const program = (machine: number): string => Buffer.concat([
    buildElf({ is64: true, littleEndian: true, machine, versions: [] }), Buffer.from('Lambda-Extension-Name'),
  ]).toString('latin1');
  let folder: string;

  beforeAll(() => {
    folder = folderOf({});
    for (const [name, machine] of [['x86/agent', 62], ['arm/agent', 183]] as const) {
      fs.mkdirSync(path.join(folder, path.dirname(name)));
      fs.writeFileSync(path.join(folder, name), program(machine), 'latin1');
    }
  });

  const machines = (options: ExtensionBinaryOptions, architecture?: lambda.Architecture): unknown[] => new ExtensionLayer(newStack(), 'Agent', {
    extensions: [ExtensionCode.binary(options)],
    compatibleArchitectures: architecture === undefined ? undefined : [architecture],
  }).manifest.programs.map(({ path: place, machine }) => [place, machine]);

  test('the one for the layer\'s machine is taken, else the one that there is', () => {
    const both = { x86: `${folder}/x86/agent`, arm64: `${folder}/arm/agent` };
    expect(machines(both)).toEqual([['extensions/agent', 'x86_64']]);
    expect(machines(both, lambda.Architecture.ARM_64)).toEqual([['extensions/agent', 'arm64']]);
    expect(machines({ arm64: both.arm64 })).toEqual([['extensions/agent', 'arm64']]);
  });

  test.each<[string, () => ExtensionBinaryOptions, lambda.Architecture | undefined, string]>([
    ['no program for the machine', () => ({ x86: `${folder}/x86/agent` }), lambda.Architecture.ARM_64, 'no program for an architecture'],
    ['the other machine\'s', () => ({ x86: `${folder}/arm/agent` }), undefined, 'for another machine than it was given for'],
    ['no program at all', () => ({}), undefined, 'extensions/program: no program at all'],
    ['a folder', () => ({ x86: folder, name: 'agent' }), undefined, 'the program is no file'],
    ['nothing there', () => ({ x86: `${folder}/none` }), undefined, 'does not exist'],
  ])('%s is refused', (_what, options, architecture, said) => {
    expect(messageOf(() => machines(options(), architecture))).toContain(said);
  });
});

test.each(['extensions', 'bin', 'python', 'lib'])('an exec wrapper with the name of a folder that Lambda uses is refused: %s', (name) => {
  const execWrapper = `${folderOf({ [name]: '#!/bin/sh\nexec "$@"\n' })}/${name}`;
  expect(messageOf(() => new ExtensionLayer(newStack(), 'Wrapped', { execWrapper }))).toContain(
    `Shop/Wrapped: the exec wrapper would lie where Lambda has a folder\n  got: /opt/${name}\n`,
  );
});

describe('variables', () => {
  const withVariables = (environment: Record<string, string>): ExtensionLayer => (
    new ExtensionLayer(newStack(), 'Audit', {
      extensions: [ExtensionCode.script(`${folderOf({ 'audit.sh': SCRIPT })}/audit.sh`)], environment,
    })
  );

  test.each(['AUDIT-LEVEL', 'audit.level', '1ST', '_AUDIT', 'A', 'A B', ''])('Lambda takes none of the name %j', (name) => {
    expect(messageOf(() => withVariables({ [name]: 'x' }))).toContain('Shop/Audit: this is no name for an environment variable');
  });

  test('may be called as what every object has', () => {
    expect(withVariables({ toString: 'x', constructor: 'y' }).environment).toEqual({ toString: 'x', constructor: 'y' });
  });
});
