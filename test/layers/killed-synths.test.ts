import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Sandbox, type AppBody } from '../support/sandbox';

const ROUNDS = 10;

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  sandbox.write('libs/requirements.txt', 'six==1.16.0 --hash=sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254\n');
  sandbox.write('files/a.txt', 'some bytes');
});

afterEach(() => sandbox.remove());

const libs: AppBody = ({ stack, SharedDependencyLayer, LayerContent, Runtime }) => {
  const layer = new SharedDependencyLayer(stack, 'Libs', {
    content: [LayerContent.python('libs'), LayerContent.files('files')], compatibleRuntimes: [Runtime.PYTHON_3_13],
  });
  return layer.manifest.digest;
};

test('a synth that is killed with all its processes at any time leaves nothing that changes the next one', async () => {
  const began = Date.now();
  const whole = await sandbox.synth(libs, { outdir: 'out/whole' });
  const duration = Date.now() - began;

  for (let round = 0; round < ROUNDS; round += 1) {
    const folders = { outdir: `out/${round}`, env: { CDK_LAMBDA_LAYERS_CACHE: sandbox.path(`cache-${round}`) } };
    await startAndKill(folders, duration * (round + Math.random()) / ROUNDS);
    ageLocks(sandbox.path(`cache-${round}`, 'locks'));

    const next = await sandbox.synth(libs, folders);

    expect(next).toMatchObject({ result: whole.result, code: 0 });
    expect(archiveOf(folders.outdir)).toBe(archiveOf('out/whole'));
  }
});

async function startAndKill(options: { outdir: string; env: Record<string, string> }, after: number): Promise<void> {
  const child = sandbox.start(libs, options);
  const ended = new Promise((resolve) => child.once('close', resolve));
  await delay(after);
  if (child.exitCode === null && child.pid !== undefined) {
    process.kill(-child.pid, 'SIGKILL');
  }
  await ended;
}

/** As if the killed process had been dead for longer than its locks are kept. */
function ageLocks(folder: string): void {
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    const past = new Date(Date.now() - 60_000);
    fs.utimesSync(`${folder}/${name}`, past, past);
  }
}

function archiveOf(outdir: string): string {
  const names = fs.readdirSync(sandbox.path(outdir)).filter((name) => /^asset\..*\.zip$/.test(name));
  expect(names).toHaveLength(1);
  return createHash('sha256').update(names[0]).update(fs.readFileSync(sandbox.path(outdir, names[0]))).digest('hex');
}
