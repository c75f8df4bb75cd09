import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { containersOf, describeWithDocker, docker, IMAGE, removeDerivedImages, withEnvironment } from './support';
import { extractZip } from '../../lib/archive/read-zip';
import type { CachedLayer } from '../../lib/cache/layer-record';
import { Progress } from '../../lib/common/progress';
import type { ProgramSource } from '../../lib/content/content-spec';
import type { BuildJob, BuildSettings } from '../../lib/pipeline/layer-plan';
import { performBuild } from '../../lib/pipeline/perform';
import type { ArchitectureName } from '../../lib/target/target';
import { GoProxy } from '../support/go-proxy';

const WITH_COMPILERS = 'cdk-lambda-layers-test:with-compilers';
const PLACE = 'Stack/Agent';
const PASSWORD = 'tr0ub4dor-and-3';
const HOST: ArchitectureName = process.arch === 'arm64' ? 'arm64' : 'x86_64';

const WORDS = 'package words\n\nfunc Header() string { return "Lambda-Extension-Name" }\n';
const GO_MOD = 'module example.com/agent\n\ngo 1.21\n';
const GO_MAIN = 'package main\n\nimport (\n\t"example.com/words"\n\t"os"\n)\n\nfunc main() { os.Stdout.WriteString(words.Header()) }\n';

let folder: string;
let lines: string[];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'docker-programs-'));
  lines = [];
  jest.spyOn(Progress.prototype, 'line').mockImplementation((line) => void lines.push(line));
});

afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** The build image, which has a C compiler, with this machine's Go and Rust in it. */
function makeImageWithCompilers(): void {
  const go = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
  const rust = execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).trim();
  const container = `cdk-lambda-layers-test-compilers-${process.pid}`;
  docker('run', '--detach', '--name', container, '--entrypoint', 'sleep', IMAGE, '600');
  try {
    docker('exec', container, 'mkdir', '/opt/rust');
    docker('cp', go, `${container}:/opt/go`);
    docker('cp', `${rust}/bin`, `${container}:/opt/rust/bin`);
    docker('cp', `${rust}/lib`, `${container}:/opt/rust/lib`);
    docker('exec', container, 'ln', '-s', '/opt/go/bin/go', '/opt/rust/bin/cargo', '/opt/rust/bin/rustc', '/usr/local/bin/');
    docker('commit', container, WITH_COMPILERS);
  } finally {
    docker('rm', '--force', container);
  }
}

function write(files: Readonly<Record<string, string>>): string {
  for (const [file, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, 'agent', file)), { recursive: true });
    fs.writeFileSync(path.join(folder, 'agent', file), content);
  }
  return path.join(folder, 'agent');
}

function job(source: ProgramSource, settings: Partial<BuildSettings>, architecture: ArchitectureName = HOST): BuildJob {
  return {
    place: PLACE,
    plan: {
      contents: [{ kind: 'program', path: 'extensions/agent', source }],
      runtimes: [],
      architectures: [architecture],
      slim: {
        bytecode: 'none', testFolders: true, caches: true, typeStubs: true, nativeSources: true, headers: true, nativeSymbols: true,
        browserModules: true, installerFiles: false, documentation: true, awsSdk: false,
      },
    },
    settings: { mode: 'docker', image: WITH_COMPILERS, network: 'host', indexes: [], installTools: true, frozen: true, ...settings },
  };
}

/** Builds with a cache of its own, so that nothing is found. */
async function build(wanted: BuildJob, environment: Readonly<Record<string, string | undefined>> = {}): Promise<CachedLayer> {
  const cache = fs.mkdtempSync(path.join(folder, 'cache-'));
  return withEnvironment({ CDK_LAMBDA_LAYERS_CACHE: cache, ...environment }, () => performBuild(wanted));
}

async function printedBy(layer: CachedLayer): Promise<string> {
  const opt = fs.mkdtempSync(path.join(folder, 'opt-'));
  await extractZip(layer.archivePath, opt);
  fs.chmodSync(path.join(opt, 'extensions/agent'), 0o755);
  return execFileSync(path.join(opt, 'extensions/agent'), { encoding: 'utf8', env: {} });
}

/** A folder with nothing but Docker's client in it, which notes what it is called with. */
function pathWithDockerAlone(calls: string): string {
  const bin = fs.mkdtempSync(path.join(folder, 'bin-'));
  const client = execFileSync('which', ['docker'], { encoding: 'utf8' }).trim();
  fs.writeFileSync(path.join(bin, 'docker'), `#!/bin/sh\necho "$*" >> '${calls}'\nexec ${client} "$@"\n`, { mode: 0o755 });
  return bin;
}

describeWithDocker('compilers in Docker', () => {
  let proxy: GoProxy;

  beforeAll(async () => {
    makeImageWithCompilers();
    proxy = await GoProxy.start([{ name: 'example.com/words', version: 'v1.0.0', files: { 'words.go': WORDS } }], `acme:${PASSWORD}`);
  });

  afterAll(async () => {
    await proxy.stop();
    removeDerivedImages();
  });

  test('Go has the same bytes from there and here, whoever it runs as, also where it stands in', async () => {
    const directory = write({ 'go.mod': `${GO_MOD}\nrequire example.com/words v1.0.0\n`, 'go.sum': proxy.sums, 'main.go': GO_MAIN });
    const source: ProgramSource = { type: 'go', directory, package: '.' };
    const calls = path.join(folder, 'calls');
    const env = { GOPROXY: proxy.url, GONOSUMDB: '*', SSL_CERT_FILE: proxy.certificate };
    const digests: Record<string, string[]> = { x86_64: [], arm64: [] };
    const add = async (architecture: ArchitectureName, settings: Partial<BuildSettings>, more: Record<string, string> = {}): Promise<void> => {
      const platform = HOST === 'arm64' ? 'linux/arm64' : 'linux/amd64';
      const { summary } = await build(job(source, { platform, ...settings }, architecture), { ...env, ...more });
      expect(summary.programs).toMatchObject([{ format: 'elf', machine: architecture }]);
      digests[architecture].push(summary.digest);
    };
    const here = { GOPATH: path.join(folder, 'go') };
    await add('x86_64', { mode: 'local' }, here);
    await add('x86_64', { user: '1234:2345' });
    await add('arm64', { mode: 'local' }, here);
    await add('arm64', {});
    await add('arm64', { mode: 'auto' }, { PATH: pathWithDockerAlone(calls) });
    expect(digests.x86_64).toEqual(Array(2).fill(digests.x86_64[0]));
    expect(digests.arm64).toEqual(Array(3).fill(digests.arm64[0]));
    expect(lines.join('\n')).toMatch(/compiling agent for \S+ with Go \S+ in Docker image cdk-lambda-layers-test:with-compilers/);
    expect(fs.readFileSync(calls, 'utf8')).toMatch(/exec .* go build /);
    expect(fs.readFileSync(calls, 'utf8')).not.toContain(PASSWORD);
    expect(containersOf(PLACE)).toEqual([]);
    execFileSync('chmod', ['-R', 'u+w', folder]);
  });

  test('Rust compiles there to a static program that starts, whoever it runs as, and stands in for a machine without it', async () => {
    const directory = write({
      'Cargo.toml': '[package]\nname = "agent"\nversion = "0.1.0"\nedition = "2021"\n',
      'Cargo.lock': 'version = 3\n\n[[package]]\nname = "agent"\nversion = "0.1.0"\n',
      'src/main.rs': 'fn main() { print!("lambda-extension-name {}", std::env::args().count()); }\n',
    });
    const source: ProgramSource = { type: 'rust', directory };
    const inDocker = await build(job(source, {}));
    const asOther = await build(job(source, { user: '1234:2345' }));
    const standingIn = await build(job(source, { mode: 'auto' }), { PATH: pathWithDockerAlone(path.join(folder, 'calls')) });
    expect(inDocker.summary.programs).toMatchObject([{ format: 'elf', machine: HOST }]);
    expect(inDocker.summary.programs[0]).not.toHaveProperty('interpreter');
    expect(await printedBy(inDocker)).toBe('lambda-extension-name 1');
    expect([asOther.summary.digest, standingIn.summary.digest]).toEqual([inDocker.summary.digest, inDocker.summary.digest]);
    expect(containersOf(PLACE)).toEqual([]);
  });

  test('what does not compile there is told with the user\'s own folder, and leaves no container', async () => {
    const directory = write({ 'go.mod': GO_MOD, 'main.go': 'package main\n\nfunc main() { undefined() }\n' });
    const building = build(job({ type: 'go', directory, package: '.' }, {}));
    await expect(building).rejects.toThrow(/^the Go module does not compile\n[^]*main\.go:3:15: undefined: undefined/);
    expect(containersOf(PLACE)).toEqual([]);
  });

  test.each([
    ['Go', 'go', 'there is no Go to compile the extension with'],
    ['Rust', 'rust', 'there is nothing to compile the Rust extension with for the layer\'s architecture'],
  ])('an image without %s is an error, and leaves no container', async (_name, type, what) => {
    const directory = write({ 'go.mod': 'module example.com/agent\n', 'Cargo.toml': '', 'Cargo.lock': '' });
    const source = { type, directory, package: '.' } as ProgramSource;
    await expect(build(job(source, { image: IMAGE }))).rejects.toThrow(new RegExp([
      `^${what}`, `  got: (go|cargo) is not on the path of the image ${IMAGE}`,
      '    why Docker: bundling mode DOCKER\n',
    ].join('\n')));
    expect(containersOf(PLACE)).toEqual([]);
  });
});
