import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  Bench,
  containersOf,
  deriveImage,
  describeWithDocker,
  docker,
  IMAGE,
  removeDerivedImages,
  until,
  useImageWithUv,
  withEnvironment,
} from './support';
import { ToolUnavailable } from '../../lib/build/workbench';
import { FaultError } from '../../lib/common/fault';

const SECRET = 'hunter2-and-more';

let here: Bench;

beforeEach(() => {
  here = new Bench();
});

afterEach(async () => {
  await here.close();
});

/** The error of a piece of work that must fail. */
async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(() => Promise.reject(new Error('it did not fail')), (error: Error) => error);
}

/** Puts something on the path that says it is uv of a version. */
function pretendUv(version: string): string {
  return `printf "#!/bin/sh\\necho uv ${version}" >/usr/local/bin/uv && chmod +x /usr/local/bin/uv`;
}

/** Prints an expression in the container's Python. */
function show(expression: string): string[] {
  return ['-c', `import os; print(${expression})`];
}

describeWithDocker('a workbench in Docker', () => {
  beforeAll(() => useImageWithUv());

  afterAll(() => removeDerivedImages());

  test("runs uv and the target's interpreter of the runtime's own build image", async () => {
    const bench = await here.open({ image: undefined });
    expect(bench.description).toMatch(/^uv \d+\.\d+\.\d+ in Docker image public\.ecr\.aws\/sam\/build-python3\.11$/);
    expect((await bench.uv(['--version'])).stdout).toMatch(/^uv \d/);
    expect((await bench.python('3.11', ['-V'])).stdout).toMatch(/^Python 3\.11\./);
  });

  test('brings back what tools made of the files they were given, with execute bits, links and our ownership', async () => {
    here.write('content-0/in/given.txt', 'given');
    const bench = await here.open();
    await bench.provide('content-0/in');
    const script = [
      'import os', 'os.chdir("content-0/in")', 'os.makedirs("a b/ü")',
      'open("a b/ü/copy.txt", "w").write(open("given.txt").read() + " and taken")',
      'os.close(os.open("tool", os.O_CREAT, 0o755))', 'os.symlink("a b/ü/copy.txt", "link")',
    ];
    const run = await bench.python('3.11', ['-c', script.join('\n')]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    await bench.collect('content-0/in');

    const made = (file: string): string => path.join(here.workFolder, 'content-0/in', file);
    expect(fs.readFileSync(made('a b/ü/copy.txt'), 'utf8')).toBe('given and taken');
    expect(fs.statSync(made('tool')).mode & 0o111).toBe(0o111);
    expect(fs.statSync(made('a b/ü/copy.txt')).mode & 0o111).toBe(0);
    expect(fs.readlinkSync(made('link'))).toBe('a b/ü/copy.txt');
    expect(fs.statSync(made('tool')).uid).toBe(process.getuid!());
  });

  test('provides a folder as it is now, without what it held before', async () => {
    here.write('content-0/old.txt', 'old');
    const bench = await here.open();
    await bench.provide('content-0');
    fs.rmSync(path.join(here.workFolder, 'content-0/old.txt'));
    here.write('content-0/new.txt', 'new');
    await bench.provide('content-0');
    expect((await bench.python('3.11', show('os.listdir("content-0")'))).stdout.trim()).toBe("['new.txt']");
  });

  test.each(['1234:2345', 'nobody'])('lets tools run and write as user %s', async (user) => {
    here.write('content-0/given.txt', 'given');
    const bench = await here.open({ user });
    await bench.provide('content-0');
    const run = await bench.python('3.11', ['-c', 'import os; open("content-0/made.txt", "w").write(str(os.getuid()))']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    await bench.collect('content-0');
    const uid = docker('exec', containersOf(here.place)[0], 'id', '-u');
    expect(uid).not.toBe('0');
    expect(fs.readFileSync(path.join(here.workFolder, 'content-0/made.txt'), 'utf8')).toBe(uid);
  });

  test('gives tools the settings of networks and indexes, and nothing else of this machine', async () => {
    const variables = { NO_PROXY: 'some.host', UV_INDEX_ACME_PASSWORD: SECRET, AWS_SECRET_ACCESS_KEY: SECRET, HOME: '/home/of-this-machine' };
    const seen = await withEnvironment(variables, async () => {
      const bench = await here.open();
      const run = await bench.python('3.11', ['-c', 'import json, os; print(json.dumps(dict(os.environ)))']);
      return JSON.parse(run.stdout) as Record<string, string>;
    });
    expect(seen).toMatchObject({ NO_PROXY: 'some.host', UV_INDEX_ACME_PASSWORD: SECRET, PYTHONHASHSEED: '0', TZ: 'UTC', LC_ALL: 'C.UTF-8' });
    expect(seen).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
    expect(seen.HOME).not.toBe('/home/of-this-machine');
  });

  test('brings the certificates that the machine trusts', async () => {
    const certificates = path.join(here.workFolder, 'company.pem');
    const own = process.env.SSL_CERT_FILE;
    const content = `# of the company\n${own === undefined ? '' : fs.readFileSync(own, 'utf8')}`;
    fs.writeFileSync(certificates, content, { mode: 0o600 });
    const text = (variable: string): string => `open(os.environ["${variable}"]).read()`;
    const expression = `${text('SSL_CERT_FILE')} == ${text('PIP_CERT')}, ${text('REQUESTS_CA_BUNDLE')}.splitlines()[0]`;
    const run = await withEnvironment({ [own === undefined ? 'PIP_CERT' : 'SSL_CERT_FILE']: certificates }, async () => {
      const bench = await here.open({ user: '1234' });
      return bench.python('3.11', show(expression));
    });
    expect(run.stdout.trim()).toBe('True # of the company');
  });

  test('shows a secret to the tool alone: not to the engine, in no image, on no command line', async () => {
    here.write('content-0/given.txt', 'given');
    const bench = await here.open();
    await bench.provide('content-0');
    const script = 'import os, time; print(len(os.environ["TOKEN"])); open("content-0/started", "w").close(); time.sleep(8)';
    const running = bench.uv(['run', '--no-project', 'python', '-c', script], { TOKEN: SECRET });
    const [name] = containersOf(here.place);
    await until(() => docker('exec', name, 'ls', '/work/content-0').includes('started'));

    const commandLines = fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map((entry) => {
      try {
        return fs.readFileSync(`/proc/${entry}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });
    expect(commandLines.some((line) => line.includes('content-0/started'))).toBe(true);
    expect(commandLines.filter((line) => line.includes(SECRET))).toEqual([]);
    expect(docker('inspect', name)).not.toContain(SECRET);
    expect(docker('history', '--no-trunc', IMAGE)).not.toContain(SECRET);
    expect(docker('diff', name)).not.toContain(SECRET);
    expect((await running).stdout.trim()).toBe(String(SECRET.length));
  });

  test('leaves no container when it is disposed of', async () => {
    const bench = await here.open();
    expect(containersOf(here.place)).toHaveLength(1);
    await bench.dispose();
    expect(containersOf(here.place)).toEqual([]);
  });

  test('leaves no container when the building process is killed', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, 'hold-workbench.ts'), here.workFolder, here.place], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect(containersOf(here.place)).toHaveLength(1);
    child.kill('SIGKILL');
    await until(() => containersOf(here.place).length === 0);
  });

  test('fails when the container is stopped under it', async () => {
    const bench = await here.open();
    const running = failureOf(bench.python('3.11', ['-c', 'import time; time.sleep(600)']));
    docker('kill', containersOf(here.place)[0]);
    const error = await running;
    expect(error).toBeInstanceOf(FaultError);
    expect(error.message).toMatch(/^the build container of cdk-lambda-layers-test:with-pinned-uv ended before its work was done/);
  });

  test('uses the uv of the image when it is new enough, without any network', async () => {
    const image = deriveImage('with-uv', pretendUv('0.99.1'));
    const bench = await here.open({ image, network: 'none' });
    expect(bench.description).toBe(`uv 0.99.1 in Docker image ${image}`);
  });

  test('installs the pinned uv beside one that is too old', async () => {
    const image = deriveImage('with-old-uv', pretendUv('0.9.22'));
    const bench = await here.open({ image });
    expect(bench.description).toMatch(/^uv 0\.1\d\.\d+ in Docker image /);
  });

  test('fails when uv cannot be installed for want of a network, with the words of pip', async () => {
    const error = await failureOf(here.open({ image: undefined, network: 'none' }));
    expect(error).toBeInstanceOf(FaultError);
    expect(error.message).toMatch(/^there is no uv in the image .* and none could be installed\n {2}got: pip ended with exit code 1\n/);
    expect(error.message).toContain('`network`');
    expect(containersOf(here.place)).toEqual([]);
  });

  test('fails with an image that has neither uv nor Python', async () => {
    const keepSome = 'mkdir /bare && for tool in sh cat id mkdir rm chown; do ln -s "$(command -v $tool)" /bare/; done';
    const image = deriveImage('bare', keepSome, 'ENV PATH=/bare');
    const error = await failureOf(here.open({ image }));
    expect(error.message).toMatch(/^there is no uv in the image cdk-lambda-layers-test:bare, and none could be installed$/m);
    expect(error.message).toMatch(/^ {2}got: no Python on its path$/m);
  });

  test('fails with an image that has no shell', async () => {
    const image = deriveImage('no-shell', 'true', 'ENV PATH=/nothing');
    const error = await failureOf(here.open({ image }));
    expect(error).toBeInstanceOf(FaultError);
    expect(error.message).toMatch(/^the image cdk-lambda-layers-test:no-shell cannot be built in\n[^]*"sh": executable file not found/);
    expect(containersOf(here.place)).toEqual([]);
  });

  test('fails for an interpreter that the image lacks, and names those that it has', async () => {
    const bench = await here.open();
    const error = await failureOf(bench.python('3.13', ['-V']));
    expect(error).toBeInstanceOf(FaultError);
    expect(error.message).toMatch(/^the image cdk-lambda-layers-test:with-pinned-uv has no Python 3\.13\n {2}got: Python 3\.11 \(/);
  });

  test('fails for a network that does not exist', async () => {
    const error = await failureOf(here.open({ network: 'no-such-network' }));
    expect(error.message).toMatch(/cannot be built in\n[^]*no-such-network not found/);
  });

  test('says which image it pulls and why before it does', async () => {
    const image = 'cdk-lambda-layers-test:pulled';
    const engine = path.join(here.workFolder, 'engine');
    fs.writeFileSync(engine, `#!/bin/sh\n[ "$1" = pull ] && exec docker tag ${IMAGE} ${image}\nexec docker "$@"\n`, { mode: 0o755 });
    try {
      await withEnvironment({ CDK_DOCKER: engine }, () => here.open({ image }));
      expect(here.announced).toEqual([`pulling Docker image ${image} for linux/amd64: the test wants it`]);
    } finally {
      docker('rmi', image);
    }
  });

  test('pulls nothing when the image is there', async () => {
    await here.open();
    expect(here.announced).toEqual([]);
  });

  test('fails when the image cannot be had, with the words of Docker', async () => {
    const image = 'registry.invalid/acme/build:1';
    const error = await failureOf(here.open({ image }));
    expect(error).toBeInstanceOf(ToolUnavailable);
    expect(error.message).toContain(`the Docker image ${image} for linux/amd64 cannot be had: docker pull ended with exit code 1\n`);
    expect(error.message.split('\n').slice(1).join('\n')).toContain('registry.invalid');
    expect(here.announced).toEqual([`pulling Docker image ${image} for linux/amd64: the test wants it`]);
  });

  test('fails for another platform than the image has when that cannot be pulled', async () => {
    const error = await failureOf(here.open({ image: deriveImage('of-amd64', 'true'), platform: 'linux/arm64' }));
    expect(error).toBeInstanceOf(ToolUnavailable);
    expect(error.message).toMatch(/^the Docker image cdk-lambda-layers-test:of-amd64 for linux\/arm64 cannot be had/);
  });

  test('fails when the engine does not answer', async () => {
    const error = await withEnvironment({ DOCKER_HOST: `unix://${here.workFolder}/no.sock` }, () => failureOf(here.open()));
    expect(error).toBeInstanceOf(ToolUnavailable);
    expect(error.message).toMatch(/^Docker does not answer: .*\n.*Cannot connect to the Docker daemon/);
  });
});

describe('without Docker', () => {
  test('fails when it is not on the path', async () => {
    const error = await withEnvironment({ PATH: here.workFolder, CDK_DOCKER: undefined }, () => failureOf(here.open()));
    expect(error).toBeInstanceOf(ToolUnavailable);
    expect(error.message).toBe('Docker is not on the path');
  });

  test('fails when the command that CDK_DOCKER names is not there', async () => {
    const error = await withEnvironment({ CDK_DOCKER: 'no-such-engine' }, () => failureOf(here.open()));
    expect(error).toBeInstanceOf(ToolUnavailable);
    expect(error.message).toBe('no-such-engine, which CDK_DOCKER names, is not on the path');
  });
});
