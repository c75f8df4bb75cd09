import * as fs from 'node:fs';
import type { BundlingMode } from '../../lib';
import { Sandbox, type AppBody } from '../support/sandbox';

const place = 'App/Libs';
const PINNED = 'six==1.16.0 --hash=sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254\n';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  sandbox.write('libs/requirements.txt', PINNED);
  fs.mkdirSync(sandbox.path('empty'));
});

afterEach(() => sandbox.remove());

const libs: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
  new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.python('libs')],
    compatibleRuntimes: [Runtime.PYTHON_3_13],
    bundling: { mode: process.env.MODE as BundlingMode | undefined },
  });
};

/** Stands for uv, which does nothing of this on demand: a script takes the place of `uv pip`. */
function standIn(script: string): void {
  const uv = sandbox.takeTool('uv', 'real-uv');
  sandbox.tool('uv', `if [ "$1" != pip ]; then exec ${uv} "$@"; fi\n${script}`);
}

test('fails with the last lines of a tool that exits with 1', async () => {
  standIn('for line in $(seq 1 30); do echo "line $line of its log" >&2; done; exit 1');

  const [fault] = await sandbox.fail(libs);

  expect(fault).toMatchObject({ place, what: 'uv could not do its work', do: 'read the lines above; the same happens with uv alone' });
  expect(fault.got).toMatch(/^uv ended with exit code 1\nline 11 of its log\n[^]*\nline 30 of its log$/);
});

test('fails for a tool that is killed', async () => {
  standIn('echo unpacking >&2; kill -KILL $$');

  expect(await sandbox.fail(libs)).toEqual([{
    place,
    what: 'uv was killed before its work was done',
    got: 'uv was killed by SIGKILL\nunpacking',
    allowed: 'a uv that ends by itself',
    do: 'somebody or something ended it, such as a lack of memory: synthesise again',
  }]);
});

test('fails for a tool that is killed while it locks, and writes no lock', async () => {
  sandbox.write('libs/requirements.txt', 'six\n');
  standIn('kill -TERM $$');

  expect(await sandbox.fail(libs)).toEqual([expect.objectContaining({ place, what: 'uv was killed before its work was done' })]);
});

test('fails when the building process itself is killed', async () => {
  standIn('kill -KILL $PPID');

  const run = await sandbox.synth(libs);

  expect(run.message).toMatch(/^App\/Libs: the building process did not finish\n {2}got: killed by SIGKILL\n[^]* {2}do: synthesise again/);
});

test('fails without uv, Python and Docker, and says what to install', async () => {
  expect(await sandbox.fail(libs, { env: { PATH: sandbox.path('empty') } })).toEqual([{
    place,
    what: 'there is nothing to build the layer with',
    got: 'neither uv 0.13.0 or newer nor Python 3.9 or newer is on the path\nDocker is not on the path',
    allowed: 'on this machine: uv, or any Python 3.9 or newer (its pip brings uv); '
      + 'or a running Docker with the image public.ecr.aws/sam/build-python3.13',
    do: 'install one of them',
  }]);
});

test.each([
  ['is not there', { PATH: 'empty' }, 'Docker is not on the path'],
  ['is somewhere else', { CDK_DOCKER: '/nowhere/podman' }, '/nowhere/podman, which CDK_DOCKER names, is not on the path'],
])('fails in mode DOCKER when it %s', async (_, env, got) => {
  const [fault] = await sandbox.fail(libs, { env: { MODE: 'docker', ...env } });

  expect(fault).toMatchObject({ place, what: 'the layer must be built in Docker, which cannot be had', do: expect.stringMatching(/^start Docker/) });
  expect(fault.got).toContain(got);
});

test('fails in mode DOCKER when nobody answers', async () => {
  // Docker's client, of which this test needs only what it says when there is no daemon.
  const env = { MODE: 'docker', DOCKER_HOST: `unix://${sandbox.path('no.sock')}` };

  const [fault] = await sandbox.fail(libs, { env });

  expect(fault).toMatchObject({ place, what: 'the layer must be built in Docker, which cannot be had', do: expect.stringMatching(/^start Docker/) });
  expect(fault.got).toMatch(/Docker (does not answer|is not on the path)/);
});
