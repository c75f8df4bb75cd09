import * as fs from 'node:fs';
import * as path from 'node:path';
import { pythonRuntimes } from './support/tools';
import { Workshop } from './support/workshop';
import { listFolder, programsOf } from '../../lib/inspect/inspect-folder';
import { extensionCount } from '../../lib/rules/extension-count';
import { extensionInterpreter } from '../../lib/rules/extension-interpreter';
import { PROGRAM_RULES } from '../../lib/rules/extension-program';
import type { LayerFacts } from '../../lib/rules/facts';
import { nativeArchitecture } from '../../lib/rules/native-architecture';
import { programFindings } from '../../lib/rules/program-rule';
import { buildElf } from '../inspect/build-elf';
import { contentOf, functionOf, layerOf } from '../rules/support';

const [runtime] = pythonRuntimes();
const describeWithEmulator = runtime === undefined ? describe.skip : describe;

/** Registers and waits for events until it is told to end. */
function extension(shebang = '#!/usr/bin/env python3', name = 'os.path.basename(__file__)'): string {
  return `${shebang}
import json, os, urllib.request
API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension/"
def call(path, headers, body=None):
    return urllib.request.urlopen(urllib.request.Request(API + path, data=body, headers=headers))
events = json.dumps({"events": ["INVOKE", "SHUTDOWN"]}).encode()
token = call("register", {"Lambda-Extension-Name": ${name}}, events).headers["Lambda-Extension-Identifier"]
while json.load(call("event/next", {"Lambda-Extension-Identifier": token}))["eventType"] != "SHUTDOWN":
    pass
`;
}

/** One that nothing is wrong with. */
const GOOD = { 'extensions/a': [extension(), 0o755] } as const;

type Contents = Readonly<Record<string, readonly [content: string | Buffer, mode: number]>>;

const OWN_MACHINE = process.arch === 'arm64' ? 'arm64' : 'x86_64';
const OTHER_MACHINE = Buffer.concat([
  buildElf({ is64: true, littleEndian: true, machine: OWN_MACHINE === 'arm64' ? 62 : 183, versions: [] }), Buffer.from('Lambda-Extension-Name'),
]);

/** Layers that stop every start, what the emulator says of them, and the rule that tells it at synth. */
const BROKEN: readonly (readonly [what: string, files: Contents, said: string, rule: string])[] = [
  ['may not be executed', { 'extensions/a': [extension(), 0o644] }, 'permission denied', 'ExtensionMode'],
  ['lies beside a README', { ...GOOD, 'extensions/README.md': ['Read me', 0o644] }, 'permission denied', 'ExtensionStray'],
  ['lies beside a hidden file', { ...GOOD, 'extensions/.DS_Store': ['\0', 0o644] }, 'permission denied', 'ExtensionStray'],
  ['is for another machine', { 'extensions/a': [OTHER_MACHINE, 0o755] }, 'exec format error', 'NativeArchitecture'],
  ['has no shebang', { 'extensions/a': [extension('#'), 0o755] }, 'exec format error', 'ExtensionShebang'],
  ['is empty', { 'extensions/a': ['', 0o755] }, 'exec format error', 'ExtensionShebang'],
  ['begins with a byte order mark', { 'extensions/a': [`\ufeff${extension()}`, 0o755] }, 'exec format error', 'ExtensionShebang'],
  ['has carriage returns', { 'extensions/a': [extension('#!/usr/bin/python3\r'), 0o755] }, 'no such file or directory', 'ExtensionShebang'],
  ['has no interpreter', { 'extensions/a': [extension('#!/opt/bin/python3'), 0o755] }, 'no such file or directory', 'ExtensionInterpreter'],
  ['ends before it registers', { 'extensions/a': ['#!/bin/sh\nexit 5\n', 0o755] }, 'Extension.Crash', 'ExtensionRegistration'],
  ['registers by another name', { 'extensions/a': [extension(undefined, '"b"'), 0o755] }, 'Extension.Crash', 'ExtensionRegistration'],
  ['is one of eleven', Object.fromEntries(Array.from({ length: 11 }, (_, number) => [`extensions/e${number}`, [extension(), 0o755]] as const)),
    'ErrTooManyExtensions', 'ExtensionCount'],
];

const FINE: readonly (readonly [what: string, files: Contents])[] = [
  ['is a script', GOOD],
  ['lies beside a folder', { ...GOOD, 'extensions/lib/readme.txt': ['Read me', 0o644] }],
  ['leaves its registration to a file of the layer', {
    'extensions/a': ['#!/bin/sh\nexec python3 /opt/tools/client.py "${0##*/}"\n', 0o755],
    'tools/client.py': [extension(undefined, '__import__("sys").argv[1]'), 0o644],
  }],
];

let here: Workshop;

beforeEach(() => { here = new Workshop(); });
afterEach(async () => here.close());

function folderOf(files: Contents): string {
  const folder = here.folder({});
  for (const [name, [content, mode]] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
    fs.chmodSync(path.join(folder, name), mode);
  }
  return folder;
}

async function invokeWith(layer: string) {
  const fn = await here.start({
    runtime, handler: 'index.handler', code: here.folder({ 'index.py': 'def handler(event, context):\n    return event\n' }), layers: [layer],
  });
  return fn.invoke(1);
}

/** The rules that a layer of this folder breaks, on a function of the emulator's runtime. */
function rulesOver(folder: string): string[] {
  const programs = programsOf(listFolder(folder));
  const layer: LayerFacts = layerOf('Audit', { content: contentOf({ programs }) });
  const fn = functionOf([layer], { runtime, architecture: OWN_MACHINE });
  return [
    ...PROGRAM_RULES.filter(({ checkProgram }) => programFindings(checkProgram, layer, programs, 'Shop/Audit').length > 0),
    ...[extensionInterpreter, extensionCount, nativeArchitecture].filter((rule) => rule.checkFunction!(fn).length > 0),
  ].map(({ id }) => id);
}

describeWithEmulator('an extension in a folder of somebody', () => {
  test.each(BROKEN)('that %s stops the start of the function, and the rules say so before', async (_, files, said, rule) => {
    const folder = folderOf(files);
    expect(rulesOver(folder)).toEqual([rule]);
    const { outcome, emulatorLog } = await invokeWith(folder);
    expect({ outcome, isSaid: emulatorLog.includes(said) }).toEqual({ outcome: 'init error', isSaid: true });
  });

  test.each(FINE)('that %s starts, and no rule minds', async (_, files) => {
    const folder = folderOf(files);
    expect(rulesOver(folder)).toEqual([]);
    expect(await invokeWith(folder)).toMatchObject({ outcome: 'answer', answer: 1 });
  });

  test('that is a link to a folder is started, too, and stops the start of the function', async () => {
    const folder = folderOf({ ...GOOD, 'lib/x.txt': ['', 0o644] });
    fs.symlinkSync('../lib', path.join(folder, 'extensions/lib'));
    const { outcome, emulatorLog } = await invokeWith(folder);
    expect({ outcome, isSaid: emulatorLog.includes('permission denied') }).toEqual({ outcome: 'init error', isSaid: true });
  });
});
