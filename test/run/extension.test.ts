import * as fs from 'node:fs';
import * as path from 'node:path';
import { Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { alias, compileListener, hasGo, linesOf, LISTENER, PROGRAM_HERE } from './support/listeners';
import type { RunningFunction } from './support/start-function';
import { TestApp } from './support/test-app';
import { pythonRuntimes } from './support/tools';
import { Workshop, type Files } from './support/workshop';
import { ExtensionCode, ExtensionLayer, LayerContent, type ExtensionLayerProps } from '../../lib';

const [runtime] = pythonRuntimes();
const describeWithEmulator = runtime === undefined || !hasGo() ? describe.skip : describe;

const INVOKED_TWICE = ['registered', 'got INVOKE', 'got INVOKE', 'got SHUTDOWN SandboxTerminated'];
const NOT_TOLD_OF_EVENTS = ['registered', 'got SHUTDOWN SandboxTerminated'];

// There the emulator starts processes as another user, which root alone may do.
const describeAsRoot = runtime !== undefined && process.getuid?.() === 0 ? describe : describe.skip;

let here: Workshop;

beforeEach(() => {
  here = new Workshop();
});

afterEach(async () => here.close());

/** Starts a function with a layer, invokes it twice and stops it. */
async function run(props: ExtensionLayerProps, code?: Files): Promise<{ answers: unknown[]; fn: RunningFunction }> {
  const app = new TestApp(here);
  new ExtensionLayer(app.stack, 'Ours', props).attachTo(app.newFunction(runtime, 'Orders', code && here.folder(code)));
  const fn = await app.start();
  const answers = [];
  for (const event of [{ name: 'Ada' }, 2]) {
    const { outcome, answer } = await fn.invoke(event);
    expect(outcome).toBe('answer');
    answers.push(answer);
  }
  await fn.stop();
  return { answers, fn };
}

function compiled(): string {
  return compileListener(path.join(here.folder({}), 'agent'));
}

describeWithEmulator('a function with an extension layer, as CDK would upload them', () => {
  test.each<[string, () => ExtensionCode]>([
    ['a script', () => ExtensionCode.script(LISTENER.python, { name: 'agent' })],
    ['a program', () => ExtensionCode.binary({ [PROGRAM_HERE]: compiled() })],
    ['a Go module', () => ExtensionCode.goModule(LISTENER.go, { name: 'agent' })],
  ])('answers, and %s hears of its events and its end', async (_what, extension) => {
    const { answers, fn } = await run({ extensions: [extension()] });
    expect(answers).toEqual([{ name: 'Ada' }, 2]);
    expect(linesOf('agent', fn.logs)).toEqual(INVOKED_TWICE);
  });

  test('has several extensions in one layer, each with its own files and events, and the environment of the layer', async () => {
    const folders = { first: here.folder({ 'greeting.txt': 'first\n' }), second: here.folder({ 'greeting.txt': 'second\n' }) };
    const { fn } = await run({
      extensions: [
        ExtensionCode.script(LISTENER.python, { name: 'first.py', supportFiles: folders.first }),
        ExtensionCode.goModule(LISTENER.go, { name: 'second', supportFiles: folders.second }),
        ExtensionCode.script(LISTENER.python, { name: 'quiet' }),
      ],
      environment: { LISTENER: 'high' },
    });
    expect(Object.fromEntries(['first.py', 'second', 'quiet'].map((name) => [name, linesOf(name, fn.logs)]))).toEqual({
      'first.py': ['reads first', 'finds LISTENER high', ...INVOKED_TWICE],
      'second': ['reads second', 'finds LISTENER high', ...INVOKED_TWICE],
      'quiet': ['finds LISTENER high', ...NOT_TOLD_OF_EVENTS],
    });
  });

  test('has an extension with libraries, its own and those that the function imports', async () => {
    const requirements = here.folder({
      'requirements.txt': 'six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n',
    });
    // Lambda's PYTHONPATH does not name the layers: the runtime finds them in another way.
    const importing = 'import sys\nsys.path.insert(0, "/opt/python")\nimport six\nprint("agent imports six", six.__version__, flush=True)\n';
    const listener = fs.readFileSync(LISTENER.python, 'utf8').replace(/^import http/m, `${importing}$&`);
    const { answers, fn } = await run({
      extensions: [ExtensionCode.script(path.join(here.folder({ 'extensions/agent': listener }), 'extensions/agent'))],
      content: [
        LayerContent.python(requirements),
        LayerContent.files(here.folder({ 'greet.py': 'def say(name):\n    return f"hello {name}"\n' }), { destination: 'python' }),
      ],
      compatibleRuntimes: [new Runtime(runtime, RuntimeFamily.PYTHON)],
    }, { 'index.py': 'import greet, six\ndef handler(event, context):\n    return [greet.say("Ada"), six.__version__]\n' });
    expect(answers).toEqual([['hello Ada', '1.17.0'], ['hello Ada', '1.17.0']]);
    expect(linesOf('agent', fn.logs)).toEqual(['imports six 1.17.0', ...INVOKED_TWICE]);
  });

  test('is started by the wrapper of the layer, beside an extension', async () => {
    const wrapper = path.join(here.folder({ wrap: '#!/bin/sh\nexport WRAPPED="$1"\nexec "$@"\n' }), 'wrap');
    const { answers, fn } = await run({ extensions: [ExtensionCode.script(LISTENER.python, { name: 'agent' })], execWrapper: wrapper },
      { 'index.py': 'import os\ndef handler(event, context):\n    return os.environ["WRAPPED"]\n' });
    expect(answers).toEqual([`/var/lang/bin/${runtime}`, `/var/lang/bin/${runtime}`]);
    expect(linesOf('agent', fn.logs)).toEqual(INVOKED_TWICE);
  });

  test('is started by the wrapper of a layer without extensions', async () => {
    const wrapper = path.join(here.folder({ wrap: '#!/bin/sh\nexport WRAPPED=yes\nexec "$@"\n' }), 'wrap');
    const { answers } = await run({ execWrapper: wrapper },
      { 'index.py': 'import os\ndef handler(event, context):\n    return os.environ["WRAPPED"]\n' });
    expect(answers).toEqual(['yes', 'yes']);
  });

  test.each(['link', 'launcher'] as const)('has one program under several names, by a %s', async (type) => {
    const { fn } = await run({
      extensions: [ExtensionCode.goModule(LISTENER.go, { name: 'agent' }), alias('other', 'agent', type), alias('quiet', 'agent', type)],
    });
    expect(['agent', 'other', 'quiet'].map((name) => linesOf(name, fn.logs))).toEqual([INVOKED_TWICE, INVOKED_TWICE, NOT_TOLD_OF_EVENTS]);
  });

  test('tells its extensions why it ends', async () => {
    const app = new TestApp(here);
    const fn = app.newFunction(runtime, 'Orders', here.folder({ 'index.py': 'import time\ndef handler(event, context):\n    time.sleep(event)\n' }));
    new ExtensionLayer(app.stack, 'Ours', { extensions: [ExtensionCode.script(LISTENER.python, { name: 'agent' })] }).attachTo(fn);
    const running = await app.start('Orders', { timeoutSeconds: 3 });
    expect((await running.invoke(0)).outcome).toBe('answer');
    expect((await running.invoke(60)).outcome).toBe('timeout');
    await running.stop();
    expect(linesOf('agent', running.logs)).toEqual(['registered', 'got INVOKE', 'got INVOKE', 'got SHUTDOWN Timeout']);
  });
});

describeAsRoot('a function of a managed instance', () => {
  async function startWith(name: string): Promise<RunningFunction> {
    const app = new TestApp(here);
    new ExtensionLayer(app.stack, 'Ours', { extensions: [ExtensionCode.script(LISTENER.python, { name })] }).attachTo(app.newFunction(runtime));
    return app.start('Orders', { maxConcurrency: 2 });
  }

  test('answers beside an extension that wants to hear of the end alone', async () => {
    const fn = await startWith('quiet');
    expect(await fn.invoke('event')).toMatchObject({ outcome: 'answer', answer: 'event' });
    await fn.stop();
    expect(linesOf('quiet', fn.logs)).toEqual(['registered', 'got SHUTDOWN spindown']);
  });

  test('fails to start with an extension that wants to hear of events', async () => {
    const fn = await startWith('agent');
    const { outcome, logs } = await fn.invoke('event');
    expect(outcome).toBe('init error');
    expect(linesOf('agent', logs)).toEqual([expect.stringMatching(/^is refused: .*INVOKE/)]);
  });
});
