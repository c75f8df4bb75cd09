import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Sandbox, type AppBody, type SynthOptions } from '../support/sandbox';

const FIXTURES = path.resolve(__dirname, '../fixtures/node-locks');
const SIX = 'six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n';

interface Manifest {
  digest: string;
  unzippedBytes: number;
  bytesBeforeSlimming: number;
  runtimes: string[];
  architecture?: string;
  packages: { name: string; version: string; license?: string; bytes: number; hasNativeCode: boolean }[];
  nativeFiles: { path: string; machine: string }[];
  savings: { rule: string; files: number }[];
  files: { path: string; packageVersion?: string }[];
}

const sandboxes: Sandbox[] = [];

afterEach(() => sandboxes.splice(0).forEach((sandbox) => sandbox.remove()));

async function sandboxWith(...fixtures: string[]): Promise<Sandbox> {
  const sandbox = await Sandbox.create();
  sandboxes.push(sandbox);
  fixtures.forEach((name) => fs.cpSync(path.join(FIXTURES, name), sandbox.path('app', name), { recursive: true }));
  return sandbox;
}

async function manifestOf(sandbox: Sandbox, body: AppBody, options?: SynthOptions): Promise<Manifest & { stderr: string }> {
  const run = await sandbox.synth(body, options);
  expect(run.message).toBeUndefined();
  return { ...run.result as Manifest, stderr: run.stderr };
}

function archiveIn(sandbox: Sandbox): string {
  return sandbox.path('out', fs.readdirSync(sandbox.path('out')).find((name) => name.endsWith('.zip'))!);
}

/** The layer as Lambda would have it at /opt. */
function unpack(sandbox: Sandbox): string {
  execFileSync('python3', ['-m', 'zipfile', '-e', archiveIn(sandbox), sandbox.path('opt')]);
  return sandbox.path('opt/nodejs/node_modules');
}

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim();
}

const jose: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
  const slim = JSON.parse(process.env.SLIM ?? '{}') as object;
  const compatibleRuntimes = [Runtime.NODEJS_22_X, Runtime.NODEJS_24_X];
  return new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.nodejs('jose')], compatibleRuntimes, slim }).manifest;
};

describe('jose', () => {
  test('works from the unpacked layer by require and by import, and the manifest tells what it is', async () => {
    const sandbox = await sandboxWith('jose');
    const manifest = await manifestOf(sandbox, jose);
    const bytes = manifest.unzippedBytes;
    expect(manifest.packages).toEqual([{ name: 'jose', version: '6.2.18', license: 'MIT', bytes, hasNativeCode: false, sourceBuild: false }]);
    expect(manifest.architecture).toBeUndefined();
    expect(manifest.runtimes).toEqual(['nodejs22.x', 'nodejs24.x']);
    expect(manifest.files.every((file) => file.packageVersion === 'jose 6.2.18')).toBe(true);
    expect(manifest.bytesBeforeSlimming).toBeGreaterThan(bytes);
    expect(manifest.files.map((file) => file.path)).toContain('nodejs/node_modules/jose/LICENSE.md');

    const modules = unpack(sandbox);
    const sign = 'new jose.SignJWT({ ok: 1 }).setProtectedHeader({ alg: "HS256" }).sign(Buffer.alloc(32))';
    const use = `${sign}.then((token) => console.log(token.split(".").length))`;
    const entry = path.join(modules, 'jose/dist/webapi/index.js');
    expect(node('--input-type=module', '-e', `import * as jose from ${JSON.stringify(entry)}; await ${use}`)).toBe('3');
    const required = `require(${JSON.stringify(path.join(modules, 'jose'))})`;
    expect(node('--experimental-require-module', '--no-warnings', '-e', `const jose = ${required}; ${use}`)).toBe('3');
  });

  test.each<[string, RegExp]>([
    ['typeStubs', /\.d\.ts$/], ['documentation', /\/README\.md$/], ['installerFiles', /node_modules\/\.package-lock\.json$/],
  ])('is slimmed by %s, unless that is switched off', async (rule, removed) => {
    const sandbox = await sandboxWith('jose');
    const on = await manifestOf(sandbox, jose);
    const off = await manifestOf(sandbox, jose, { env: { SLIM: JSON.stringify({ [rule]: false }) } });
    expect(on.files.filter((file) => removed.test(file.path))).toEqual([]);
    expect(off.files.filter((file) => removed.test(file.path))).not.toEqual([]);
    expect(on.savings.find((saving) => saving.rule === rule)?.files).toBe(off.files.length - on.files.length);
    expect(off.savings.find((saving) => saving.rule === rule)).toBeUndefined();
  });

  test('has the same bytes from another folder, umask, locale and time, with npm\'s list too, whatever the registry', async () => {
    const archives: Buffer[] = [];
    const machines = [
      { umask: 0o022, env: {}, fields: {} },
      { umask: 0o077, env: { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8' }, fields: { name: 'other', version: '9.9.9' } },
    ];
    for (const { umask, env, fields } of machines) {
      const sandbox = await sandboxWith('jose');
      const file = sandbox.path('app/jose/package.json');
      fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')) as object, ...fields }));
      const before = process.umask(umask);
      try {
        await manifestOf(sandbox, jose, { env: { ...env, SLIM: '{"installerFiles":false}' } });
      } finally {
        process.umask(before);
      }
      archives.push(fs.readFileSync(archiveIn(sandbox)));
    }
    expect(archives[0].equals(archives[1])).toBe(true);
  });

  test('is cached: no process, no word; another runtime is another manifest', async () => {
    const sandbox = await sandboxWith('jose');
    const cold = await manifestOf(sandbox, jose);
    expect(cold.stderr).toMatch(/^App\/Libs: built, 1 package, /m);
    const warm = await manifestOf(sandbox, ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
      const processes = process.getBuiltinModule('node:child_process') as unknown as Record<string, unknown>;
      for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
        processes[name] = () => {
          throw new Error(`${name} was called`);
        };
      }
      const compatibleRuntimes = [Runtime.NODEJS_22_X, Runtime.NODEJS_24_X];
      return new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.nodejs('jose')], compatibleRuntimes }).manifest;
    });
    expect([warm.digest, warm.stderr]).toEqual([cold.digest, '']);
    const other = await manifestOf(sandbox, ({ stack, SharedDependencyLayer, LayerContent, Runtime }) =>
      new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.nodejs('jose')], compatibleRuntimes: [Runtime.NODEJS_20_X] }).manifest);
    expect([other.digest, other.runtimes]).toEqual([cold.digest, ['nodejs20.x']]);
  });

  test('OFFLINE takes the cache or fails, frozen needs nothing more than the lock, STUB only looks whether the files are there', async () => {
    const sandbox = await sandboxWith('jose');
    const offline = { env: { CDK_LAMBDA_LAYERS_BUNDLING: 'offline' } };
    expect((await sandbox.fail(jose, offline))[0].what).toBe('the layer is not in the cache');
    const built = await manifestOf(sandbox, jose, { env: { CI: 'true' } });
    expect((await manifestOf(sandbox, jose, offline)).digest).toBe(built.digest);

    const stub = { env: { CDK_LAMBDA_LAYERS_BUNDLING: 'stub' } };
    sandbox.write('jose/package-lock.json', '{}');
    expect((await manifestOf(sandbox, jose, stub)).digest).toBe('');
    fs.rmSync(sandbox.path('app/jose/package-lock.json'));
    expect((await sandbox.fail(jose, stub))[0].what).toMatch(/^there is no package-lock\.json in /);
  });
});

describe('a package with a binary for each machine', () => {
  const crc32: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime, lambda }) => new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.nodejs('crc32')],
    compatibleRuntimes: [Runtime.NODEJS_22_X],
    compatibleArchitectures: (process.env.MACHINES ?? '').split(' ')
      .map((name) => name === 'arm64' ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64),
  }).manifest;

  test.each([['x86_64', 'x64'], ['arm64', 'arm64']])('brings the one of %s alone', async (architecture, cpu) => {
    const sandbox = await sandboxWith('crc32');
    const manifest = await manifestOf(sandbox, crc32, { env: { MACHINES: architecture } });
    const binary = `@node-rs/crc32-linux-${cpu}-gnu`;
    const file = `nodejs/node_modules/${binary}/crc32.linux-${cpu}-gnu.node`;
    expect(manifest.nativeFiles).toEqual([expect.objectContaining({ path: file, machine: architecture })]);
    expect(manifest.packages.map((one) => [one.name, one.hasNativeCode])).toEqual([['@node-rs/crc32', false], [binary, true]]);
    expect(manifest.architecture).toBe(architecture);
    if (cpu === process.arch) {
      expect(node('-p', `require(${JSON.stringify(path.join(unpack(sandbox), '@node-rs/crc32'))}).crc32('hello')`)).toBe(String(0x3610a686));
    }
  });

  test('cannot serve both, and the message names the files', async () => {
    const sandbox = await sandboxWith('crc32');
    const [fault] = await sandbox.fail(crc32, { env: { MACHINES: 'x86_64 arm64' } });
    expect(fault).toMatchObject({ what: 'one layer cannot serve both architectures: its Node.js packages differ between them' });
    expect(fault.got?.split('\n')).toContain('@node-rs/crc32-linux-arm64-gnu/crc32.linux-arm64-gnu.node');
  });
});

const forBoth: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime, lambda }) => new SharedDependencyLayer(stack, 'Libs', {
  content: [LayerContent.nodejs('prebuilds')],
  compatibleRuntimes: [Runtime.NODEJS_22_X],
  compatibleArchitectures: [lambda.Architecture.X86_64, lambda.Architecture.ARM_64],
}).manifest;

test('a package that brings all binaries and loads the one that fits serves both machines', async () => {
  const sandbox = await sandboxWith('prebuilds');
  const manifest = await manifestOf(sandbox, forBoth);
  expect(manifest.nativeFiles.map((file) => file.machine)).toEqual(expect.arrayContaining(['x86_64', 'arm64']));
  expect(manifest.architecture).toBeUndefined();
  expect(node('-p', `require(${JSON.stringify(path.join(unpack(sandbox), 'bcrypt'))}).hashSync('a', 4).length`)).toBe('60');
});

test('native code that is not compiled is an error, but where it is optional', async () => {
  const sandbox = await sandboxWith('uncompiled', 'optional-uncompiled');
  const [fault] = await sandbox.fail(({ stack, SharedDependencyLayer, LayerContent, Runtime }) =>
    new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.nodejs('uncompiled')], compatibleRuntimes: [Runtime.NODEJS_22_X] }));
  expect(fault).toMatchObject({ place: 'App/Libs', what: 'the package cpu-features has native code that is not compiled' });

  const { stderr } = await manifestOf(sandbox, ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
    const content = [LayerContent.nodejs('optional-uncompiled')];
    return new SharedDependencyLayer(stack, 'Libs', { content, compatibleRuntimes: [Runtime.NODEJS_22_X] }).manifest;
  });
  expect(stderr).toContain('optional packages that are not compiled, as their install scripts do not run: cpu-features');
  expect(node('-p', `typeof require(${JSON.stringify(path.join(unpack(sandbox), 'ssh2'))}).Client`)).toBe('function');
});

test('one layer with Python and Node.js content, placed files, and two versions of a package', async () => {
  const sandbox = await sandboxWith('nested');
  sandbox.write('libs/requirements.txt', SIX);
  sandbox.write('own/package.json', '{"name":"own","version":"0.1.0"}');
  const manifest = await manifestOf(sandbox, ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.python('libs'), LayerContent.nodejs('nested'), LayerContent.files('own', { destination: 'nodejs/node_modules/own' })],
    compatibleRuntimes: [Runtime.PYTHON_3_13, Runtime.NODEJS_22_X],
  }).manifest);
  expect(manifest.packages.map((one) => `${one.name} ${one.version}`)).toEqual([
    'six 1.17.0', '@sindresorhus/is 7.0.1', 'debug 2.6.9', 'ms 2.0.0', 'ms 2.1.3', 'own 0.1.0',
  ]);
  const owners = new Map(manifest.files.map((file) => [file.path, file.packageVersion]));
  expect(owners.get('python/six.py')).toBe('six 1.17.0');
  expect(owners.get('nodejs/node_modules/debug/node_modules/ms/index.js')).toBe('ms 2.0.0');
  expect(owners.get('nodejs/node_modules/ms/index.js')).toBe('ms 2.1.3');
  expect(manifest.files.filter((file) => /isexe/.test(file.path))).toEqual([]);
  expect(node('-p', `require(${JSON.stringify(path.join(unpack(sandbox), 'debug'))}).humanize(60000)`)).toBe('1m');
});
