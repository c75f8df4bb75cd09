import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { NpmRegistry, type NodePackage } from '../support/npm-registry';
import { Sandbox, type AppBody, type SynthRun } from '../support/sandbox';

const TOKEN = 'npm_tr0ub4dor-and-3';

let registry: NpmRegistry;
let sandbox: Sandbox;

const PACKAGES: readonly NodePackage[] = [
  { name: '@acme/tools', version: '1.2.3', fields: { dependencies: { colours: '1.0.0' } }, files: { 'cli.js': '#!/usr/bin/env node\n' } },
  { name: 'colours', version: '1.0.0' },
  { name: 'colours', version: '2.0.0' },
  { name: 'dev-only', version: '1.0.0' },
  { name: 'maybe', version: '1.0.0', fields: { os: ['linux'] } },
  { name: 'of-windows', version: '1.0.0', fields: { os: ['win32'], dependencies: { 'windows-helper': '1.0.0' } } },
  { name: 'windows-helper', version: '1.0.0' },
  { name: 'modern', version: '1.0.0', fields: { engines: { node: '>=99' } } },
  {
    name: 'evil',
    version: '1.0.0',
    fields: { scripts: Object.fromEntries(['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'].map((name) => [name, 'node evil.js'])) },
    // It knows its way: what npm's environment holds does not matter.
    files: { 'evil.js': 'require("fs").writeFileSync(require("os").tmpdir() + "/evil", JSON.stringify(process.env))' },
  },
];

beforeEach(async () => {
  registry = await NpmRegistry.start(PACKAGES, TOKEN);
  sandbox = await Sandbox.create();
  npmrc();
});

afterEach(async () => {
  sandbox.remove();
  await registry.stop();
});

const build: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) =>
  new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.nodejs('libs')], compatibleRuntimes: [Runtime.NODEJS_22_X] }).manifest;

function npmrc(...more: string[]): void {
  sandbox.write('libs/.npmrc', [
    `registry=${registry.url}`, `//${registry.host}/:_authToken=\${ACME_TOKEN}`, 'fetch-retries=0', ...more, '',
  ].join('\n'));
}

function project(fields: Record<string, unknown>, places: Record<string, Record<string, unknown>>, others: Record<string, unknown> = {}): void {
  sandbox.write('libs/package.json', JSON.stringify({ ...fields, ...others }));
  sandbox.write('libs/package-lock.json', registry.lock(fields, places));
}

const tools = (): void => project({ dependencies: { '@acme/tools': '1.2.3', 'colours': '2.0.0' } }, {
  'node_modules/@acme/tools': {},
  'node_modules/@acme/tools/node_modules/colours': {},
  'node_modules/colours': { version: '2.0.0', integrity: integrityOf('colours', '2.0.0') },
});

/** The registry's own words, by which its lock names the first version of a name. */
function integrityOf(name: string, version: string): string {
  const { packages } = registry as unknown as { packages: { name: string; version: string; integrity: string }[] };
  return packages.find((one) => one.name === name && one.version === version)!.integrity;
}

function environment(): Record<string, string> {
  return {
    ACME_TOKEN: TOKEN,
    AWS_SECRET_ACCESS_KEY: 'not-for-packages',
    npm_config_cache: sandbox.path('npm-cache'),
    npm_config_userconfig: sandbox.path('home/.npmrc'),
  };
}

function synth(env: Record<string, string> = {}): Promise<SynthRun> {
  return sandbox.synth(build, { env: { ...environment(), ...env } });
}

/** Paths of the layer's files, as the manifest lists them. */
async function pathsOf(run: Promise<SynthRun>): Promise<string[]> {
  const { result, message } = await run;
  expect(message).toBeUndefined();
  return (result as { files: { path: string }[] }).files.map((file) => file.path.replace('nodejs/node_modules/', ''));
}

function filesBelow(folder: string): string[] {
  const all = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return all.filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name));
}

test('scoped packages and two versions of one, with a token that is sent and written nowhere', async () => {
  tools();
  const run = await synth();
  expect(await pathsOf(Promise.resolve(run))).toEqual([
    '@acme/tools/cli.js', '@acme/tools/index.js', '@acme/tools/node_modules/colours/index.js', '@acme/tools/node_modules/colours/package.json',
    '@acme/tools/package.json', 'colours/index.js', 'colours/package.json',
  ]);
  const { packages } = run.result as { packages: { name: string; version: string }[] };
  expect(packages.map((one) => `${one.name} ${one.version}`)).toEqual(['@acme/tools 1.2.3', 'colours 1.0.0', 'colours 2.0.0']);
  expect([...registry.authorizations]).toEqual([`Bearer ${TOKEN}`]);
  expect(JSON.stringify(run)).not.toContain(TOKEN);
  expect(filesBelow(sandbox.root).filter((file) => fs.readFileSync(file, 'latin1').includes(TOKEN))).toEqual([]);
  expect(JSON.stringify(run.result)).not.toContain(registry.host);
});

test('the token is in no message either, when the registry refuses it', async () => {
  tools();
  const wrong = `${TOKEN}-wrong`;
  const run = await synth({ ACME_TOKEN: wrong });
  expect(run.message).toMatch(/^App\/Libs: npm cannot install the packages of the lock\n {2}got: npm ended with exit code 1\n[^]*E401/);
  expect(JSON.stringify(run)).not.toContain(TOKEN);
  expect(filesBelow(sandbox.root).filter((file) => fs.readFileSync(file, 'latin1').includes(TOKEN))).toEqual([]);
});

test('no script runs, of a package or of the project, and nothing of the environment leaks', async () => {
  const script = 'env > "$TMPDIR/evil"';
  const scripts = { preinstall: script, postinstall: script, prepare: script };
  project({ dependencies: { evil: '1.0.0' } }, { 'node_modules/evil': { hasInstallScript: true } }, { scripts });
  npmrc('ignore-scripts=false', 'foreground-scripts=true');
  const run = await synth({ npm_config_ignore_scripts: 'false' });
  expect(run.message).toBeUndefined();
  expect(run.stderr).toContain('install scripts do not run; these packages have one: evil');
  expect(fs.existsSync(sandbox.path('tmp/evil'))).toBe(false);
  expect(JSON.stringify(run)).not.toContain('not-for-packages');
  expect(registry.requests.join()).not.toContain('not-for-packages');
});

test('settings of an .npmrc, a NODE_ENV and what a package.json asks of tools change nothing', async () => {
  tools();
  const plain = await synth();
  fs.writeFileSync(sandbox.path('home/.npmrc'), 'also=dev\ninclude[]=dev\nglobal-style=true\n');
  project({ dependencies: { colours: '1.0.0' }, devDependencies: { 'dev-only': '1.0.0' } }, {
    'node_modules/colours': {}, 'node_modules/dev-only': { dev: true },
  }, { devEngines: { packageManager: { name: 'pnpm', version: '99', onFail: 'error' } }, engines: { node: '>=99' } });
  npmrc('include[]=dev', 'also=dev', 'production=false', 'optional=false', 'omit[]=optional', 'dry-run=true', 'force=true', 'engine-strict=true');
  const settings = synth({ NODE_ENV: 'development', npm_config_include: 'dev' });
  expect(plain.message).toBeUndefined();
  expect(await pathsOf(settings)).toEqual(['colours/index.js', 'colours/package.json']);
});

test('optional packages of other systems stay out with what only they need', async () => {
  project({ optionalDependencies: { 'maybe': '1.0.0', 'of-windows': '1.0.0' } }, {
    'node_modules/maybe': { optional: true }, 'node_modules/of-windows': { optional: true }, 'node_modules/windows-helper': { optional: true },
  });
  expect(await pathsOf(synth())).toEqual(['maybe/index.js', 'maybe/package.json']);
});

test('an optional package that the registry does not hand out is an error, where npm says nothing', async () => {
  project({ dependencies: { colours: '1.0.0' }, optionalDependencies: { maybe: '1.0.0' } }, {
    'node_modules/colours': {}, 'node_modules/maybe': { optional: true },
  });
  registry.broken = /^\/maybe\/-\//;
  const [fault] = await sandbox.fail(build, { env: environment() });
  expect(fault).toMatchObject({ what: 'npm left out packages that the lock pins', got: 'for Linux on x86_64: node_modules/maybe' });
  registry.broken = undefined;
  expect(await pathsOf(synth())).toContain('maybe/index.js');
});

test('an optional package that this Node.js is too old for is an error and no silent gap', async () => {
  project({ dependencies: { colours: '1.0.0' }, optionalDependencies: { modern: '1.0.0' } }, {
    'node_modules/colours': {}, 'node_modules/modern': { optional: true },
  });
  const [fault] = await sandbox.fail(build, { env: environment() });
  expect(fault.got).toBe('for Linux on x86_64: node_modules/modern');
  expect(fault.do).toContain('`engines`');
});

test('nothing for this machine is an error that says so', async () => {
  project({ optionalDependencies: { 'of-windows': '1.0.0' } }, {
    'node_modules/of-windows': { optional: true }, 'node_modules/windows-helper': { optional: true },
  });
  const [fault] = await sandbox.fail(build, { env: environment() });
  expect(fault.what).toBe('nothing is left for the layer');
});

test('other bytes than the lock pins', async () => {
  project({ dependencies: { colours: '1.0.0' } }, { 'node_modules/colours': { integrity: integrityOf('evil', '1.0.0') } });
  const [fault] = await sandbox.fail(build, { env: environment() });
  expect(fault).toMatchObject({ place: 'App/Libs', what: 'a package is not the one that the lock pins', got: expect.stringContaining('EINTEGRITY') });
});

test('a registry that is down', async () => {
  tools();
  await registry.stop();
  const [fault] = await sandbox.fail(build, { env: environment() });
  expect(fault).toMatchObject({ what: 'npm cannot install the packages of the lock', got: expect.stringContaining('ECONNREFUSED') });
  registry = await NpmRegistry.start([]);
});

test('no npm at all, with BundlingMode.LOCAL', async () => {
  tools();
  const node = sandbox.path('other-bin/node');
  fs.mkdirSync(path.dirname(node));
  fs.copyFileSync(process.execPath, node);
  const run = spawnSync(node, [path.join(__dirname, '../support/app.js'), sandbox.path('out'), '{}'], {
    cwd: sandbox.path('app'),
    input: build.toString(),
    env: { PATH: '/nowhere', CDK_LAMBDA_LAYERS_CACHE: sandbox.path('cache'), TMPDIR: sandbox.path('tmp'), CDK_LAMBDA_LAYERS_BUNDLING: 'local' },
    encoding: 'utf8',
  });
  expect((JSON.parse(run.stdout) as { message: string }).message).toMatch(/^App\/Libs: there is no npm to install Node\.js packages with\n/);
});
