import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { PackageServer } from '../support/package-server';
import { Sandbox, type AppBody, type SaidFault, type SynthOptions } from '../support/sandbox';
import { artifact, makeWheel, type Artifact } from '../support/wheel';

const place = 'App/Libs';
const WHEELS = 'wheels for python3.13 on x86_64 (glibc 2.34)';

let artifacts: Artifact[];
let server: PackageServer;
/** Empty at first, and of no package: nothing here is ever installed. */
let uvCache: string;
let sandbox: Sandbox;

beforeAll(async () => {
  artifacts = [
    await makeWheel({ name: 'plain', version: '1.0' }),
    await makeWheel({ name: 'needs-plain', version: '1.0', requires: ['plain'] }),
    await makeWheel({ name: 'needs-newer', version: '1.0', requires: ['plain>=2'] }),
    await makeWheel({ name: 'windows-only', version: '1.0', tag: 'cp313-cp313-win_amd64' }),
    await makeWheel({ name: 'new-glibc', version: '1.0', tag: 'cp313-cp313-manylinux_2_38_x86_64' }),
    brokenSource(),
  ];
  server = await PackageServer.start(artifacts);
  uvCache = fs.mkdtempSync(path.join(os.tmpdir(), 'uv-cache-'));
});

afterAll(async () => {
  fs.rmSync(uvCache, { recursive: true, force: true });
  await server.stop();
});

beforeEach(async () => {
  sandbox = await Sandbox.create();
});

afterEach(() => sandbox.remove());

const libs: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
  new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.python('libs')], compatibleRuntimes: [Runtime.PYTHON_3_13] });
};

/** Fails with the one fault of a requirements.txt, whose packages come from the server alone. */
async function failFor(requirements: string, body = libs, options: SynthOptions = {}): Promise<SaidFault> {
  sandbox.write('libs/requirements.txt', requirements);
  const env = { UV_DEFAULT_INDEX: server.url, UV_CACHE_DIR: uvCache, UV_HTTP_RETRIES: '0', ...options.env };
  const [fault, ...others] = await sandbox.fail(body, { ...options, env });
  expect(others).toEqual([]);
  expect(fault.place).toBe(place);
  return fault;
}

/** A pin with the hash of what the server has, or of something else. */
function pinned(name: string, hashOf = name): string {
  return `${name}==1.0 --hash=sha256:${artifacts.find((one) => one.name === hashOf)?.sha256}\n`;
}

/** A source distribution whose build backend fails. */
function brokenSource(): Artifact {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'source-'));
  const project = path.join(folder, 'source_only-1.0');
  fs.mkdirSync(project);
  fs.writeFileSync(path.join(project, 'PKG-INFO'), 'Metadata-Version: 2.1\nName: source-only\nVersion: 1.0\n');
  fs.writeFileSync(path.join(project, 'pyproject.toml'), '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n');
  fs.writeFileSync(path.join(project, 'backend.py'), 'raise SystemExit("there is no compiler here")\n');
  execFileSync('tar', ['czf', 'source.tar.gz', 'source_only-1.0'], { cwd: folder });
  const content = fs.readFileSync(path.join(folder, 'source.tar.gz'));
  fs.rmSync(folder, { recursive: true });
  return artifact('source-only', 'source_only-1.0.tar.gz', content);
}

describe.each([
  ['without a lock', (name: string) => `${name}==1.0\n`],
  ['with hashes', (name: string) => pinned(name, 'plain')],
])('requirements %s', (_, line) => {
  test('fails for a package that no index has', async () => {
    expect(await failFor(line('missing'))).toEqual({
      place,
      what: 'missing is not in any package index',
      got: expect.stringMatching(/^uv ended with exit code 1\n[^]*missing was not found in the package registry/),
      allowed: 'packages of the default index, and of those in `bundling.indexes`',
      do: 'correct the name, or add the index that has it to `bundling.indexes`',
    });
  });

  test.each(['windows-only', 'new-glibc'])('fails for a package whose wheels are for other platforms: %s', async (name) => {
    const fault = await failFor(line(name));

    expect(fault).toMatchObject({ what: `${name}==1.0 has no wheel for python3.13 on x86_64`, allowed: WHEELS });
    expect(fault.got).toMatch(/Wheels are available for `.*` \(v1\.0\) on the following platform: `(win_amd64|manylinux_2_38_x86_64)`/);
    expect(fault.do).toMatch(/^choose a version with such a wheel/);
  });

  test('fails for a package without a wheel that is not named for a source build', async () => {
    expect(await failFor(line('source-only'))).toMatchObject({
      what: 'source-only==1.0 ships no wheel and is not named for a source build',
      allowed: WHEELS,
      do: 'name it in `sourceBuilds`, which runs its code on this machine, or choose a version with a wheel',
    });
  });
});

test('fails for a version that no index has', async () => {
  expect((await failFor('plain==9.9\n')).what).toBe('no index has a version that fits plain==9.9');
  expect((await failFor('plain>=2\n')).what).toBe('no index has a version that fits plain>=2');
  expect((await failFor(pinned('plain').replace('1.0', '9.9'))).what).toBe('no index has a version that fits plain==9.9');
});

test('fails for requirements that contradict each other', async () => {
  const fault = await failFor('needs-newer\nplain<2\n');

  expect(fault).toMatchObject({ what: 'the requirements contradict each other', do: 'loosen or change the versions that contradict each other' });
  expect(fault.got).toContain('all versions of needs-newer depend on plain>=2');
});

test('fails for an artefact with another hash', async () => {
  expect(await failFor(pinned('plain', 'needs-plain'))).toMatchObject({
    what: 'the artefact of plain==1.0 is not the one that was locked',
    got: expect.stringMatching(/Expected:\n\s+sha256:\w{64}\n\s+Computed:\n\s+sha256:\w{64}/),
    allowed: 'an artefact with a hash of the lock',
  });
});

test('fails for a list with hashes that lacks a dependency', async () => {
  const fault = await failFor(pinned('needs-plain'));

  expect(fault.what).toBe('plain is needed and not pinned with a hash');
  expect(fault.do).toMatch(/^lock it with its hash/);
});

test('fails for a source build that fails, with its last lines', async () => {
  const fault = await failFor(pinned('source-only'), ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
    new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.python('libs', { sourceBuilds: ['source-only'] })], compatibleRuntimes: [Runtime.PYTHON_3_13],
    });
  });

  expect(fault.what).toBe('source-only==1.0 could not be built from its source distribution');
  expect(fault.got).toContain('there is no compiler here');
});

describe('an index', () => {
  const named: AppBody = ({ stack, SharedDependencyLayer, LayerContent, PackageIndex, Runtime }) => {
    new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.python('libs')],
      compatibleRuntimes: [Runtime.PYTHON_3_13],
      bundling: { indexes: [PackageIndex.url('acme', process.env.ACME_URL ?? '', JSON.parse(process.env.ACME_OPTIONS ?? '{}'))] },
    });
  };
  let guarded: PackageServer;

  beforeAll(async () => {
    guarded = await PackageServer.start(artifacts, 'right-password');
  });

  afterAll(() => guarded.stop());

  test('fails when it cannot be reached', async () => {
    const closed = { UV_DEFAULT_INDEX: 'http://127.0.0.1:9/simple' };

    for (const requirements of ['plain\n', pinned('plain')]) {
      expect(await failFor(requirements, libs, { env: closed })).toMatchObject({
        what: 'a package index cannot be reached',
        got: expect.stringContaining('http://127.0.0.1:9/simple/plain/'),
        do: 'check the network, the proxy and the URL of the index',
      });
    }
    const fault = await failFor(pinned('plain'), named, { env: { ACME_URL: closed.UV_DEFAULT_INDEX } });
    expect(fault.what).toBe('package index acme cannot be reached');
  });

  test('fails when the machine\'s own index refuses access', async () => {
    expect(await failFor(pinned('plain'), libs, { env: { UV_DEFAULT_INDEX: guarded.url } })).toMatchObject({
      what: 'a package index refused access (401 Unauthorized)',
      got: expect.stringMatching(new RegExp(`^${guarded.url}\n`)),
      do: expect.stringMatching(/^check the settings of this machine for that index, or give it as PackageIndex\.url/),
    });
  });

  test('fails when it wants credentials and none are named', async () => {
    expect(await failFor(pinned('plain'), named, { env: { ACME_URL: guarded.url } })).toMatchObject({
      what: 'package index acme refused access (401 Unauthorized)',
      do: 'name the variables that hold the credentials: PackageIndex.url(name, url, { usernameEnv, passwordEnv })',
    });
  });

  test('fails when a variable is empty, and asks nobody', async () => {
    const before = guarded.requests.length;
    const options = { usernameEnv: 'ACME_USER', passwordEnv: 'ACME_PASSWORD' };
    sandbox.write('libs/requirements.txt', pinned('plain'));

    const env = { ACME_URL: guarded.url, ACME_OPTIONS: JSON.stringify(options), ACME_USER: '', UV_CACHE_DIR: uvCache };
    const faults = await sandbox.fail(named, { env });

    expect(faults.map((fault) => [fault.what, fault.got]).sort()).toEqual([
      ['package index acme needs a credential that is not there', 'environment variable ACME_PASSWORD is empty'],
      ['package index acme needs a credential that is not there', 'environment variable ACME_USER is empty'],
    ]);
    expect(guarded.requests).toHaveLength(before);
  });

  test.each(['without a lock', 'with hashes'])('fails when it refuses the password for requirements %s, which is not shown', async (kind) => {
    const env = { ACME_URL: guarded.url, ACME_OPTIONS: JSON.stringify({ passwordEnv: 'ACME_PASSWORD' }), ACME_PASSWORD: 'wrong-password' };

    const fault = await failFor(kind === 'with hashes' ? pinned('plain') : 'plain\n', named, { env });

    expect(fault).toMatchObject({ what: 'package index acme refused access (401 Unauthorized)', do: 'check the value of ACME_PASSWORD' });
    expect(fault.got).toContain(`${guarded.url}\nenvironment variable ACME_PASSWORD is set\n`);
    expect(JSON.stringify(fault)).not.toContain('wrong-password');
  });
});
