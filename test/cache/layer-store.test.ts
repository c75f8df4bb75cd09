import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { entryFolder, keyOf, leaveLayer, makeFolder, removeFolder } from './support';
import { LayerStore } from '../../lib/cache/layer-store';

const HOUR_MS = 60 * 60 * 1000;
const KEY = keyOf('a layer');

let root: string;
let damaged: [string, string][];
let store: LayerStore;

beforeEach(() => {
  root = makeFolder();
  damaged = [];
  store = openStore();
});

afterEach(() => removeFolder(root));

function openStore(folder = root): LayerStore {
  return new LayerStore(folder, { onDamaged: (key, why) => damaged.push([key, why]) });
}

async function publish(archive: string, key = KEY): Promise<void> {
  await store.publish(key, async (folder) => leaveLayer(folder, archive));
}

function inEntry(name: string, key = KEY): string {
  return path.join(entryFolder(root, key), name);
}

/** Changes an entry's last use. */
function setLastUse(key: string, hoursAgo: number): void {
  const time = new Date(Date.now() - hoursAgo * HOUR_MS);
  fs.utimesSync(inEntry('record.json', key), time, time);
}

test('finds a published layer with its summary and its files', async () => {
  expect(store.lookup(KEY)).toBeUndefined();
  await publish('some bytes');

  const layer = openStore().lookup(KEY);

  expect(layer?.summary).toMatchObject({ archiveBytes: 10, runtimes: ['python3.13'] });
  expect(fs.readFileSync(layer?.archivePath ?? '', 'utf8')).toBe('some bytes');
  expect(JSON.parse(fs.readFileSync(layer?.manifestPath ?? '', 'utf8'))).toMatchObject({ digest: layer?.summary.digest });
});

test('keeps only what belongs to the layer, for its owner alone', async () => {
  await store.publish(KEY, async (folder) => {
    fs.mkdirSync(path.join(folder, 'tree'));
    fs.writeFileSync(path.join(folder, 'tree', 'left.py'), '');
    return leaveLayer(folder, 'some bytes');
  });

  expect(fs.readdirSync(entryFolder(root, KEY)).sort()).toEqual(['layer.zip', 'manifest.json', 'record.json']);
  expect(fs.readdirSync(path.join(root, 'tmp'))).toEqual([]);
  expect(fs.statSync(path.join(root, 'layers')).mode & 0o777).toBe(0o700);
});

test('leaves nothing behind when the builder fails, and says why', async () => {
  const failing = store.publish(KEY, async (folder) => {
    leaveLayer(folder, 'half');
    throw new Error('no wheel');
  });

  await expect(failing).rejects.toThrow('no wheel');
  expect(store.lookup(KEY)).toBeUndefined();
  expect(fs.readdirSync(path.join(root, 'tmp'))).toEqual([]);
});

test('keeps the entry that was there first', async () => {
  await publish('first');
  const inode = fs.statSync(inEntry('layer.zip')).ino;

  await publish('later');

  expect(fs.readFileSync(inEntry('layer.zip'), 'utf8')).toBe('first');
  expect(fs.statSync(inEntry('layer.zip')).ino).toBe(inode);
});

test('reads no more than the record and the facts of the files when nothing has changed', async () => {
  await publish('some bytes');
  // Other bytes with the same facts prove it: nobody sees them.
  flipByteUnseen(inEntry('layer.zip'));
  flipByteUnseen(inEntry('manifest.json'));

  expect(openStore().lookup(KEY)).toBeDefined();
});

test('is not disturbed by hard links to its archive', async () => {
  await publish('some bytes');
  fs.linkSync(inEntry('layer.zip'), path.join(root, 'elsewhere.zip'));

  expect(store.lookup(KEY)).toBeDefined();
  expect(damaged).toEqual([]);
});

test('adopts a copy of the cache after hashing it, and hashes it once only', async () => {
  await publish('some bytes');
  const copy = makeFolder();
  try {
    execFileSync('cp', ['-r', `${root}/.`, copy]);
    const before = fs.readFileSync(path.join(entryFolder(copy, KEY), 'record.json'), 'utf8');

    expect(openStore(copy).lookup(KEY)?.archivePath).toBe(path.join(entryFolder(copy, KEY), 'layer.zip'));

    const after = fs.readFileSync(path.join(entryFolder(copy, KEY), 'record.json'), 'utf8');
    expect(after).not.toBe(before);
    expect(after).toContain(`"ino":${fs.statSync(path.join(entryFolder(copy, KEY), 'layer.zip')).ino}`);
    expect(openStore(copy).lookup(KEY)).toBeDefined();
    expect(fs.readFileSync(path.join(entryFolder(copy, KEY), 'record.json'), 'utf8')).toBe(after);
    expect(damaged).toEqual([]);
  } finally {
    removeFolder(copy);
  }
});

test('names no path of its machine in an entry', async () => {
  await publish('some bytes');

  expect(fs.readFileSync(inEntry('record.json'), 'utf8')).not.toContain(root);
});

describe.each<[string, string, () => void]>([
  ['a truncated archive', 'layer.zip has 4 bytes instead of 10', () => fs.truncateSync(inEntry('layer.zip'), 4)],
  ['a changed byte in the archive', 'layer.zip has other bytes', () => fs.writeFileSync(inEntry('layer.zip'), 'sOme bytes')],
  ['a missing archive', 'layer.zip is missing', () => fs.rmSync(inEntry('layer.zip'))],
  ['a link in place of the archive', 'layer.zip is missing', () => {
    fs.renameSync(inEntry('layer.zip'), path.join(root, 'moved.zip'));
    fs.symlinkSync(path.join(root, 'moved.zip'), inEntry('layer.zip'));
  }],
  ['a truncated manifest', 'manifest.json has 0 bytes', () => fs.truncateSync(inEntry('manifest.json'))],
  ['a truncated record', 'record.json is truncated or changed', () => fs.truncateSync(inEntry('record.json'), 40)],
  ['an empty record', 'record.json is truncated or changed', () => fs.truncateSync(inEntry('record.json'))],
  ['a record that is no JSON', 'record.json is truncated or changed', () => fs.writeFileSync(inEntry('record.json'), '\0\0\0')],
  ['a record with another digest', 'record.json is truncated or changed', () => {
    const text = fs.readFileSync(inEntry('record.json'), 'utf8');
    fs.writeFileSync(inEntry('record.json'), text.replace(/"digest":"./, '"digest":"_'));
  }],
  ['the record of another layer', 'record.json belongs to another entry', () => {
    fs.copyFileSync(inEntry('record.json', keyOf('another layer')), inEntry('record.json'));
  }],
  ['a folder in place of the record', 'record.json cannot be read (EISDIR)', () => {
    fs.rmSync(inEntry('record.json'));
    fs.mkdirSync(inEntry('record.json'));
  }],
  ['a file in place of the entry', 'record.json cannot be read (ENOTDIR)', () => {
    fs.rmSync(entryFolder(root, KEY), { recursive: true });
    fs.writeFileSync(entryFolder(root, KEY), 'junk');
  }],
])('%s', (_what, why, damage) => {
  test('is no hit, is told once, and is built anew', async () => {
    await publish('some bytes');
    await publish('other bytes', keyOf('another layer'));
    damage();

    expect(store.lookup(KEY)).toBeUndefined();
    expect(store.lookup(KEY)).toBeUndefined();
    expect(damaged).toEqual([[KEY, expect.stringContaining(why)]]);

    await publish('new bytes');
    expect(fs.readFileSync(store.lookup(KEY)?.archivePath ?? '', 'utf8')).toBe('new bytes');
    expect(fs.readdirSync(path.join(root, 'tmp'))).toEqual([]);
  });
});

test('an entry without a record is built anew', async () => {
  await publish('some bytes');
  fs.rmSync(inEntry('record.json'));

  expect(store.lookup(KEY)).toBeUndefined();
  await publish('new bytes');

  expect(fs.readFileSync(store.lookup(KEY)?.archivePath ?? '', 'utf8')).toBe('new bytes');
});

test('verify finds the damage that a lookup cannot see, and removes it', async () => {
  await publish('some bytes');
  await publish('other bytes', keyOf('another layer'));
  flipByteUnseen(inEntry('layer.zip'));
  expect(store.lookup(KEY)).toBeDefined();

  expect(await store.verify()).toEqual({ ok: 1, damaged: [KEY] });

  expect(store.lookup(KEY)).toBeUndefined();
  expect(await store.verify()).toEqual({ ok: 1, damaged: [] });
});

test('prunes what was not used for longest, and never what is in use', async () => {
  const [old, locked, older, young] = ['old', 'locked', 'older', 'young'].map(keyOf);
  for (const key of [old, locked, older, young]) {
    await publish('x'.repeat(100_000), key);
  }
  setLastUse(old, 30);
  setLastUse(older, 40);
  setLastUse(locked, 50);
  setLastUse(young, 0.9);
  fs.mkdirSync(path.join(root, 'locks', `${locked}.lock`), { recursive: true });

  await store.prune(350_000);
  expect(store.entries().map((entry) => entry.key).sort()).toEqual([old, locked, young].sort());

  await store.prune(0);
  expect(store.entries().map((entry) => entry.key).sort()).toEqual([locked, young].sort());
});

test('a lookup counts as a use', async () => {
  await publish('some bytes');
  setLastUse(KEY, 30);

  store.lookup(KEY);
  await store.prune(0);

  expect(store.entries().map((entry) => entry.key)).toEqual([KEY]);
});

test('lists nothing where nothing is', () => {
  expect(store.entries()).toEqual([]);
});

/** Changes a byte of a file and restores its time, which is a whole second here. */
function flipByteUnseen(file: string): void {
  const { atime, mtime } = fs.statSync(file);
  const content = fs.readFileSync(file);
  content[0] ^= 0xff;
  fs.writeFileSync(file, content);
  fs.utimesSync(file, atime, mtime);
}
