import * as fs from 'node:fs';
import * as path from 'node:path';
import { Sandbox, type AppBody, type SynthOptions } from '../support/sandbox';

const LOCK = fs.readFileSync(path.join(__dirname, '../../examples/url-shortener/layers/url-shortener/requirements.txt'));

const sandboxes: Sandbox[] = [];

afterAll(() => sandboxes.forEach((sandbox) => sandbox.remove()));

const build: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
  const layer = new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.python('libs', { sourceBuilds: ['pyshorteners'] }), LayerContent.files('files')],
    compatibleRuntimes: [Runtime.PYTHON_3_13],
  });
  return layer.manifest;
};

/** A machine that differs from the next one in all that must not matter. */
async function buildOn(options: SynthOptions & { readonly umask?: number; readonly prepare?: (sandbox: Sandbox) => void }) {
  const sandbox = await Sandbox.create();
  sandboxes.push(sandbox);
  const before = process.umask(options.umask ?? 0o022);
  try {
    sandbox.write('libs/requirements.txt', LOCK);
    sandbox.write('files/bin/tool', '#!/bin/sh\necho hello\n');
    sandbox.write('files/ünïcode.txt', 'text');
    options.prepare?.(sandbox);
    const run = await sandbox.synth(build, options);
    expect(run.message).toBeUndefined();
    const archive = fs.readdirSync(sandbox.path('out')).find((name) => name.endsWith('.zip'))!;
    const { digest, files } = run.result as { digest: string; files: unknown[] };
    return { digest, files, archive, bytes: fs.readFileSync(sandbox.path('out', archive)), stderr: run.stderr };
  } finally {
    process.umask(before);
  }
}

test('the same archive from two folders, umasks, locales, time zones, file times and modes, and the three ways to get uv', async () => {
  const first = await buildOn({ umask: 0o022, env: { LANG: 'C', TZ: 'UTC' } });
  const second = await buildOn({
    umask: 0o077,
    env: { LANG: 'de_DE.UTF-8', LC_ALL: 'tr_TR.UTF-8', TZ: 'Pacific/Kiritimati', PYTHONHASHSEED: '7' },
    prepare: (sandbox) => {
      fs.chmodSync(sandbox.path('app/files/bin/tool'), 0o600);
      fs.utimesSync(sandbox.path('app/files/bin/tool'), 1, 1);
    },
  });
  expect(second.files).toEqual(first.files);
  expect(second.archive).toBe(first.archive);
  expect(second.bytes.equals(first.bytes)).toBe(true);

  const python = pythonAlone();
  const pinned = await buildOn({ prepare: (sandbox) => fs.rmSync(sandbox.path('bin/uv')), env: { PATH: python.path } });
  expect(pinned.stderr).toContain('with uv');
  expect(pinned.bytes.equals(first.bytes)).toBe(true);

  const asModule = await buildOn({
    prepare: (sandbox) => {
      const uv = sandbox.takeTool('uv', 'uv-of-the-module');
      sandbox.tool('python3', `if [ "$1 $2" = "-m uv" ]; then shift 2; exec ${uv} "$@"; fi\nexec '${python.executable}' "$@"`);
    },
  });
  expect(asModule.bytes.equals(first.bytes)).toBe(true);
});

/** A path with a Python and no uv. */
function pythonAlone(): { path: string; executable: string } {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '' && !fs.existsSync(path.join(folder, 'uv')));
  const executable = folders.map((folder) => path.join(folder, 'python3')).find((file) => fs.existsSync(file));
  if (executable === undefined) {
    throw new Error('this test needs a python3 on the path, in a folder without uv');
  }
  return { path: folders.join(path.delimiter), executable };
}
