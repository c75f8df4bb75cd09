import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  entryFolder, finish, firstOutput, keyOf, kill, killProcesses, leaveLayer, makeFolder, removeFolder, sha256, startProcess,
} from './support';
import { LayerStore } from '../../lib/cache/layer-store';

const KEY = keyOf('a layer');

let root: string;

beforeEach(() => {
  root = makeFolder();
});

afterEach(() => {
  killProcesses();
  removeFolder(root);
});

test('eight processes that want one layer build it once', async () => {
  const builds = path.join(root, 'builds');

  const results = await Promise.all(Array.from({ length: 8 }, () => finish(startProcess('build-once', root, KEY, builds))));

  expect(results).toEqual(Array(8).fill({ stdout: 'the same for allmanifest.json', code: 0, signal: null }));
  expect(fs.readFileSync(builds, 'utf8').trim().split('\n')).toHaveLength(1);
  expect(fs.readdirSync(path.join(root, 'tmp'))).toEqual([]);
  expect(fs.readdirSync(path.join(root, 'locks'))).toEqual([]);
});

test('constructs of one process that want one layer build it once', async () => {
  let builds = 0;
  const wants = Array.from({ length: 5 }, () => {
    const store = new LayerStore(root);
    return store.once(KEY, () => store.publish(KEY, async (folder) => {
      builds += 1;
      return leaveLayer(folder, 'some bytes');
    }));
  });

  expect(new Set((await Promise.all(wants)).map((layer) => layer.archivePath))).toEqual(new Set([path.join(entryFolder(root, KEY), 'layer.zip')]));
  expect(builds).toBe(1);
});

test('fails for all who wait in one process when the build fails, and builds again when asked again', async () => {
  const store = new LayerStore(root);
  const fail = () => store.once(KEY, () => Promise.reject(new Error('no wheel')));
  await Promise.all([fail(), fail()].map((want) => expect(want).rejects.toThrow('no wheel')));

  const layer = await store.once(KEY, () => store.publish(KEY, async (folder) => leaveLayer(folder, 'some bytes')));

  expect(layer.summary.archiveBytes).toBe(10);
});

test('takes over from a builder that was killed, and says that it waits', async () => {
  const builder = startProcess('build-forever', root, KEY);
  await firstOutput(builder);
  const waits: string[] = [];
  const store = new LayerStore(root, { onWait: (key) => waits.push(key) });

  await kill(builder);
  expect(fs.readdirSync(path.join(root, 'tmp'))).toHaveLength(1);
  const layer = await store.once(KEY, () => store.publish(KEY, async (folder) => leaveLayer(folder, 'whole')));

  expect(fs.readFileSync(layer.archivePath, 'utf8')).toBe('whole');
  expect(waits).toEqual([KEY]);
  expect(fs.readdirSync(path.join(root, 'tmp'))).toEqual([]);
});

test('leaves the work of living processes alone when it sweeps', async () => {
  const builder = startProcess('build-forever', root, KEY);
  await firstOutput(builder);

  const store = new LayerStore(root);
  await store.publish(keyOf('another layer'), async (folder) => leaveLayer(folder, 'some bytes'));

  expect(fs.readdirSync(path.join(root, 'tmp'))).toEqual([expect.stringContaining(KEY)]);
});

test('sweeps what is older than a day, whoever left it', async () => {
  const folders = ['old.1.another-machine.abcdef', 'young.1.anothermachine.abcdef'].map((name) => path.join(root, 'tmp', name));
  folders.forEach((folder) => fs.mkdirSync(path.join(folder, 'work'), { recursive: true }));
  const dayAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
  fs.utimesSync(folders[0], dayAgo, dayAgo);

  await new LayerStore(root).publish(KEY, async (folder) => leaveLayer(folder, 'some bytes'));

  expect(fs.readdirSync(path.join(root, 'tmp'))).toEqual(['young.1.anothermachine.abcdef']);
});

test('serves no wrong layer wherever a publisher is killed while it replaces a damaged one', async () => {
  await leaveDamagedLayer();
  const steps = Number((await finish(startProcess('publish-and-die', root, KEY, 'whole', '0'))).stdout);
  expect(steps).toBeGreaterThan(10);

  for (let step = 1; step <= steps; step += 1) {
    await leaveDamagedLayer();
    const { signal } = await finish(startProcess('publish-and-die', root, KEY, `version ${step}`, String(step)));

    expect(signal).toBe('SIGKILL');
    // The damaged one, none, or the new one as a whole.
    const damage: string[] = [];
    const layer = new LayerStore(root, { onDamaged: (_key, why) => damage.push(why) }).lookup(KEY);
    expect(['layer.zip has 3 bytes instead of 13', undefined]).toContain(damage[0]);
    expect([`version ${step}`, undefined]).toContain(layer && fs.readFileSync(layer.archivePath, 'utf8'));
  }
  const store = new LayerStore(root);
  await store.publish(KEY, async (folder) => leaveLayer(folder, 'at last'));
  expect(await store.verify()).toEqual({ ok: 1, damaged: [] });
});

test('serves no wrong layer when a publisher is killed at random', async () => {
  for (let round = 0; round < 8; round += 1) {
    const child = startProcess('publish-in-a-loop', root);
    await firstOutput(child);
    await delay(60 * Math.random());
    await kill(child);
    const damaged: string[] = [];
    const store = new LayerStore(root, { onDamaged: (key, why) => damaged.push(`${key}: ${why}`) });
    for (const { key } of store.entries()) {
      const layer = store.lookup(key);
      expect(layer?.summary.digest).toBe(sha256(fs.readFileSync(layer?.archivePath ?? '')));
    }
    expect(damaged).toEqual([]);
  }
});

async function leaveDamagedLayer(): Promise<void> {
  removeFolder(entryFolder(root, KEY));
  await new LayerStore(root).publish(KEY, async (folder) => leaveLayer(folder, 'to be damaged'));
  fs.truncateSync(path.join(entryFolder(root, KEY), 'layer.zip'), 3);
}
