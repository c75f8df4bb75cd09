import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { describeWithDocker, docker, IMAGE, TARGET, withEnvironment } from './support';
import { buildEnvironment } from '../../lib/build/environment';
import { findInterpreter } from '../../lib/build/find-interpreter';
import type { CachedLayer } from '../../lib/cache/layer-record';
import { FaultError } from '../../lib/common/fault';
import { Progress } from '../../lib/common/progress';
import type { PythonContentSpec } from '../../lib/content/content-spec';
import type { BuildJob, BuildSettings } from '../../lib/pipeline/layer-plan';
import { performBuild } from '../../lib/pipeline/perform';
import type { SlimPlan } from '../../lib/slim/slim-plan';

const EXAMPLE = path.resolve(__dirname, '../../examples/url-shortener/layers/url-shortener');

/** A source distribution with a C extension, which becomes pure Python where there is no compiler. */
const MARKUPSAFE = 'markupsafe==3.0.3 --hash=sha256:722695808f4b6457b320fdc131280796bdceb04ab50fe1795cd540799ebe1698\n';

const SLIM: SlimPlan = {
  bytecode: 'none',
  testFolders: true,
  caches: true,
  typeStubs: true,
  nativeSources: true,
  headers: true,
  nativeSymbols: true,
  browserModules: true,
  installerFiles: true,
  documentation: true,
  awsSdk: false,
};

let folder: string;
let lines: string[];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'same-bytes-'));
  lines = [];
  jest.spyOn(Progress.prototype, 'line').mockImplementation((line) => void lines.push(line));
});

afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

function contentOf(directory: string, ...sourceBuilds: readonly string[]): PythonContentSpec {
  return { kind: 'python', directory, include: 'dependencies', sourceBuilds, groups: [], extras: [] };
}

function job(content: PythonContentSpec, settings: Partial<BuildSettings>, slim: Partial<SlimPlan> = {}): BuildJob {
  return {
    place: 'Stack/Libs',
    plan: { contents: [content], runtimes: [TARGET.runtime], architectures: [TARGET.architecture], slim: { ...SLIM, ...slim } },
    settings: { mode: 'auto', indexes: [], installTools: true, frozen: true, ...settings },
  };
}

/** Builds with a cache of its own, so that nothing is found; uv's cache is the test's, so that nothing is what somebody else left there. */
async function build(wanted: BuildJob, environment: Readonly<Record<string, string>> = {}): Promise<CachedLayer> {
  const cache = fs.mkdtempSync(path.join(folder, 'cache-'));
  return withEnvironment({ CDK_LAMBDA_LAYERS_CACHE: cache, UV_CACHE_DIR: path.join(folder, 'uv'), ...environment }, () => performBuild(wanted));
}

function sha256Of(file: string): string {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

/** A folder with nothing but Docker's client in it. */
function pathWithDockerAlone(): string {
  const bin = path.join(folder, 'bin');
  fs.mkdirSync(bin);
  fs.symlinkSync(execFileSync('which', ['docker'], { encoding: 'utf8' }).trim(), path.join(bin, 'docker'));
  return bin;
}

function makeContent(requirements: string, ...sourceBuilds: readonly string[]): PythonContentSpec {
  const directory = fs.mkdtempSync(path.join(folder, 'content-'));
  fs.writeFileSync(path.join(directory, 'requirements.txt'), requirements);
  return contentOf(directory, ...sourceBuilds);
}

describeWithDocker('a locked layer with a source build', () => {
  const content = contentOf(EXAMPLE, 'pyshorteners');

  test('has the same bytes from this machine, from Docker, from another user there, and where Docker stands in for missing tools', async () => {
    const local = await build(job(content, { mode: 'local' }));
    const inDocker = await build(job(content, { mode: 'docker' }));
    const asOther = await build(job(content, { mode: 'docker', user: '1234:2345' }));
    const standIn = await build(job(content, { mode: 'auto' }), { PATH: pathWithDockerAlone() });

    expect(local.summary.packages.find((one) => one.name === 'pyshorteners')).toMatchObject({ sourceBuild: true });
    for (const other of [inDocker, asOther, standIn]) {
      expect(other.summary).toEqual(local.summary);
      expect(sha256Of(other.archivePath)).toBe(sha256Of(local.archivePath));
      expect(other.key).toBe(local.key);
    }
    expect(lines.filter((line) => line.includes(`in Docker image ${IMAGE}`))).toHaveLength(3);
  });

  test('has the same bytes when uv has kept a wheel that was built with other tools', async () => {
    const old = path.join(folder, 'old-setuptools.txt');
    fs.writeFileSync(old, 'setuptools==75.8.0\n');
    const lock = path.join(EXAMPLE, 'requirements.txt');
    const site = path.join(folder, 'elsewhere');
    execFileSync('uv', ['pip', 'install', '--quiet', '--require-hashes', '--target', site, '--build-constraints', old, '-r', lock], {
      env: { ...process.env, UV_CACHE_DIR: path.join(folder, 'uv') },
    });
    expect(fs.readFileSync(path.join(site, 'pyshorteners-1.0.1.dist-info/WHEEL'), 'utf8')).toContain('setuptools (75.8.0)');
    const local = await build(job(content, { mode: 'local' }));
    const inDocker = await build(job(content, { mode: 'docker' }));
    expect(local.summary.digest).toBe(inDocker.summary.digest);
  });

  test('gets bytecode from an interpreter of the image', async () => {
    const layer = await build(job(content, { mode: 'docker' }, { bytecode: 'source-and-bytecode' }));
    const version = docker('run', '--rm', '--entrypoint', 'python3', IMAGE, '-c', 'import platform; print(platform.python_version())');
    expect(layer.summary.bytecodeVersion).toBe(version);
    const files = (JSON.parse(fs.readFileSync(layer.manifestPath, 'utf8')) as { files: { path: string }[] }).files.map((file) => file.path);
    expect(files).toContain('python/requests/api.py');
    expect(files).toContain('python/requests/__pycache__/api.cpython-311.pyc');
  });
});

describeWithDocker('a package that must be compiled', () => {
  test('is compiled in Docker, which AUTO says with the reason', async () => {
    const layer = await build(job(makeContent(MARKUPSAFE, 'markupsafe'), { mode: 'auto' }));
    const speedups = expect.stringMatching(/^python\/markupsafe\/_speedups\..*\.so$/);
    expect(layer.summary.nativeFiles).toEqual([expect.objectContaining({ path: speedups, machine: 'x86_64' })]);
    expect(lines).toContainEqual(expect.stringContaining(`in Docker image ${IMAGE}: markupsafe must be compiled on the runtime's own system`));
  });

  test('is compiled in Docker also where this machine compiles for another version of Python', async () => {
    const uv = { command: 'uv', prefix: [], version: '' };
    const others = await Promise.all(['3.13', '3.12', '3.14', '3.10'].map((version) => findInterpreter(uv, buildEnvironment(process.env), version)));
    const python = others.find((one) => one !== undefined);
    if (python === undefined) {
      throw new Error('this test needs a Python beside 3.11, which is the image\'s');
    }
    const layer = await build(job(makeContent(MARKUPSAFE, 'markupsafe'), { mode: 'auto' }), { PATH: `${path.dirname(python)}:${process.env.PATH}` });
    expect(layer.summary.nativeFiles).toHaveLength(1);
  });

  test('fails with BundlingMode.LOCAL, which would publish what this machine compiled', async () => {
    const building = build(job(makeContent(MARKUPSAFE, 'markupsafe'), { mode: 'local' }));
    await expect(building).rejects.toThrow(/^markupsafe has native code that was compiled on this machine/);
  });
});

describeWithDocker('a build that needs Docker', () => {
  test('fails when the image cannot be had, with what was wanted and what Docker said', async () => {
    const building = build(job(makeContent(MARKUPSAFE, 'markupsafe'), { mode: 'docker', image: 'registry.invalid/acme/build:1' }));
    await expect(building).rejects.toThrow(FaultError);
    await expect(building).rejects.toThrow(/registry\.invalid\/acme\/build:1 for linux\/amd64 cannot be had: docker pull ended with exit code 1\n/);
    expect(lines).toContain('pulling Docker image registry.invalid/acme/build:1 for linux/amd64: bundling mode DOCKER');
  });

  test('fails when neither tools nor Docker are there, and says what to install', async () => {
    const empty = path.join(folder, 'empty');
    fs.mkdirSync(empty);
    const building = build(job(contentOf(EXAMPLE, 'pyshorteners'), { mode: 'auto' }), { PATH: empty });
    await expect(building).rejects.toThrow(/^there is nothing to build the layer with\n {2}got: .*Python 3\.9[^]*Docker is not on the path\n/);
    await expect(building).rejects.toThrow(/ {2}do: install one of them$/);
  });
});
