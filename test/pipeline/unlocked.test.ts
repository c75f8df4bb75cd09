import * as fs from 'node:fs';
import { Sandbox, type AppBody } from '../support/sandbox';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => sandbox.remove());

const LOCK = 'app/libs/cdk-lambda-layers.lock.json';

const libs: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) =>
  new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.python('libs')],
    compatibleRuntimes: [Runtime.PYTHON_3_13],
  }).manifest.packages.map((one) => `${one.name} ${one.version}`);

const frozen = { context: { 'cdk-lambda-layers:frozen': true } };

test('requirements without hashes are locked once, with one line that asks to commit the file', async () => {
  sandbox.write('libs/requirements.txt', 'six<1.17\n');
  const first = await sandbox.synth(libs);
  expect(first.result).toEqual(['six 1.16.0']);
  expect(first.stderr.match(/commit this file/g)).toHaveLength(1);
  const lock = fs.readFileSync(sandbox.path(LOCK), 'utf8');
  expect(lock).toContain('"sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254"');

  const second = await sandbox.synth(libs, frozen);
  expect(second).toMatchObject({ result: ['six 1.16.0'], stderr: '' });
  expect(fs.readFileSync(sandbox.path(LOCK), 'utf8')).toBe(lock);
});

test('changed requirements are locked anew, and the old lock goes', async () => {
  sandbox.write('libs/requirements.txt', 'six<1.17\n');
  await sandbox.synth(libs);
  sandbox.write('libs/requirements.txt', 'six==1.15.0\n');
  expect((await sandbox.synth(libs)).result).toEqual(['six 1.15.0']);
  expect(fs.readFileSync(sandbox.path(LOCK), 'utf8')).not.toContain('1.16.0');
});

test('fails with a stale or missing lock in CI, and names the command', async () => {
  sandbox.write('libs/requirements.txt', 'six<1.17\n');
  for (const options of [frozen, { env: { CI: 'true' } }]) {
    const [fault] = await sandbox.fail(libs, options);
    expect(fault).toMatchObject({ place: 'App/Libs', what: 'the requirements have no lock for every target' });
    expect(fault.got).toContain(sandbox.path(LOCK));
    expect(fault.do).toContain('npx cdk-lambda-layers lock');
  }
  await sandbox.synth(libs);
  sandbox.write('libs/requirements.txt', 'six==1.15.0\n');
  expect((await sandbox.synth(libs, frozen)).message).toContain('the lock is of other requirements');
});

test('an older version is explained when only it has a wheel for the runtime', async () => {
  sandbox.write('libs/requirements.txt', 'numpy\n');
  const run = await sandbox.synth(({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
    new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.python('libs')], compatibleRuntimes: [Runtime.PYTHON_3_11] });
  });
  expect(run.message).toBeUndefined();
  expect(run.stderr).toMatch(/numpy \S+ instead of \S+, which has no wheel for python3.11 on x86_64 \(glibc 2.26\)/);
});

test('releases that are too young are not taken', async () => {
  sandbox.write('libs/requirements.txt', 'six\n');
  // six 1.17.0 came out on 2024-12-04.
  const days = Math.ceil((Date.now() - Date.parse('2024-12-01')) / (24 * 60 * 60 * 1000));
  const run = await sandbox.synth(libs, { context: { 'cdk-lambda-layers:excludeNewer': days } });
  expect(run).toMatchObject({ result: ['six 1.16.0'] });
});

test('fails for a package of which no version has a wheel, and names sourceBuilds', async () => {
  sandbox.write('libs/requirements.txt', 'pyshorteners\n');
  const [fault] = await sandbox.fail(libs);
  expect(fault).toMatchObject({ place: 'App/Libs', what: 'pyshorteners ships no wheel and is not named for a source build' });
  expect(fault.do).toContain('`sourceBuilds`');
});
