import * as fs from 'node:fs';
import * as path from 'node:path';
import { Sandbox, type AppBody } from '../support/sandbox';

const LOCK = 'six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  sandbox.write('libs/requirements.txt', LOCK);
});

afterEach(() => sandbox.remove());

const libs: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) =>
  new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.python('libs')],
    compatibleRuntimes: [Runtime.PYTHON_3_13],
  }).manifest.digest;

/** An app whose every attempt to start a process is an error. */
const withoutProcesses: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
  const processes = process.getBuiltinModule('node:child_process') as unknown as Record<string, unknown>;
  for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
    processes[name] = () => {
      throw new Error(`${name} was called`);
    };
  }
  return new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.python('libs')],
    compatibleRuntimes: [Runtime.PYTHON_3_13],
  }).manifest.digest;
};

test('what is cached starts no process, asks no network, prints nothing, and needs no output folder', async () => {
  const cold = await sandbox.synth(libs);
  expect(cold.stderr).toMatch(/^App\/Libs: built, 1 package, [\d,]+ bytes unzipped in/m);
  fs.rmSync(sandbox.path('out'), { recursive: true });
  const warm = await sandbox.synth(withoutProcesses, { env: { HTTPS_PROXY: 'http://127.0.0.1:9', UV_CACHE_DIR: sandbox.path('empty') } });
  expect(warm).toMatchObject({ code: 0, result: cold.result, stderr: '' });
});

test('OFFLINE takes the cache, and fails with the command that fills it', async () => {
  const offline = { env: { CDK_LAMBDA_LAYERS_BUNDLING: 'offline' } };
  const [fault] = await sandbox.fail(libs, offline);
  expect(fault).toMatchObject({ place: 'App/Libs', what: 'the layer is not in the cache' });
  expect(fault.do).toContain('npx cdk-lambda-layers build');
  const built = await sandbox.synth(libs);
  expect(await sandbox.synth(libs, offline)).toMatchObject({ result: built.result, stderr: '' });
});

test('a comment, another folder and another index change no key; another version does', async () => {
  await sandbox.synth(libs);
  sandbox.write('libs/requirements.txt', `# a comment\n${LOCK}`);
  fs.cpSync(sandbox.path('app/libs'), sandbox.path('app/elsewhere'), { recursive: true });
  const other = await sandbox.synth(({ stack, SharedDependencyLayer, LayerContent, Runtime, PackageIndex }) => {
    new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.python('elsewhere')],
      compatibleRuntimes: [Runtime.PYTHON_3_13],
      bundling: { indexes: [PackageIndex.url('acme', 'https://pypi.acme.example/simple')] },
    });
  });
  expect(other).toMatchObject({ code: 0, stderr: '' });
  expect(entries()).toHaveLength(1);

  sandbox.write('libs/requirements.txt', 'six==1.16.0 --hash=sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254\n');
  await sandbox.synth(libs);
  expect(entries()).toHaveLength(2);
});

test("the command line builds an app's layers side by side into the cache, and says how many", async () => {
  const app = sandbox.write(
    'app.js',
    `
    const { App, Stack } = require(${JSON.stringify(require.resolve('aws-cdk-lib'))});
    const { Runtime } = require(${JSON.stringify(require.resolve('aws-cdk-lib/aws-lambda'))});
    const { SharedDependencyLayer, LayerContent } = require(${JSON.stringify(path.join(__dirname, '../../lib'))});
    const stack = new Stack(new App(), 'App');
    for (const name of ['libs', 'files']) {
      const content = [name === 'libs' ? LayerContent.python('libs') : LayerContent.files('libs')];
      new SharedDependencyLayer(stack, name, { content, compatibleRuntimes: [Runtime.PYTHON_3_13] });
    }
  `,
  );
  expect(await sandbox.cli(['build', '--', process.execPath, app])).toMatchObject({ code: 0, stdout: '2 layers: 2 built, 0 cached, 0 failed\n' });
  expect(await sandbox.cli(['build', '--', process.execPath, app])).toMatchObject({ code: 0, stdout: '2 layers: 0 built, 2 cached, 0 failed\n' });
  expect(fs.existsSync(sandbox.path('app/cdk.out'))).toBe(false);
});

function entries(): string[] {
  const layers = sandbox.path('cache/layers');
  return fs.readdirSync(layers).flatMap((group) => fs.readdirSync(path.join(layers, group)));
}
