import * as fc from 'fast-check';
import { entriesOf, failureOf, removeFolders } from './support';
import { checkPaths, mergeEntries } from '../../lib/inspect/collisions';
import type { OptEntry } from '../../lib/inspect/opt-tree';

afterEach(removeFolders);

function links(...paths: readonly string[]): OptEntry[] {
  return paths.map((path): OptEntry => ({ kind: 'link', path, target: 'x' }));
}

function whats(...paths: readonly string[]): string[] {
  return checkPaths(links(...paths)).map(({ what }) => what);
}

const FOLDED = 'two paths are equal after case folding or Unicode normalisation';

test('ordinary paths are fine', () => {
  expect(checkPaths(links('python/a.py', 'python/b c.py', 'python/größe/数据.txt', 'lib/a.py', 'A', 'b'))).toEqual([]);
});

test.each([
  ['a/Readme', 'a/README'],
  ['caf\u00e9', 'cafe\u0301'],
  ['CAF\u00c9', 'cafe\u0301'],
  ['straße', 'STRASSE'],
  ['ΟΔΟΣ', 'οδος'],
  ['οδοσ', 'οδος'],
])('fails for %s beside %s', (a, b) => {
  expect(whats(a, b)).toEqual([FOLDED]);
});

test('fails once for folders that differ in case, naming the entries that bring them', () => {
  const faults = checkPaths(links('Crypto/a.py', 'Crypto/b.py', 'crypto/a.py'));
  expect(faults).toEqual([expect.objectContaining({
    what: FOLDED, got: '"Crypto": a link to "x" and "crypto": a link to "x"',
  })]);
});

test.each(['a\nb', 'a\tb', 'a\0b', 'a\x7fb', 'a\u0085b', '\x1b[31m/x'])('fails for the control character in %j, and escapes it', (path) => {
  const [fault] = checkPaths(links(path));
  expect(fault.what).toBe('a path contains a control character or a newline');
  expect(fault.got).not.toMatch(/[\0-\x1f]/);
});

test('fails for names over 255 and paths over 4096 bytes, not characters', () => {
  expect(whats('é'.repeat(127))).toEqual([]);
  expect(whats('é'.repeat(128))).toEqual(['the name of a file or folder is too long']);
  expect(whats(`${'é'.repeat(128)}/a`)).toEqual(['the name of a file or folder is too long']);
  expect(whats('a'.repeat(255))).toEqual([]);
  expect(whats(`${'b'.repeat(255)}/`.repeat(16))).toEqual([]);
  expect(whats(`${`${'b'.repeat(255)}/`.repeat(16)}c`)).toEqual(['a path is too long']);
});

test('fails for a path that is a file and a folder', () => {
  expect(whats('a/b', 'a')).toEqual(['a path is a file and a folder at once']);
  expect(whats('a', 'a/b/c')).toEqual(['a path is a file and a folder at once']);
});

test('merges what does not clash, sorted by path, and keeps what is the same once', async () => {
  const first = entriesOf({ 'b': { content: 'same' }, 'shared/x': { content: '1' }, 'l': { link: 'b' } });
  const second = entriesOf({ a: { content: '2' }, b: { content: 'same' }, l: { link: 'b' } });
  const merged = await mergeEntries([first, second]);
  expect(merged).toEqual([second[0], first[0], first[2], first[1]]);
});

test('a file that only one content makes executable is executable', async () => {
  const plain = entriesOf({ run: { content: 'same' } });
  const executable = entriesOf({ run: { content: 'same', executable: true } });
  const modes = await Promise.all([[plain, executable], [executable, plain]].map(async (lists) => (await mergeEntries(lists))[0]));
  expect(modes).toEqual([executable[0], executable[0]]);
});

test('fails for all clashes at once and names both sources', async () => {
  const first = entriesOf({ a: { content: '1' }, b: { link: 'a' }, c: { content: 'file' }, d: { content: '' } });
  const second = entriesOf({ 'a': { content: '2' }, 'b': { link: 'c' }, 'C': { content: 'upper' }, 'd/e': { content: '' } });
  const source = (entry: OptEntry): string => JSON.stringify((entry as { source: string }).source);
  expect((await failureOf(mergeEntries([first, second]))).split('\n').filter((line) => !line.startsWith('  do'))).toEqual([
    'two contents bring the same path with different content',
    `  got: "a": ${source(first[0])} and ${source(second[0])}`,
    'two contents bring the same path with different content',
    '  got: "b": a link to "a" and a link to "c"',
    'a path is a file and a folder at once',
    `  got: "d": ${source(first[3])} and "d/e": ${source(second[3])}`,
    FOLDED,
    `  got: "C": ${source(second[2])} and "c": ${source(first[2])}`,
  ]);
});

test('fails for a file where another content has a link', async () => {
  expect(await failureOf(mergeEntries([entriesOf({ a: { content: 'b' } }), entriesOf({ a: { link: 'b' } })])))
    .toContain('two contents bring the same path with different content');
});

test('splitting entries over lists, in any order, changes nothing', async () => {
  const tree = fc.dictionary(fc.stringMatching(/^[a-f]{1,3}$/), fc.record({ content: fc.constantFrom('1', '2') }), { maxKeys: 8 });
  await fc.assert(fc.asyncProperty(tree, fc.array(fc.nat(2), { minLength: 8, maxLength: 8 }), async (leaves, places) => {
    const entries = entriesOf(leaves);
    const lists = [0, 1, 2].map((list) => entries.filter((_, index) => places[index] === list).reverse());
    expect(await mergeEntries(lists)).toEqual(await mergeEntries([entries]));
  }), { numRuns: 50 });
});
