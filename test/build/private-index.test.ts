import * as fs from 'node:fs';
import * as path from 'node:path';
import { PackageServer } from '../support/package-server';
import { Sandbox, type AppBody, type SynthOptions, type SynthRun } from '../support/sandbox';
import { makeWheel, type Artifact } from '../support/wheel';

/** With characters that a URL would write differently. */
const SECRET = 'tr0ub4dor/&3@horse';

let privateWheels: Artifact[];
let publicServer: PackageServer;
let privateServer: PackageServer;
let sandbox: Sandbox;

beforeEach(async () => {
  privateWheels = [
    await makeWheel({ name: 'acme-tools', version: '1.0', requires: ['acme-base>=1', 'colours', 'acme-extra ; extra == "more"'] }),
    await makeWheel({ name: 'acme-base', version: '1.0', requires: ['acme-core'] }),
    await makeWheel({ name: 'acme-core', version: '1.0' }),
    await makeWheel({ name: 'colours', version: '5.0' }),
  ];
  // Somebody took the private names in the public index, with versions that every resolver prefers.
  publicServer = await PackageServer.start([
    await makeWheel({ name: 'acme-tools', version: '9.9' }),
    await makeWheel({ name: 'acme-base', version: '9.9' }),
    await makeWheel({ name: 'acme-core', version: '9.9' }),
    await makeWheel({ name: 'acme-extra', version: '9.9' }),
    await makeWheel({ name: 'colours', version: '2.0' }),
  ]);
  privateServer = await PackageServer.start(privateWheels, SECRET);
  sandbox = await Sandbox.create();
});

afterEach(async () => {
  sandbox.remove();
  await Promise.all([publicServer.stop(), privateServer.stop()]);
});

const claiming: AppBody = ({ stack, SharedDependencyLayer, LayerContent, PackageIndex, Runtime }) => {
  const layer = new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.python('libs')],
    compatibleRuntimes: [Runtime.PYTHON_3_13],
    bundling: {
      indexes: [PackageIndex.url('acme', process.env.ACME_URL ?? '', { usernameEnv: 'ACME_USER', passwordEnv: 'ACME_PASSWORD', only: ['acme-*'] })],
    },
  });
  return layer.manifest.packages.map((one) => `${one.name} ${one.version}`);
};

const open: AppBody = ({ stack, SharedDependencyLayer, LayerContent, PackageIndex, Runtime }) => {
  const layer = new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.python('libs')],
    compatibleRuntimes: [Runtime.PYTHON_3_13],
    bundling: { indexes: [PackageIndex.url('acme', process.env.ACME_URL ?? '', { passwordEnv: 'ACME_PASSWORD' })] },
  });
  return layer.manifest.packages.map((one) => `${one.name} ${one.version}`);
};

function synth(body: AppBody, options: SynthOptions = {}): Promise<SynthRun> {
  return sandbox.synth(body, { ...options, env: { ...environment(), ...options.env } });
}

function environment(): Record<string, string> {
  return {
    UV_DEFAULT_INDEX: publicServer.url,
    UV_CACHE_DIR: sandbox.path('uv-cache'),
    UV_HTTP_RETRIES: '0',
    ACME_URL: privateServer.url,
    ACME_USER: 'robot',
    ACME_PASSWORD: SECRET,
  };
}

async function locked(...names: string[]): Promise<string> {
  const colours = await makeWheel({ name: 'colours', version: '2.0' });
  const lineOf = ({ name, file, sha256 }: Artifact): string => `${name}==${file.split('-')[1]} --hash=sha256:${sha256}\n`;
  return [...privateWheels.filter((one) => names.includes(one.name)), ...(names.includes('colours') ? [colours] : [])]
    .filter((one) => one.file !== 'colours-5.0-py3-none-any.whl').map(lineOf).join('');
}

describe('an index that claims names is asked for those alone, and no other index for them,', () => {
  test('with a lock', async () => {
    sandbox.write('libs/requirements.txt', await locked('acme-tools', 'acme-base', 'acme-core', 'colours'));

    const run = await synth(claiming);

    expect(run.message).toBeUndefined();
    expect(run.result).toEqual(['acme-base 1.0', 'acme-core 1.0', 'acme-tools 1.0', 'colours 2.0']);
    expect(privateServer.askedFor()).toEqual(['acme-base', 'acme-core', 'acme-tools']);
    expect(publicServer.askedFor()).toEqual(['colours']);
  });

  test('while requirements are locked, for what private packages need as well', async () => {
    sandbox.write('libs/requirements.txt', 'acme-tools\n');

    const run = await synth(claiming);

    expect(run.message).toBeUndefined();
    expect(run.result).toEqual(['acme-base 1.0', 'acme-core 1.0', 'acme-tools 1.0', 'colours 2.0']);
    expect(privateServer.askedFor()).toEqual(['acme-base', 'acme-core', 'acme-tools']);
    expect(publicServer.askedFor()).toEqual(['colours']);
  });

  test('and fails for a claimed name that it does not have, although the public index has it', async () => {
    sandbox.write('libs/requirements.txt', 'acme-extra\n');

    const [fault] = await sandbox.fail(claiming, { env: environment() });

    expect(fault).toMatchObject({ place: 'App/Libs', what: 'acme-extra is not in any package index' });
    expect(publicServer.askedFor()).toEqual([]);
  });

  test('and fails for a claimed name that an extra of a private package needs and only the public index has', async () => {
    sandbox.write('libs/requirements.txt', 'acme-tools[more]\n');

    const [fault] = await sandbox.fail(claiming, { env: environment() });

    expect(fault).toMatchObject({ place: 'App/Libs', what: 'acme-extra is not in any package index' });
    expect(publicServer.askedFor().filter((name) => name.startsWith('acme'))).toEqual([]);
  });

  test('whatever other indexes the machine has set', async () => {
    sandbox.write('libs/requirements.txt', await locked('acme-core'));

    const run = await synth(claiming, { env: { UV_INDEX: publicServer.url, UV_EXTRA_INDEX_URL: publicServer.url } });

    expect(run.result).toEqual(['acme-core 1.0']);
    expect(publicServer.requests).toEqual([]);
  });
});

test('an index without `only` comes first, and what it has is taken from nowhere else', async () => {
  sandbox.write('libs/requirements.txt', 'acme-tools\ncolours\n');

  const run = await synth(open);

  expect(run.message).toBeUndefined();
  expect(run.result).toEqual(['acme-base 1.0', 'acme-core 1.0', 'acme-tools 1.0', 'colours 5.0']);
  expect(publicServer.askedFor()).toEqual([]);
});

test('credentials are given to tools by their environment, and are written nowhere', async () => {
  sandbox.write('libs/requirements.txt', 'acme-tools\n');
  const uv = sandbox.takeTool('uv', 'real-uv');
  sandbox.tool('uv', `{ echo "argv: $*"; env; } >> '${sandbox.path('calls')}'\nexec ${uv} "$@"`);

  const run = await synth(claiming);
  const calls = fs.readFileSync(sandbox.path('calls'), 'utf8');
  fs.rmSync(sandbox.path('calls'));
  const wrong = await synth(claiming, {
    env: { ACME_PASSWORD: `${SECRET}-wrong`, UV_CACHE_DIR: sandbox.path('other-uv-cache'), CDK_LAMBDA_LAYERS_CACHE: sandbox.path('other-cache') },
  });
  fs.rmSync(sandbox.path('calls'));

  expect(run.result).toHaveLength(4);
  expect(calls).toContain(`UV_INDEX_ACME_PASSWORD=${SECRET}\n`);
  expect(calls.split('\n').filter((line) => line.startsWith('argv:') && holdsSecret(line))).toEqual([]);
  // Tools get what they need under its own name, not the variable that the user named.
  expect(calls).not.toMatch(/^ACME_PASSWORD=/m);
  expect(wrong.message).toMatch(/refused access \(401 Unauthorized\)/);
  expect(holdsSecret(JSON.stringify([run, wrong]))).toBe(false);
  expect(filesBelow(sandbox.root).filter((file) => holdsSecret(fs.readFileSync(file, 'latin1')))).toEqual([]);
});

test('with a full cache no index is asked and no variable is needed, by uv\'s cache or by ours', async () => {
  sandbox.write('libs/requirements.txt', 'acme-tools\n');
  const first = await synth(claiming);
  const before = [privateServer.requests.length, publicServer.requests.length];
  const withoutCredentials = { ACME_USER: '', ACME_PASSWORD: '' };

  const ours = await synth(claiming, { outdir: 'out/ours', env: withoutCredentials });
  const uvs = await synth(claiming, { outdir: 'out/uvs', env: { ...withoutCredentials, CDK_LAMBDA_LAYERS_CACHE: sandbox.path('new-cache') } });

  expect(ours).toMatchObject({ result: first.result, stderr: '' });
  expect(uvs).toMatchObject({ result: first.result, stderr: expect.stringContaining(': built, ') });
  expect([privateServer.requests.length, publicServer.requests.length]).toEqual(before);
});

describe('CodeArtifact, of which a script stands for the AWS CLI', () => {
  const codeArtifact: AppBody = ({ stack, SharedDependencyLayer, LayerContent, PackageIndex, Runtime }) => {
    const layer = new SharedDependencyLayer(stack, 'Libs', {
      content: [LayerContent.python('libs')],
      compatibleRuntimes: [Runtime.PYTHON_3_13],
      bundling: { indexes: [PackageIndex.codeArtifact('acme', 'python', { domainOwner: '111122223333', region: 'eu-central-1', only: ['acme-*'] })] },
    });
    return layer.manifest.packages.map((one) => `${one.name} ${one.version}`);
  };

  function aws(script: string): void {
    sandbox.tool('aws', `echo "$*" >> '${sandbox.path('aws-calls')}'\n${script}`);
  }

  function calls(): string[] {
    const file = sandbox.path('aws-calls');
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n').sort() : [];
  }

  const ANSWERS = `case "$2" in
    get-repository-endpoint) echo "$STAND_IN_ENDPOINT" ;;
    get-authorization-token) printf '%s\\n' "$STAND_IN_TOKEN" ;;
  esac`;

  function standIn(): Record<string, string> {
    return { STAND_IN_ENDPOINT: `http://${privateServer.host}`, STAND_IN_TOKEN: SECRET };
  }

  test('gives a token only when something must be fetched', async () => {
    sandbox.write('libs/requirements.txt', await locked('acme-core'));
    aws(ANSWERS);

    const first = await synth(codeArtifact, { env: standIn() });

    const where = '--domain acme --domain-owner 111122223333 --region eu-central-1';
    expect(first.message).toBeUndefined();
    expect(first.result).toEqual(['acme-core 1.0']);
    expect(calls()).toEqual([
      `codeartifact get-authorization-token ${where} --query authorizationToken --output text`,
      `codeartifact get-repository-endpoint --repository python --format pypi ${where} --query repositoryEndpoint --output text`,
    ]);

    const second = await synth(codeArtifact, { env: standIn() });
    expect(second.result).toEqual(first.result);
    expect(calls()).toHaveLength(2);
    expect(filesBelow(sandbox.root).filter((file) => holdsSecret(fs.readFileSync(file, 'latin1')))).toEqual([]);
  });

  test('is asked for no token where one is in the environment', async () => {
    sandbox.write('libs/requirements.txt', await locked('acme-core'));
    aws(ANSWERS);

    const run = await synth(codeArtifact, { env: { ...standIn(), STAND_IN_TOKEN: '', CODEARTIFACT_AUTH_TOKEN: SECRET } });

    expect(run.result).toEqual(['acme-core 1.0']);
    expect(calls()).toEqual([expect.stringContaining('get-repository-endpoint')]);
  });

  test('fails with what the AWS CLI says, and says how to sign in', async () => {
    sandbox.write('libs/requirements.txt', await locked('acme-core'));
    aws('echo "An error occurred (ExpiredTokenException)" >&2; exit 254');

    const [fault] = await sandbox.fail(codeArtifact, { env: environment() });

    expect(fault).toMatchObject({
      place: 'App/Libs',
      what: 'package index acme-python gives no access',
      got: expect.stringContaining('ended with exit code 254\nAn error occurred (ExpiredTokenException)'),
      do: expect.stringContaining('CODEARTIFACT_AUTH_TOKEN'),
    });
  });
});

describe('a credential that is written down is refused with its file and line, never with its value,', () => {
  const WRITTEN = 'https://robot:correct-horse@packages.example';

  test.each([
    ['in a requirement', { 'requirements.txt': `six\nacme-core @ ${WRITTEN}/acme_core-1.0-py3-none-any.whl\n` }, 'requirements.txt:2'],
    ['in an index option', { 'requirements.txt': `--extra-index-url ${WRITTEN}/simple\nsix\n` }, 'requirements.txt:1'],
    [
      'in a lock',
      {
        'pyproject.toml': '[project]\nname = "app"\nversion = "1"\n',
        'uv.lock': `version = 1\n\n[[package]]\nname = "acme-core"\nversion = "1.0"\nsource = { registry = "${WRITTEN}/simple" }\n`,
      },
      'uv.lock:6',
    ],
    [
      'in our own lock',
      { 'requirements.txt': 'six\n', 'cdk-lambda-layers.lock.json': `{\n"url": "${WRITTEN}/six.whl"\n}\n` },
      'cdk-lambda-layers.lock.json:2',
    ],
  ])('%s', async (_, files, line) => {
    Object.entries(files).forEach(([name, text]) => sandbox.write(`libs/${name}`, text));

    const faults = await sandbox.fail(claiming, { env: environment() });

    expect(faults).toEqual([expect.objectContaining({
      place: 'App/Libs',
      what: 'a credential is written into a URL',
      got: expect.stringContaining(`${sandbox.path('app/libs', line.split(':')[0])}:${line.split(':')[1]}`),
    })]);
    expect(JSON.stringify(faults)).not.toContain('correct-horse');
    expect(publicServer.requests).toEqual([]);
  });

  test('in an inline list', async () => {
    const faults = await sandbox.fail(({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
      new SharedDependencyLayer(stack, 'Libs', {
        content: [LayerContent.pythonRequirements(['six', 'acme @ https://robot:correct-horse@packages.example/acme-1.0-py3-none-any.whl'])],
        compatibleRuntimes: [Runtime.PYTHON_3_13],
      });
    });

    expect(faults.map((fault) => [fault.place, fault.what])).toEqual([['App/Libs', 'a credential is written into a URL']]);
    expect(faults[0].got).toContain('requirements[1]');
    expect(JSON.stringify(faults)).not.toContain('correct-horse');
  });
});

function holdsSecret(text: string): boolean {
  return [SECRET, JSON.stringify(SECRET).slice(1, -1), encodeURIComponent(SECRET), Buffer.from(`robot:${SECRET}`).toString('base64')]
    .some((form) => text.includes(form));
}

function filesBelow(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
