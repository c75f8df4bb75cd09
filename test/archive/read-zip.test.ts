import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { craftZip, type CraftedEntry } from './craft-zip';
import { extractZip, listZip } from '../../lib/archive/read-zip';
import { writeZip } from '../../lib/archive/write-zip';
import { FaultError } from '../../lib/common/fault';
import { makeFolder, removeFolders, testWith } from '../inspect/support';

const LINK = 0o120777;

afterEach(removeFolders);

/** Unpacks and expects faults, each naming the archive, and nothing on the disk. */
async function refusal(archive: string): Promise<string> {
  const folder = makeFolder();
  const error: unknown = await extractZip(archive, folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FaultError);
  (error as FaultError).faults.forEach((fault) => expect(fault.got).toContain(archive));
  expect(fs.readdirSync(folder)).toEqual([]);
  return (error as FaultError).message;
}

const PYTHON_MAKES = `
import os, stat, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as archive:
    def add(name, mode, content, system=3):
        info = zipfile.ZipInfo(name)
        info.create_system = system
        info.external_attr = mode << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, content)
    add('bin/', stat.S_IFDIR | 0o755, '')
    add('bin/tool', stat.S_IFREG | 0o755, '#!/bin/sh')
    add('bin/alias', stat.S_IFLNK | 0o777, 'tool')
    add('data/größe.txt', stat.S_IFREG | 0o600, 'x' * 100000)
    add('windows.txt', 0, 'from Windows', system=0)
`;

testWith('python3')('unpacks what another tool made, and tells modes and links', async () => {
  const archive = path.join(makeFolder(), 'made.zip');
  execFileSync('python3', ['-c', PYTHON_MAKES, archive]);
  const folder = makeFolder();
  expect(await extractZip(archive, folder)).toEqual([
    { path: 'bin/tool', executable: true },
    { path: 'bin/alias', executable: false, target: 'tool' },
    { path: 'data/größe.txt', executable: false },
    { path: 'windows.txt', executable: false },
  ]);
  expect(fs.readFileSync(path.join(folder, 'data/größe.txt'), 'utf8')).toBe('x'.repeat(100_000));
  expect(fs.readFileSync(path.join(folder, 'windows.txt'), 'utf8')).toBe('from Windows');
  expect(fs.readdirSync(path.join(folder, 'bin'))).toEqual(['tool']);
  expect(await listZip(archive)).toEqual([
    { path: 'bin/tool', bytes: 9, mode: '0755' },
    { path: 'bin/alias', bytes: 4, mode: 'link' },
    { path: 'data/größe.txt', bytes: 100_000, mode: '0600' },
    { path: 'windows.txt', bytes: 12, mode: '0644' },
  ]);
});

test.each([
  '/etc/passwd', '../evil', 'a/../../evil', 'a/..', '..', '.', './a', 'a//b', '/', '', 'a\\b', '..\\evil', 'C:/evil', 'c:evil', 'nul\0byte',
])('fails for the name %j', async (name) => {
  const message = await refusal(craftZip({ name: 'fine' }, { name, content: 'evil' }));
  expect(message).toContain('a name in a .zip archive is not safe to unpack');
  expect(message).toContain(`got: ${JSON.stringify(name.replace(/\/$/, ''))} in `);
});

test('names with spaces, dots, colons and other scripts are fine', async () => {
  const names = ['a b', '..a', 'a..b/c...', 'xy:z', '.hidden', 'ü/数据', 'readme.txt'];
  const extracted = await extractZip(craftZip(...names.map((name) => ({ name, content: name }))), makeFolder());
  expect(extracted.map((entry) => entry.path)).toEqual(names);
});

test('fails for every unsafe entry at once', async () => {
  const message = await refusal(craftZip({ name: '../one' }, { name: '/two' }, { name: 'twice' }, { name: 'twice' }));
  expect(message).toContain('"../one"');
  expect(message).toContain('"/two"');
  expect(message).toContain('a .zip archive holds the same name twice\n  got: "twice"');
});

test.each<[string, CraftedEntry[]]>([
  ['a file below a file', [{ name: 'a' }, { name: 'a/b' }]],
  ['a file below a file that comes later', [{ name: 'a/b/c' }, { name: 'a' }]],
  ['a file below a link', [{ name: 'a', content: 'b', mode: LINK }, { name: 'a/evil' }]],
  ['a folder named as a link', [{ name: 'a', content: 'b', mode: LINK }, { name: 'a/', mode: 0o040755 }]],
])('fails for %s', async (_what, entries) => {
  expect(await refusal(craftZip(...entries))).toContain('a .zip archive uses a file or link as a folder\n  got: "a" and "a');
});

test.each([
  ['link', '/etc/passwd'], ['link', '..'], ['a/link', '../..'], ['a/link', '../../etc'], ['a/link', '../x/../../etc'],
  ['link', 'a/../b'], ['link', 'a/..'], ['link', 'x/../../../etc'], ['link', 'a\\b'], ['link', ''], ['link', 'a\0'],
])('fails for a link %s that points to %j', async (name, content) => {
  const message = await refusal(craftZip({ name: 'fine' }, { name, content, mode: LINK }));
  expect(message).toContain(`a symbolic link in a .zip archive may leave it\n  got: "${name}" -> ${JSON.stringify(content)} in `);
});

test.each([['a/link', '..'], ['a/link', '../b'], ['a/b/link', '../../c/d'], ['link', 'b'], ['link', './b'], ['link', '.hidden/..b']])(
  'a link %s may point to %s', async (name, content) => {
    const extracted = await extractZip(craftZip({ name, content, mode: LINK }), makeFolder());
    expect(extracted).toEqual([{ path: name, executable: false, target: content }]);
  });

test('fails for the target of a link that is too long, before reading it', async () => {
  expect(await refusal(craftZip({ name: 'link', content: 'x'.repeat(4097), mode: LINK }))).toContain('4097 bytes for "link"');
});

test.each([0o060644, 0o020644, 0o010644, 0o140644])('fails for an entry of type %o', async (mode) => {
  expect(await refusal(craftZip({ name: 'odd', mode }))).toContain('a .zip archive holds a device, pipe or socket\n  got: "odd"');
});

test.each([
  ['more', 3, 'it holds more than the declared 3 bytes'],
  ['less', 30, 'it holds 10 of the declared 30 bytes'],
])('fails for an entry that holds %s than its size says', async (_what, declaredBytes, reason) => {
  const archive = craftZip({ name: 'liar', content: '0123456789', declaredBytes });
  const error: unknown = await extractZip(archive, makeFolder()).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(FaultError);
  expect((error as Error).message).toContain(`got: "liar" in ${archive}: ${reason}`);
});

test('fails for a deflated entry that grows beyond its size', async () => {
  const archive = path.join(makeFolder(), 'bomb.zip');
  const source = path.join(makeFolder(), 'zeros');
  fs.writeFileSync(source, Buffer.alloc(1_000_000));
  await writeZip([{ kind: 'file', path: 'bomb', mode: 0o644, source }], archive);
  const bytes = fs.readFileSync(archive);
  bytes.writeUInt32LE(100, bytes.indexOf('PK\x01\x02', 0, 'latin1') + 24);
  fs.writeFileSync(archive, bytes);
  await expect(extractZip(archive, makeFolder())).rejects.toThrow('it holds more than the declared 100 bytes');
});

test('fails for a wrong checksum', async () => {
  const archive = craftZip({ name: 'damaged', content: 'content', declaredCrc: 1 });
  await expect(extractZip(archive, makeFolder())).rejects.toThrow(`"damaged" in ${archive}: its checksum is wrong`);
});

test('fails for more than 2 GiB of declared content', async () => {
  const half = 2 ** 30;
  const message = await refusal(craftZip({ name: 'a', declaredBytes: half }, { name: 'b', declaredBytes: half }, { name: 'c', content: '!' }));
  expect(message).toContain('a .zip archive is too large unpacked\n  got: 2147483649 bytes');
});

test.each([
  ['encrypted', 8, 1, 'encrypted'],
  ['compressed in a way we cannot read', 10, 99, 'compression method 99'],
])('fails for an entry that is %s', async (_what, field, value, reason) => {
  const archive = craftZip({ name: 'odd', content: 'content' });
  const bytes = fs.readFileSync(archive);
  bytes.writeUInt16LE(value, bytes.indexOf('PK\x01\x02', 0, 'latin1') + field);
  fs.writeFileSync(archive, bytes);
  expect(await refusal(archive)).toContain(`an entry of a .zip archive cannot be read\n  got: "odd" in ${archive}: ${reason}`);
});

test.each([
  ['is no archive', Buffer.from('hello, world, this is certainly not an archive')],
  ['is empty', Buffer.alloc(0)],
  ['is cut off', undefined],
])('fails for a file that %s', async (_what, content) => {
  const archive = craftZip({ name: 'a', content: 'b' });
  fs.writeFileSync(archive, content ?? fs.readFileSync(archive).subarray(0, -30));
  expect(await refusal(archive)).toContain(`a .zip archive cannot be read\n  got: ${archive}: `);
});

test('fails for a missing archive as the system says it', async () => {
  await expect(extractZip(path.join(makeFolder(), 'missing.zip'), makeFolder())).rejects.toThrow('ENOENT');
});
