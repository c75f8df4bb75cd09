import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { containersOf, describeWithDocker, docker, IMAGE, removeDerivedImages, withEnvironment } from './support';
import type { CachedLayer } from '../../lib/cache/layer-record';
import { Progress } from '../../lib/common/progress';
import type { BuildJob, BuildSettings } from '../../lib/pipeline/layer-plan';
import { performBuild } from '../../lib/pipeline/perform';
import { NpmRegistry } from '../support/npm-registry';

const FIXTURES = path.resolve(__dirname, '../fixtures/node-locks');
const WITH_NODE = 'cdk-lambda-layers-test:with-node';
const PLACE = 'Stack/NodeLibs';
const TOKEN = 'npm_tr0ub4dor-and-3';

let folder: string;
let lines: string[];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'docker-node-'));
  lines = [];
  jest.spyOn(Progress.prototype, 'line').mockImplementation((line) => void lines.push(line));
});

afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** The build image with this machine's Node.js and npm in it. */
function makeImageWithNode(): void {
  const node = fs.realpathSync(process.execPath);
  const npm = path.resolve(path.dirname(node), '../lib/node_modules/npm');
  const container = `cdk-lambda-layers-test-node-${process.pid}`;
  docker('run', '--detach', '--name', container, '--entrypoint', 'sleep', IMAGE, '600');
  try {
    docker('exec', container, 'mkdir', '-p', '/usr/local/lib/node_modules');
    docker('cp', node, `${container}:/usr/local/bin/node`);
    docker('cp', npm, `${container}:/usr/local/lib/node_modules/npm`);
    docker('exec', container, 'ln', '-sf', '../lib/node_modules/npm/bin/npm-cli.js', '/usr/local/bin/npm');
    docker('commit', container, WITH_NODE);
  } finally {
    docker('rm', '--force', container);
  }
}

function job(directory: string, settings: Partial<BuildSettings>): BuildJob {
  return {
    place: PLACE,
    plan: {
      contents: [{ kind: 'nodejs', directory, exclude: [] }],
      runtimes: ['nodejs22.x'],
      architectures: ['x86_64'],
      slim: {
        bytecode: 'none', testFolders: true, caches: true, typeStubs: true, nativeSources: true, headers: true, nativeSymbols: true,
        browserModules: true, installerFiles: false, documentation: true, awsSdk: false,
      },
    },
    settings: { mode: 'auto', indexes: [], installTools: true, frozen: true, ...settings },
  };
}

/** Builds with a cache of its own, so that nothing is found. */
async function build(wanted: BuildJob, environment: Readonly<Record<string, string>> = {}): Promise<CachedLayer> {
  const cache = fs.mkdtempSync(path.join(folder, 'cache-'));
  return withEnvironment({ CDK_LAMBDA_LAYERS_CACHE: cache, ...environment }, () => performBuild(wanted));
}

describeWithDocker('Node.js content in Docker', () => {
  beforeAll(makeImageWithNode);

  afterAll(removeDerivedImages);

  test.each(['jose', 'crc32', 'nested'])('%s has the same bytes as from this machine, also as another user there', async (fixture) => {
    const directory = path.join(FIXTURES, fixture);
    const local = await build(job(directory, { mode: 'local' }));
    const inDocker = await build(job(directory, { mode: 'docker', image: WITH_NODE, network: 'host' }));
    const asOther = await build(job(directory, { mode: 'docker', image: WITH_NODE, network: 'host', user: '1234:2345' }));
    for (const layer of [inDocker, asOther]) {
      expect(layer.summary.digest).toBe(local.summary.digest);
      expect(fs.readFileSync(layer.archivePath).equals(fs.readFileSync(local.archivePath))).toBe(true);
    }
    expect(lines.join('\n')).toMatch(/for Node\.js on x86_64 with npm \d+\.\d+\.\d+ in Docker image cdk-lambda-layers-test:with-node/);
    expect(containersOf(PLACE)).toEqual([]);
  });

  test('a private registry gets the token that .npmrc names, and the engine is shown none', async () => {
    const registry = await NpmRegistry.start([{ name: 'colours', version: '1.0.0' }], TOKEN);
    try {
      const directory = path.join(folder, 'libs');
      fs.mkdirSync(directory);
      fs.writeFileSync(path.join(directory, 'package.json'), '{"dependencies":{"colours":"1.0.0"}}');
      const lock = registry.lock({ dependencies: { colours: '1.0.0' } }, { 'node_modules/colours': {} });
      fs.writeFileSync(path.join(directory, 'package-lock.json'), lock);
      fs.writeFileSync(path.join(directory, '.npmrc'), `registry=${registry.url}\n//${registry.host}/:_authToken=\${ACME_TOKEN}\n`);
      const calls = path.join(folder, 'calls');
      const engine = path.join(folder, 'engine');
      fs.writeFileSync(engine, `#!/bin/sh\necho "$*" >> '${calls}'\nexec docker "$@"\n`, { mode: 0o755 });
      const layer = await build(job(directory, { mode: 'docker', image: WITH_NODE, network: 'host' }), { ACME_TOKEN: TOKEN, CDK_DOCKER: engine });
      expect(layer.summary.packages.map((one) => one.name)).toEqual(['colours']);
      expect([...registry.authorizations]).toEqual([`Bearer ${TOKEN}`]);
      expect(fs.readFileSync(calls, 'utf8')).toContain('npm ci');
      expect(fs.readFileSync(calls, 'utf8')).not.toContain(TOKEN);
      expect(fs.readFileSync(layer.manifestPath, 'utf8')).not.toContain(registry.host);
    } finally {
      await registry.stop();
    }
  });

  test('an image without npm is an error, and leaves no container', async () => {
    const building = build(job(path.join(FIXTURES, 'jose'), { mode: 'docker', image: IMAGE }));
    await expect(building).rejects.toThrow(/^there is no npm in the image public\.ecr\.aws\/sam\/build-python3\.11\n/);
    expect(containersOf(PLACE)).toEqual([]);
  });

  test('an image that cannot be had is an error with what was wanted', async () => {
    const building = build(job(path.join(FIXTURES, 'jose'), { mode: 'docker', image: 'registry.invalid/acme/node:1' }));
    await expect(building).rejects.toThrow(/^there is no npm to install Node\.js packages with\n.*bundling mode DOCKER\n[^]*registry\.invalid/);
  });
});
