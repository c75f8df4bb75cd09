import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { RunningFunction } from './support/start-function';
import { pythonRuntimes } from './support/tools';
import { Workshop, type Files } from './support/workshop';
import { writeZip } from '../../lib/archive/write-zip';
import type { OptEntry } from '../../lib/inspect/opt-tree';

const runtimes = pythonRuntimes();
const runtime = runtimes[0] ?? 'python3.11';
const describeWithEmulator = runtimes.length > 0 ? describe : describe.skip;

let here: Workshop;

beforeEach(() => {
  here = new Workshop();
});

afterEach(async () => here.close());

interface Wanted {
  readonly layers?: readonly (Files | string)[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  readonly runtime?: string;
}

/** Starts a function whose handler is the text. */
async function start(handler: string, wanted: Wanted = {}): Promise<RunningFunction> {
  const layers = (wanted.layers ?? []).map((layer) => typeof layer === 'string' ? layer : here.folder(layer));
  return here.start({ runtime, ...wanted, handler: 'index.handler', code: here.folder({ 'index.py': handler }), layers });
}

/** An archive with one file and one link. */
async function archive(file: string, mode: 0o644 | 0o755, content: string, link: string, target: string): Promise<string> {
  const folder = here.folder({ content });
  const zip = path.join(folder, 'layer.zip');
  const entries: OptEntry[] = [
    { kind: 'file', path: file, mode, source: path.join(folder, 'content') },
    { kind: 'link', path: link, target },
  ];
  await writeZip(entries, zip);
  return zip;
}

/** A handler that leaves a process behind, which has a text on its command line. */
function leavingBehind(mark: string): string {
  return `import subprocess\ndef handler(event, context):\n    subprocess.Popen(["sh", "-c", "sleep 600; : ${mark}"], start_new_session=True)\n`;
}

/** Processes of this machine whose command line holds a text. */
function processesWith(text: string): string[] {
  return fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).filter((entry) => {
    try {
      return fs.readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    expect(tries).toBeLessThan(500);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describeWithEmulator('a Python function in the emulator', () => {
  test.each(runtimes)('imports from its layer and answers, on %s', async (one) => {
    const fn = await start('import sys, greet\ndef handler(event, context):\n    return [greet.say(event["name"]), list(sys.version_info[:2])]\n', {
      runtime: one, layers: [{ 'python/greet.py': 'def say(name):\n    return f"hello {name}"\n' }],
    });
    const { outcome, answer } = await fn.invoke({ name: 'Ada' });
    expect({ outcome, answer }).toEqual({ outcome: 'answer', answer: ['hello Ada', one.slice('python'.length).split('.').map(Number)] });
    expect(fn.initMs).toBeGreaterThan(0);
  });

  test('starts once, and keeps what it knows', async () => {
    const fn = await start('seen = []\ndef handler(event, context):\n    seen.append(event)\n    return seen\n');
    expect(() => fn.initMs).toThrow('its first invocation starts it');
    await Promise.all([1, 'zwei', null].map(async (event) => fn.invoke(event)));
    expect((await fn.invoke({})).answer).toEqual([1, 'zwei', null, {}]);
  });

  test('finds modules where Lambda looks, in its order', async () => {
    const code = 'import sys, a, b, c\ndef handler(event, context):\n    return [sys.path, a.WHERE, b.WHERE, c.WHERE]\n';
    const versioned = `python/lib/${runtime}/site-packages`;
    const fn = await here.start({
      runtime, handler: 'index.handler', code: here.folder({ 'index.py': code, 'a.py': 'WHERE = "task"\n' }),
      layers: [here.folder({
        'python/a.py': 'WHERE = "layer"\n', [`${versioned}/b.py`]: 'WHERE = "site-packages of the layer"\n', 'python/b.py': 'WHERE = "layer"\n',
        [`${versioned}/more.pth`]: '/opt/python/hidden\n', 'python/hidden/c.py': 'WHERE = "by the path file"\n',
      })],
    });
    const [search, ...found] = (await fn.invoke({})).answer;
    expect(search.slice(0, 6)).toEqual([
      '/var/task', `/opt/${versioned}`, '/opt/python', `/var/lang/lib/${runtime}/site-packages`, '/var/runtime',
      expect.stringMatching(/^\/var\/lang\/lib\//),
    ]);
    expect(search.filter((folder: string) => !folder.startsWith('/var/') && !folder.startsWith('/opt/'))).toEqual([]);
    expect(found).toEqual(['task', 'site-packages of the layer', 'by the path file']);
  });

  test('sees the file of the last layer, archives and folders alike', async () => {
    const zip = await archive('python/which.py', 0o644, 'NAME = "archive"\n', 'python/also.py', 'which.py');
    const handler = 'import which, also\ndef handler(event, context):\n    return [which.NAME, also.NAME]\n';
    const folder = { 'python/which.py': 'NAME = "folder"\n' };
    const answers = [[folder, zip], [zip, folder]].map(async (layers) => (await (await start(handler, { layers })).invoke({})).answer);
    expect(await Promise.all(answers)).toEqual([['archive', 'archive'], ['folder', 'folder']]);
  });

  test('calls a program of a layer by its name, when the archive lets it', async () => {
    const handler = 'import os, subprocess\ndef handler(event, context):\n'
      + '    return [subprocess.run(["tool"], capture_output=True, text=True).stdout, oct(os.stat("/opt/python/x").st_mode & 0o777)]\n';
    const zip = await archive('bin/tool', 0o755, '#!/bin/sh\necho works\n', 'python/x', '../bin/tool');
    expect((await (await start(handler, { layers: [zip] })).invoke({})).answer).toEqual(['works\n', '0o755']);
  });

  test('has the environment that Lambda sets, the variables of the user, and nothing of this machine', async () => {
    process.env.ONLY_OF_THIS_MACHINE = 'yes';
    const fn = await start('import os\ndef handler(event, context):\n    return dict(os.environ)\n', { env: { TABLE: 'orders', TZ: 'Europe/Oslo' } });
    const { answer } = await fn.invoke({});
    delete process.env.ONLY_OF_THIS_MACHINE;
    expect(answer).toMatchObject({
      PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      LD_LIBRARY_PATH: '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
      PYTHONPATH: '/var/runtime', LAMBDA_TASK_ROOT: '/var/task', LAMBDA_RUNTIME_DIR: '/var/runtime', LANG: 'en_US.UTF-8',
      AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`, AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128', _HANDLER: 'index.handler',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand', TABLE: 'orders', TZ: 'Europe/Oslo',
    });
    // LC_CTYPE is Python's own doing, PWD the shell's.
    expect(Object.keys(answer).filter((name) => !/^(AWS|LAMBDA)_/.test(name)).sort())
      .toEqual(['LANG', 'LC_CTYPE', 'LD_LIBRARY_PATH', 'PATH', 'PWD', 'PYTHONPATH', 'TABLE', 'TZ', '_HANDLER']);
    expect(answer).not.toHaveProperty('AWS_LAMBDA_FUNCTION_TIMEOUT');
  });

  test('may write to /tmp of its own only, and sees neither home folders nor packages of this machine', async () => {
    const tries = ['/tmp/x', '/opt/x', '/var/task/x', '/var/runtime/x', '/x', '/root/x', '/etc/x'];
    const fn = await start(`import glob, os, site
def can_write(name):
    try:
        open(name, "w").close()
        return True
    except OSError:
        return False
def handler(event, context):
    site_packages = [name for folder in glob.glob("/var/lang/lib/python3*/*-packages") for name in os.listdir(folder)]
    return [[name for name in ${JSON.stringify(tries)} if can_write(name)], os.listdir("/tmp"), os.listdir("/root"), site_packages]
`);
    expect((await fn.invoke({})).answer).toEqual([['/tmp/x'], ['x'], [], []]);
  });

  test('knows its time and name from the context, and the SDK that the runtime brings', async () => {
    const fn = await start('import boto3\ndef handler(event, context):\n'
      + '    return [context.get_remaining_time_in_millis(), context.memory_limit_in_mb, boto3.__file__]\n', { timeoutSeconds: 4 });
    const [remaining, memory, sdk] = (await fn.invoke({})).answer;
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(4000);
    expect([memory, sdk]).toEqual(['128', '/var/runtime/boto3/__init__.py']);
  });

  test('is started through the wrapper of a layer, which gets the interpreter and its arguments', async () => {
    const wrapper = '#!/bin/sh\nexport WRAPPED="$*"\ninterpreter=$1\nshift\nexec "$interpreter" -X utf8=1 "$@"\n';
    const fn = await start('import os, sys\ndef handler(event, context):\n    return [os.environ["WRAPPED"], sys._xoptions]\n', {
      layers: [{ 'bin/wrapper': wrapper }], env: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/bin/wrapper' },
    });
    expect((await fn.invoke({})).answer).toEqual([`/var/lang/bin/${runtime} /var/runtime/bootstrap.py`, { utf8: '1' }]);
  });

  test('fails to start through a wrapper that is not there, or may not be executed', async () => {
    const code = 'def handler(event, context):\n    return 1\n';
    const ends = ['/opt/bin/none', '/opt/python/plain'].map(async (wrapper) => {
      const fn = await start(code, { layers: [{ 'python/plain': '#!/bin/sh\n' }], env: { AWS_LAMBDA_EXEC_WRAPPER: wrapper } });
      const { outcome, logs, emulatorLog } = await fn.invoke({});
      return [outcome, /^\/opt.*$/m.exec(logs)?.[0], /exit status \d+/.exec(emulatorLog)?.[0]];
    });
    expect(await Promise.all(ends)).toEqual([
      ['init error', '/opt/bin/none: does not exist', 'exit status 127'],
      ['init error', '/opt/python/plain: is not an executable', 'exit status 126'],
    ]);
  });

  test('tells an error of the handler from an answer that looks like one', async () => {
    const fn = await start('def handler(event, context):\n    if event["raise"]:\n        raise ValueError("no good")\n'
      + '    return {"errorType": "ValueError", "errorMessage": "no good"}\n');
    const [raised, returned] = [await fn.invoke({ raise: true }), await fn.invoke({ raise: false })];
    expect(raised).toMatchObject({ outcome: 'function error', error: { errorType: 'ValueError', errorMessage: 'no good' } });
    expect(raised.answer).toBeUndefined();
    expect(raised.logs).toContain('[ERROR] ValueError: no good');
    expect(returned).toMatchObject({ outcome: 'answer', answer: { errorType: 'ValueError', errorMessage: 'no good' } });
  });

  test('tells an error while it starts, and an import that a layer does not satisfy', async () => {
    const broken = await (await start('raise RuntimeError("bad settings")\n')).invoke({});
    expect(broken).toMatchObject({ outcome: 'init error', error: { errorType: 'RuntimeError', errorMessage: 'bad settings' } });
    const missing = await (await start('import jwt\n', { layers: [{ 'python/other.py': '' }] })).invoke({});
    expect(missing).toMatchObject({ outcome: 'init error', error: { errorType: 'Runtime.ImportModuleError' } });
    expect(missing.error?.errorMessage).toContain("No module named 'jwt'");
  });

  test('tells a timeout and a crash, and starts anew after each', async () => {
    const fn = await start('import os, time\ncalls = 0\ndef handler(event, context):\n    global calls\n    calls += 1\n'
      + '    if event == "sleep":\n        time.sleep(60)\n    if event == "exit":\n        os._exit(3)\n    return calls\n', { timeoutSeconds: 1 });
    const ends = [];
    for (const event of ['go', 'sleep', 'go', 'go', 'exit', 'go']) {
      const { outcome, answer, error } = await fn.invoke(event);
      ends.push([outcome, answer ?? error?.errorMessage.replace(/^RequestId: \S+ /, '')]);
    }
    expect(ends).toEqual([
      ['answer', 1], ['timeout', 'Task timed out after 1.00 seconds'], ['answer', 1], ['answer', 2],
      ['crash', 'Error: Runtime exited with error: exit status 3'], ['answer', 1],
    ]);
  });

  test('gives back what each invocation wrote, all of it', async () => {
    const fn = await start('import sys\nprint("starting")\ndef handler(event, context):\n'
      + '    print("x" * event)\n    print("to stderr", event, file=sys.stderr)\n');
    const [first, second] = [await fn.invoke(1), await fn.invoke(300_000)];
    const lines = (logs: string): string[] => logs.split('\n').filter((line) => line !== '' && !/^(START|END|REPORT) /.test(line));
    expect(lines(first.logs)).toEqual(['starting', 'x', 'to stderr 1']);
    expect(lines(second.logs)).toEqual(['x'.repeat(300_000), 'to stderr 300000']);
    expect(fn.logs).toBe(first.logs + second.logs);
  });

  test('runs beside others, each with its own layer', async () => {
    const functions = await Promise.all([...Array(6).keys()].map(async (number) => start(
      'import number\ndef handler(event, context):\n    return number.VALUE\n', { layers: [{ 'python/number.py': `VALUE = ${number}\n` }] },
    )));
    const answers = await Promise.all(functions.map(async (fn) => (await fn.invoke({})).answer));
    expect(answers).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('leaves no process, no mount and no folder when it is stopped, nor what it had started itself', async () => {
    const mark = `left-${process.pid}-${Date.now()}`;
    const handler = leavingBehind(mark);
    const fn = await start(handler);
    await fn.invoke({});
    const [made] = here.functionFolders;
    expect(processesWith(mark)).not.toEqual([]);
    expect(processesWith(made)).not.toEqual([]);
    await fn.stop();
    expect(processesWith(mark)).toEqual([]);
    expect(processesWith(made)).toEqual([]);
    expect(here.functionFolders).toEqual([]);
    expect(fs.readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(made);
  });

  test('dies with the process that started it, however that ends', async () => {
    const mark = `orphan-${process.pid}-${Date.now()}`;
    const code = here.folder({ 'index.py': leavingBehind(mark) });
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, 'support/hold-function.ts'), runtime, code], {
      env: { ...process.env, TMPDIR: here.folder({}) }, stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(processesWith(mark)).not.toEqual([]);
    child.kill('SIGKILL');
    await until(() => processesWith(mark).length === 0);
  });

  test('fails with a variable that Lambda refuses, with a runtime that is not there, and with a layer that is none', async () => {
    const code = 'def handler(event, context):\n    return 1\n';
    await expect(start(code, { env: { AWS_REGION: 'eu-north-1' } })).rejects.toThrow(/refuses these environment variables, .*: AWS_REGION$/);
    await expect(start(code, { runtime: 'python2.7' })).rejects.toThrow('the runtime python2.7 was not fetched');
    await expect(start(code, { layers: [path.join(here.folder({ 'layer.zip': 'no archive' }), 'layer.zip')] })).rejects.toThrow(/layer\.zip/);
    expect(here.functionFolders).toEqual([]);
  });
});
