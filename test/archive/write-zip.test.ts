import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { extractZip, listZip } from '../../lib/archive/read-zip';
import { writeZip } from '../../lib/archive/write-zip';
import type { OptEntry } from '../../lib/inspect/opt-tree';
import { entriesOf, failureOf, makeFolder, removeFolders, testWith } from '../inspect/support';

const BLOCK = 2 * 1024 * 1024;

afterEach(removeFolders);

async function zip(entries: readonly OptEntry[]): Promise<string> {
  const archive = path.join(makeFolder(), 'layer.zip');
  const { bytes } = await writeZip(entries, archive);
  expect(fs.statSync(archive).size).toBe(bytes);
  return archive;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Compressible, but no two blocks alike. */
function text(bytes: number): Buffer {
  const content = Buffer.alloc(bytes, 'a line of text that says little\n');
  for (let at = 0; at + 4 <= bytes; at += 512) {
    content.writeUInt32LE(at, at);
  }
  return content;
}

const SAMPLE = {
  'python/lib/python3.13/site-packages/pkg/__init__.py': { content: 'import this\n'.repeat(40) },
  'extensions/telemetry': { content: '#!/bin/sh\nexec true\n', executable: true },
  'python/größe/数据 ファイル.txt': { content: 'Größe' },
  'lib/libz.so': { link: 'libz.so.1' },
  'lib/libz.so.1': { content: randomBytes(5000) },
  'empty': { content: '' },
};

const READ_WITH_PYTHON = `
import hashlib, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps([[i.filename, oct(i.external_attr >> 16), hashlib.sha256(archive.read(i)).hexdigest(), i.compress_type,
                       i.create_system, list(i.date_time), len(i.extra), i.flag_bits] for i in archive.infolist()]))
`;

testWith('python3')('Python reads what was written: content, modes, links and names, in path order, with one date and no extra fields', async () => {
  const entries = entriesOf(SAMPLE);
  const read = JSON.parse(execFileSync('python3', ['-c', READ_WITH_PYTHON, await zip(entries)]).toString());
  const expected = entries.sort((a, b) => (a.path < b.path ? -1 : 1)).map((entry) => {
    const content = entry.kind === 'link' ? Buffer.from(entry.target) : fs.readFileSync(entry.source);
    const mode = entry.kind === 'link' ? '0o120777' : entry.mode === 0o755 ? '0o100755' : '0o100644';
    const method = entry.path.includes('__init__') ? 8 : 0;
    return [entry.path, mode, sha256(content), method, 3, [1980, 1, 1, 0, 0, 0], 0, /^[\x20-\x7e]*$/.test(entry.path) ? 0 : 0x800];
  });
  expect(read).toEqual(expected);
});

testWith('unzip')('unzip finds no error, and unpacks files that execute and links that lead on', async () => {
  const archive = await zip(entriesOf(SAMPLE));
  const folder = makeFolder();
  execFileSync('unzip', ['-tq', archive]);
  execFileSync('unzip', ['-q', archive, '-d', folder]);
  execFileSync(path.join(folder, 'extensions/telemetry'));
  expect(fs.readlinkSync(path.join(folder, 'lib/libz.so'))).toBe('libz.so.1');
  expect(fs.readFileSync(path.join(folder, 'python/größe/数据 ファイル.txt'), 'utf8')).toBe('Größe');
});

test.each([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 12_345])('a file of %d bytes comes back as it was, text and noise', async (bytes) => {
  const contents = [text(bytes), randomBytes(bytes), Buffer.concat([randomBytes(bytes), text(bytes)])];
  const archive = await zip(entriesOf(Object.fromEntries(contents.map((content, index) => [`f${index}`, { content }]))));
  const folder = makeFolder();
  await extractZip(archive, folder);
  const back = contents.map((_, index) => sha256(fs.readFileSync(path.join(folder, `f${index}`))));
  expect(back).toEqual(contents.map(sha256));
});

test('the same entries give the same bytes: in any order, from any folder, with other dates and permissions on disk', async () => {
  const tree = { ...SAMPLE, large: { content: text(5 * BLOCK) } };
  const entries = entriesOf(tree);
  const others = entriesOf(tree).reverse();
  for (const other of others) {
    if (other.kind === 'file') {
      fs.chmodSync(other.source, 0o600);
      fs.utimesSync(other.source, 1e9, 1e9);
    }
  }
  const [first, second] = [await zip(entries), await zip(others)];
  expect(fs.readFileSync(second).equals(fs.readFileSync(first))).toBe(true);
});

test('text is compressed', async () => {
  const archive = await zip(entriesOf({ a: { content: text(4 * BLOCK) } }));
  expect(fs.statSync(archive).size).toBeLessThan(2 * BLOCK);
});

test('a level of 0 stores everything', async () => {
  const archive = path.join(makeFolder(), 'layer.zip');
  const { bytes } = await writeZip(entriesOf({ a: { content: text(BLOCK) } }), archive, { level: 0 });
  expect(bytes).toBe(BLOCK + 30 + 46 + 22 + 2);
});

test('whatever the content, what is written is what is read', async () => {
  const name = fc.stringMatching(/^[a-zé数 .+-]{1,12}$/).filter((text_) => !/^\.{1,2}$/.test(text_));
  const leaf = fc.record({ content: fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes)), executable: fc.boolean() });
  // Files lie one level below folders that no file is named after.
  const tree = fc.dictionary(fc.tuple(name, name).map(([folder, file]) => `d${folder}/${file}`), leaf, { maxKeys: 12 });
  await fc.assert(fc.asyncProperty(tree, async (leaves) => {
    const folder = makeFolder();
    const extracted = await extractZip(await zip(entriesOf(leaves)), folder);
    const back = extracted.map((entry) => [entry.path, { content: fs.readFileSync(path.join(folder, entry.path)), executable: entry.executable }]);
    expect(Object.fromEntries(back)).toEqual({ ...leaves });
  }), { numRuns: 60 });
});

test('an archive of nothing is a valid archive', async () => {
  expect(await listZip(await zip([]))).toEqual([]);
});

test('fails when a source is missing, and leaves no archive behind', async () => {
  const [entry] = entriesOf({ a: { content: 'a' } });
  const archive = path.join(makeFolder(), 'layer.zip');
  const missing = { ...entry, source: '/nowhere/at/all' } as OptEntry;
  expect(await failureOf(writeZip([missing], archive))).toContain('/nowhere/at/all');
  expect(fs.existsSync(archive)).toBe(false);
});

test('fails when a file becomes shorter while it is read, and leaves no archive behind', async () => {
  const entries = entriesOf({ shrinking: { content: randomBytes(24 * BLOCK) } });
  const archive = path.join(makeFolder(), 'layer.zip');
  const failure = failureOf(writeZip(entries, archive));
  while ((fs.statSync(archive, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    await new Promise(setImmediate);
  }
  fs.truncateSync((entries[0] as { source: string }).source);
  expect(await failure).toMatch(/^a file became shorter while it was archived/);
  expect(fs.existsSync(archive)).toBe(false);
});

test('fails for more than a .zip can hold, before anything is written', async () => {
  const [entry] = entriesOf({ a: { content: '' } });
  fs.truncateSync((entry as { source: string }).source, 4_000_000_001);
  const archive = path.join(makeFolder(), 'layer.zip');
  const links = Array.from({ length: 65_535 }, (_, index): OptEntry => ({ kind: 'link', path: `l${index}`, target: 'a' }));
  expect(await failureOf(writeZip([entry, ...links], archive))).toBe([
    'the content has too many files for a .zip archive', '  got: 65536', '  allowed: at most 65534', '  do: leave some of it out',
    'the content is too large for a .zip archive', '  got: 4000065536 bytes', '  allowed: at most 4000000000 bytes', '  do: leave some of it out',
  ].join('\n'));
  expect(fs.existsSync(archive)).toBe(false);
});
