import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as fc from 'fast-check';
import { buildElf } from './build-elf';
import { entriesOf, removeFolders } from './support';
import { inspectTree } from '../../lib/inspect/inspect-tree';
import type { OptEntry } from '../../lib/inspect/opt-tree';

afterEach(removeFolders);

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

async function digestOf(...args: Parameters<typeof entriesOf>): Promise<string> {
  return (await inspectTree(entriesOf(...args))).digest;
}

test('tells path, mode, size and digest of every entry, sorted by path', async () => {
  const { files, unzippedBytes, nativeFiles } = await inspectTree(entriesOf({
    'b/run': { content: '#!/bin/sh\n', executable: true },
    'b/alias': { link: 'run' },
    'Z': { content: '' },
    'a': { content: 'größe' },
  }));
  expect(files).toEqual([
    { path: 'Z', bytes: 0, mode: '0644', sha256: sha256('') },
    { path: 'a', bytes: 7, mode: '0644', sha256: sha256('größe') },
    { path: 'b/alias', bytes: 3, mode: 'link', sha256: sha256('run') },
    { path: 'b/run', bytes: 10, mode: '0755', sha256: sha256('#!/bin/sh\n') },
  ]);
  expect(unzippedBytes).toBe(20);
  expect(nativeFiles).toEqual([]);
});

test('the digest is over lines of mode, path, size and digest', async () => {
  const lines = `0755 a 1 ${sha256('1')}\nlink b 1 ${sha256('a')}\n`;
  expect(await digestOf({ a: { content: '1', executable: true }, b: { link: 'a' } })).toBe(sha256(lines));
});

test('finds native code by its content, not by its name', async () => {
  const elf = buildElf({ is64: true, littleEndian: true, machine: 183, versions: ['GLIBC_2.28'] });
  const padded = Buffer.concat([elf, Buffer.alloc(3 * 1024 * 1024)]);
  const tree = { 'notes.txt': { content: padded }, 'fake.so': { content: 'text' }, 'bin/tool': { content: elf } };
  const { nativeFiles } = await inspectTree(entriesOf(tree));
  expect(nativeFiles).toEqual([
    { path: 'bin/tool', machine: 'arm64', glibc: '2.28' },
    { path: 'notes.txt', machine: 'arm64', glibc: '2.28' },
  ]);
});

test('digests of large files are those of their content', async () => {
  const content = Buffer.alloc(5_000_000, 'block');
  const { files } = await inspectTree(entriesOf({ large: { content } }));
  expect(files[0]).toMatchObject({ bytes: 5_000_000, sha256: sha256(content) });
});

const name = fc.stringMatching(/^[a-zé ]{1,8}$/);
const leaf = fc.record({ content: fc.string({ maxLength: 40 }), executable: fc.boolean() });
const trees = fc.dictionary(name, leaf, { minKeys: 1, maxKeys: 8 });

test('the digest depends on nothing but paths, modes and bytes', async () => {
  await fc.assert(fc.asyncProperty(trees, fc.constantFrom(0o600, 0o777), async (leaves, diskMode) => {
    const others = entriesOf(Object.fromEntries(Object.entries(leaves).reverse()));
    others.forEach((entry) => fs.chmodSync((entry as { source: string }).source, diskMode));
    expect((await inspectTree(others)).digest).toBe(await digestOf(leaves));
  }), { numRuns: 50 });
});

test('the digest changes with any path, mode, byte and entry', async () => {
  await fc.assert(fc.asyncProperty(trees, fc.nat(), async (leaves, pick) => {
    const names = Object.keys(leaves);
    const chosen = names[pick % names.length];
    const { [chosen]: changed, ...rest } = leaves;
    const variants = [
      leaves,
      rest,
      { ...rest, [chosen]: { ...changed, executable: !changed.executable } },
      { ...rest, [chosen]: { ...changed, content: `${changed.content}!` } },
      { ...rest, [chosen]: { link: 'elsewhere' } },
      { ...rest, [chosen]: { link: 'elsewhere else' } },
      { ...rest, [`${chosen}/below`]: changed },
    ];
    const digests = await Promise.all(variants.map(async (variant) => digestOf(variant)));
    expect(new Set(digests).size).toBe(variants.length);
  }), { numRuns: 50 });
});

test('fails with the path of a file that is gone', async () => {
  const missing: OptEntry = { kind: 'file', path: 'a', mode: 0o644, source: '/nowhere/at/all' };
  await expect(inspectTree([missing])).rejects.toThrow('/nowhere/at/all');
});
