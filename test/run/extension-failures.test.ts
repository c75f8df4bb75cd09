import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { compileListener, ELSEWHERE, hasGo, LISTENER, PROGRAM_HERE } from './support/listeners';
import type { Invocation, RunningFunction } from './support/start-function';
import { ARCHITECTURE, ECHO, TestApp } from './support/test-app';
import { pythonRuntimes } from './support/tools';
import { Workshop } from './support/workshop';
import { ExtensionCode, ExtensionLayer, LayerContent, LayerRules, SharedDependencyLayer } from '../../lib';
import type { ContentLayer } from '../../lib/layers/content-layer';
import { errorsOf } from '../validation/support';

const [runtime] = pythonRuntimes();
const describeWithEmulator = runtime === undefined || !hasGo() ? describe.skip : describe;

const PYTHON_LISTENER = fs.readFileSync(LISTENER.python, 'utf8');

let here: Workshop;

beforeEach(() => {
  here = new Workshop();
});

afterEach(async () => here.close());

/** A file that lies in the folder `extensions` of a layer. */
interface BadFile {
  readonly name?: string;
  readonly content: string | (() => Buffer);
  readonly mode?: number;
}

/** What the emulator makes of it, and which rule tells. */
interface Failure extends BadFile {
  readonly outcome?: Invocation['outcome'];
  readonly says: string;
  readonly rule: string;
  /** Where another one tells it of our layers, which declare the machine that they are for. */
  readonly ruleOfOurs?: string;
}

/** An extension that registers by a name that is not its file's, says what came of it, and stays. */
const registersAs = (name: string, events: readonly string[]): string => `#!/usr/bin/env python3
import http.client, os, time
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
api.request("POST", "/2020-01-01/extension/register", '${JSON.stringify({ events })}', {"Lambda-Extension-Name": "${name}"})
response = api.getresponse()
print("registration:", response.status, response.read().decode(), flush=True)
time.sleep(60)
`;

/** All that decides whether a script can register, for who does not start it. */
const MENTION = 'echo Lambda-Extension-Name\n';

const FORMAT_ERROR = 'fork/exec /opt/extensions/agent: exec format error';
const NO_SUCH_FILE = 'fork/exec /opt/extensions/agent: no such file or directory';
const TIMEOUT = 'Task timed out after 2.00 seconds';

const FAILURES: Readonly<Record<string, Failure>> = {
  'has no shebang': { content: MENTION, says: FORMAT_ERROR, rule: 'ExtensionShebang' },
  'is empty': { content: '', says: FORMAT_ERROR, rule: 'ExtensionShebang' },
  'is a README': {
    name: 'README.md', content: '# Agent\n', says: 'fork/exec /opt/extensions/README.md: exec format error', rule: 'ExtensionShebang',
  },
  'is for another machine': { content: () => elsewhere(), says: FORMAT_ERROR, rule: 'NativeArchitecture', ruleOfOurs: 'LayerArchitecture' },
  'has a carriage return after its interpreter': {
    content: `#!/bin/sh\r\n${MENTION}`, says: NO_SUCH_FILE, rule: 'ExtensionShebang',
  },
  'has a carriage return after an interpreter that env shall find': {
    content: PYTHON_LISTENER.replaceAll('\n', '\r\n'), says: "'python3\\r': No such file or directory", rule: 'ExtensionShebang',
  },
  'has an interpreter that is not there': { content: `#!/no/such/interpreter\n${MENTION}`, says: NO_SUCH_FILE, rule: 'ExtensionInterpreter' },
  'has an interpreter of another language': { content: `#!/var/lang/bin/node\n${MENTION}`, says: NO_SUCH_FILE, rule: 'ExtensionInterpreter' },
  'has an interpreter that env does not find': {
    content: `#!/usr/bin/env no-such-interpreter\n${MENTION}`, says: "'no-such-interpreter': No such file or directory", rule: 'ExtensionInterpreter',
  },
  'ends before it registers': {
    content: '#!/bin/sh\nexit 5\n', says: 'First fatal error stored in appctx: Extension.Crash', rule: 'ExtensionRegistration',
  },
  'never registers': { content: '#!/bin/sh\nsleep 60\n', outcome: 'timeout', says: TIMEOUT, rule: 'ExtensionRegistration' },
  'registers by another name, for events and the end': {
    content: registersAs('other', ['INVOKE', 'SHUTDOWN']), outcome: 'timeout',
    says: 'registration: 403 {"errorMessage":"SHUTDOWN: ShutdownEventNotSupportedForInternalExtension"', rule: 'ExtensionRegistration',
  },
  'registers by another name, for events alone': {
    content: registersAs('other', ['INVOKE']), outcome: 'timeout', says: 'registration: 200', rule: 'ExtensionRegistration',
  },
};

function elsewhere(): Buffer {
  return fs.readFileSync(compileListener(path.join(here.folder({}), 'listener'), ELSEWHERE));
}

/** A folder as somebody's own tools would leave it: with `extensions` in it. */
function folderWith({ name = 'agent', content, mode = 0o755 }: BadFile): string {
  const folder = here.folder({});
  fs.mkdirSync(path.join(folder, 'extensions'));
  fs.writeFileSync(path.join(folder, 'extensions', name), typeof content === 'string' ? content : content(), { mode });
  return folder;
}

/** What comes of an invocation of a function with a layer. */
async function invoke(layer: string, timeoutSeconds?: number): Promise<Invocation> {
  const fn = await here.start({ runtime, handler: 'index.handler', code: here.folder(ECHO), layers: [layer], timeoutSeconds });
  return fn.invoke('event');
}

/** Starts a function with a layer as CDK would upload both. */
async function startWith(layerOf: (stack: Stack) => ContentLayer): Promise<RunningFunction> {
  const app = new TestApp(here);
  layerOf(app.stack).attachTo(app.newFunction(runtime));
  return app.start();
}

/** What the synth of an app says whose function has a layer: what its constructor throws, or the errors of the rules. */
function refusal(layerOf: (stack: Stack) => ContentLayer): string {
  const app = new TestApp(here);
  const fn = app.newFunction(runtime);
  try {
    layerOf(app.stack).attachTo(fn);
  } catch (error) {
    return (error as Error).message;
  }
  return errorsOf(app.stack).join('\n');
}

/** A layer that is not meant to have extensions, and has those of a folder. */
function sharing(folder: string): (stack: Stack) => ContentLayer {
  return (stack) => new SharedDependencyLayer(stack, 'Ours', { content: [LayerContent.files(folder)] });
}

/** What the rules tell of a function with a layer that CDK alone made of a folder. */
function toldOfTheirs(folder: string): string[] {
  const app = new TestApp(here);
  app.newFunction(runtime).addLayers(new lambda.LayerVersion(app.stack, 'Theirs', { code: lambda.Code.fromAsset(folder) }));
  return LayerRules.of(app.stack).report().findings.map(({ severity, rule }) => `${severity} ${rule}`);
}

describeWithEmulator.each(Object.entries(FAILURES))('a file in extensions that %s', (_what, failure) => {
  test('stops the function', async () => {
    const { outcome, error, logs, emulatorLog } = await invoke(folderWith(failure), failure.outcome === 'timeout' ? 2 : undefined);
    expect(outcome).toBe(failure.outcome ?? 'init error');
    expect([error?.errorMessage, logs, emulatorLog].join('\n')).toContain(failure.says);
  });

  test('does not get past the synth', () => {
    const { name = 'agent', rule, ruleOfOurs = rule } = failure;
    const folder = folderWith(failure);
    const extension = ExtensionCode.script(path.join(folder, 'extensions', name));
    expect(refusal((stack) => new ExtensionLayer(stack, 'Ours', { extensions: [extension] }))).toContain(`[${ruleOfOurs}]`);
    expect(refusal(sharing(folder))).toContain(`[${ruleOfOurs}]`);
    expect(toldOfTheirs(folder)).toEqual([`warning ${rule}`]);
  });
});

describeWithEmulator('a program for another machine than the layer that was asked for', () => {
  test('does not get past the constructor', () => {
    const program = compileListener(path.join(here.folder({}), 'agent'), ELSEWHERE);
    const binary = (): ExtensionCode => ExtensionCode.binary({ [PROGRAM_HERE]: program });
    expect(refusal((stack) => new ExtensionLayer(stack, 'Ours', { extensions: [binary()], compatibleArchitectures: [ARCHITECTURE] })))
      .toContain('the program of an extension is for another machine than it was given for');
    expect(refusal((stack) => new ExtensionLayer(stack, 'Any', { extensions: [binary()] }))).toContain('for another machine');
  });
});

describeWithEmulator('a file in extensions that may not be executed', () => {
  test('stops the function', async () => {
    const { outcome, emulatorLog } = await invoke(folderWith({ content: PYTHON_LISTENER, mode: 0o644 }));
    expect(outcome).toBe('init error');
    expect(emulatorLog).toContain('fork/exec /opt/extensions/agent: permission denied');
  });

  test('is told of in a layer of CDK alone, and starts in layers of this library, which give it the permission', async () => {
    const folder = folderWith({ content: PYTHON_LISTENER, mode: 0o644 });
    expect(toldOfTheirs(folder)).toEqual(['warning ExtensionMode']);
    const file = path.join(folder, 'extensions', 'agent');
    const fn = await startWith((stack) => new ExtensionLayer(stack, 'Ours', { extensions: [ExtensionCode.script(file)] }));
    expect(await fn.invoke('event')).toMatchObject({ outcome: 'answer', answer: 'event', logs: expect.stringContaining('agent got INVOKE') });
    const shared = await startWith(sharing(folder));
    expect(await shared.invoke('event')).toMatchObject({ outcome: 'answer', answer: 'event', logs: expect.stringContaining('agent got INVOKE') });
  });
});

describeWithEmulator('a file beside the extensions', () => {
  const README: BadFile = { name: 'README.md', content: '# Agent\n', mode: 0o644 };

  test('stops the function', async () => {
    const { outcome, emulatorLog } = await invoke(folderWith(README));
    expect(outcome).toBe('init error');
    expect(emulatorLog).toContain('fork/exec /opt/extensions/README.md: permission denied');
  });

  test('does not get past the synth', () => {
    const folder = folderWith(README);
    expect(refusal((stack) => new ExtensionLayer(stack, 'Ours', {
      extensions: [ExtensionCode.script(LISTENER.python)], content: [LayerContent.files(folder)],
    }))).toContain('[ExtensionStray]');
    expect(refusal(sharing(folder))).toContain('[ExtensionShebang]');
    expect(toldOfTheirs(folder)).toEqual(['warning ExtensionStray']);
  });

  test('does neither when it lies in a folder, of which Lambda starts nothing', async () => {
    const folder = here.folder({ 'agent/README.md': '# Agent\n' });
    const layerOf = (stack: Stack): ExtensionLayer => new ExtensionLayer(stack, 'Ours', {
      extensions: [ExtensionCode.script(LISTENER.python)], content: [LayerContent.files(folder, { destination: 'extensions' })],
    });
    expect(await (await startWith(layerOf)).invoke('event')).toMatchObject({ outcome: 'answer', answer: 'event' });
  });
});

describeWithEmulator('a link in extensions', () => {
  test('starts what it leads to, under its own name', async () => {
    const folder = here.folder({ 'bin/agent': PYTHON_LISTENER });
    fs.mkdirSync(path.join(folder, 'extensions'));
    fs.symlinkSync('../bin/agent', path.join(folder, 'extensions', 'other'));
    const { outcome, logs } = await invoke(folder);
    expect(outcome).toBe('answer');
    expect(logs).toContain('other got INVOKE');
    const fn = await startWith(sharing(folder));
    expect(await fn.invoke('event')).toMatchObject({ outcome: 'answer', answer: 'event', logs: expect.stringContaining('other got INVOKE') });
    expect(toldOfTheirs(folder)).toEqual([]);
  });

  test('that leads nowhere stops the function, and does not get past the synth', async () => {
    const folder = here.folder({});
    fs.mkdirSync(path.join(folder, 'extensions'));
    fs.symlinkSync('../bin/agent', path.join(folder, 'extensions', 'agent'));
    const { outcome, emulatorLog } = await invoke(folder);
    expect(outcome).toBe('init error');
    expect(emulatorLog).toContain(NO_SUCH_FILE);
    expect(refusal(sharing(folder))).toContain('link');
  });
});
