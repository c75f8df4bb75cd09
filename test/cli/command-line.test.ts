import * as fs from 'node:fs';
import * as path from 'node:path';
import { Sandbox } from '../support/sandbox';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => sandbox.remove());

/** Writes an app with one layer of what `libs` holds, and returns the command that runs it. */
function writeApp(): string[] {
  const file = sandbox.write(
    'app.js',
    `
    const { App, Stack } = require(${JSON.stringify(require.resolve('aws-cdk-lib'))});
    const { Runtime } = require(${JSON.stringify(require.resolve('aws-cdk-lib/aws-lambda'))});
    const { SharedDependencyLayer, LayerContent } = require(${JSON.stringify(path.join(__dirname, '../../lib'))});
    const app = new App();
    const compatibleRuntimes = [Runtime.PYTHON_3_12, Runtime.PYTHON_3_13];
    new SharedDependencyLayer(new Stack(app, 'App'), 'Libs', { content: [LayerContent.python('libs')], compatibleRuntimes });
    app.synth();
  `,
  );
  return [process.execPath, file];
}

test('--help and the exit codes of a wrong command line', async () => {
  expect(await sandbox.cli(['--help'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: cdk-lambda-layers/), stderr: '' });
  for (const [args, said] of [
    [[], 'no command'],
    [['publish'], 'unknown command: publish'],
    [['build', 'now'], 'unexpected: now'],
    [['--colour'], 'colour'],
    [['inspect'], 'inspect takes one folder'],
    [['cache', 'burn'], 'cache takes path, verify or prune'],
    [['build'], 'no app command after --'],
    [['build', '--', 'no-such-program'], 'cannot be started'],
  ] as const) {
    const run = await sandbox.cli(args);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(said);
    expect(run.stderr).toContain('Usage: cdk-lambda-layers');
  }
});

test('lock writes the locks that an app lacks, for all its targets, and nothing else', async () => {
  sandbox.write('libs/requirements.txt', 'six<1.17\n');
  const app = writeApp();
  const lock = sandbox.path('app/libs/cdk-lambda-layers.lock.json');
  const run = await sandbox.cli(['lock', '--json', '--', ...app]);
  expect(JSON.parse(run.stdout)).toEqual({ written: [lock], faults: [] });
  const [entry] = Object.values((JSON.parse(fs.readFileSync(lock, 'utf8')) as { entries: Record<string, { targets: object }> }).entries);
  expect(Object.keys(entry.targets)).toEqual(['python3.12-x86_64', 'python3.13-x86_64']);
  expect(await sandbox.cli(['lock', '--', ...app])).toMatchObject({ code: 0, stdout: 'every layer has its lock\n' });
  expect(fs.existsSync(sandbox.path('app/cdk.out'))).toBe(false);
});

test('the app of cdk.json is run when none is given', async () => {
  sandbox.write('libs/requirements.txt', 'six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n');
  sandbox.write('cdk.json', JSON.stringify({ app: writeApp().join(' ') }));
  expect(await sandbox.cli(['build'])).toMatchObject({ code: 0, stdout: '1 layers: 1 built, 0 cached, 0 failed\n' });
});

test('fails with exit code 1 and the layer in front when a layer cannot be built, or the app itself fails', async () => {
  sandbox.write('libs/requirements.txt', 'this-package-does-not-exist-at-all==1.0\n');
  const run = await sandbox.cli(['build', '--', ...writeApp()]);
  expect(run).toMatchObject({ code: 1, stdout: '1 layers: 0 built, 0 cached, 1 failed\n' });
  expect(run.stderr).toMatch(/^App\/Libs: .*this-package-does-not-exist-at-all/m);

  const broken = await sandbox.cli(['build', '--', process.execPath, '-e', 'console.error("my own mistake"); process.exit(3)']);
  expect(broken).toMatchObject({ code: 1 });
  expect(broken.stderr).toContain('my own mistake');
});

test('inspect tells what is in a folder, an archive and a template', async () => {
  sandbox.write('libs/requirements.txt', 'six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n');
  const outdir = sandbox.path('out');
  await sandbox.synth(({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
    new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.python('libs')], compatibleRuntimes: [Runtime.PYTHON_3_13] });
  });
  const archive = fs.readdirSync(outdir).find((name) => name.endsWith('.zip'))!;

  const ofTemplate = JSON.parse((await sandbox.cli(['inspect', '--json', path.join(outdir, 'App.template.json')])).stdout) as { digest: string };
  const ofArchive = JSON.parse((await sandbox.cli(['inspect', '--json', path.join(outdir, archive)])).stdout) as { digest: string };
  expect(ofArchive.digest).toBe(ofTemplate.digest);

  const text = await sandbox.cli(['inspect', path.join(outdir, 'App.template.json')]);
  expect(text.stdout).toMatch(/six 1\.17\.0: \d+ bytes, MIT/);
  expect((await sandbox.cli(['inspect', sandbox.path('app/libs')])).stdout).toContain('1 files');
  expect(await sandbox.cli(['inspect', sandbox.path('nowhere')])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(sandbox.path('nowhere')),
  });
  expect(await sandbox.cli(['inspect', sandbox.write('bad.json', '{')])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the template cannot be read'),
  });
});

test('cache says where it is, and verify finds and removes what was changed behind its back', async () => {
  expect(await sandbox.cli(['cache', 'path'])).toMatchObject({ code: 0, stdout: `${sandbox.path('cache')}\n` });
  sandbox.write('libs/requirements.txt', 'six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n');
  await sandbox.cli(['build', '--', ...writeApp()]);
  expect(await sandbox.cli(['cache', 'verify'])).toMatchObject({ code: 0, stdout: '1 entries are sound, 0 were damaged and are removed\n' });
  const [archive] = (fs.readdirSync(sandbox.path('cache/layers'), { recursive: true }) as string[]).filter((name) => name.endsWith('layer.zip'));
  const file = sandbox.path('cache/layers', archive);
  const { atime, mtime } = fs.statSync(file);
  const bytes = fs.readFileSync(file);
  bytes[40] ^= 1;
  fs.writeFileSync(file, bytes);
  fs.utimesSync(file, atime, mtime);
  expect(await sandbox.cli(['cache', 'verify'])).toMatchObject({ code: 1, stdout: '0 entries are sound, 1 were damaged and are removed\n' });
});
