import * as fs from 'node:fs';
import * as path from 'node:path';
import { inMountedFolder, testWithMounts } from './mounts';
import { makeFolder, removeFolder } from './support';
import { placeFile } from '../../lib/cache/place-file';

let folder: string;
let source: string;
let destination: string;

beforeEach(() => {
  folder = makeFolder();
  source = path.join(folder, 'layer.zip');
  destination = path.join(folder, 'cdk.out', 'asset.zip');
  fs.mkdirSync(path.dirname(destination));
  fs.writeFileSync(source, 'some bytes');
});

afterEach(() => removeFolder(folder));

function names(): string[] {
  return fs.readdirSync(path.dirname(destination));
}

test('makes a hard link, and leaves it alone the next time', () => {
  placeFile(source, destination);
  const { ino, ctimeMs } = fs.statSync(destination);
  placeFile(source, destination);

  expect(ino).toBe(fs.statSync(source).ino);
  expect(fs.statSync(destination).ctimeMs).toBe(ctimeMs);
  expect(names()).toEqual(['asset.zip']);
});

test.each<[string, () => void]>([
  ['a shorter file', () => fs.writeFileSync(destination, 'some')],
  ['a file of the same size', () => fs.writeFileSync(destination, 'SOME BYTES')],
  ['an empty file', () => fs.writeFileSync(destination, '')],
  ['a dangling link', () => fs.symlinkSync('nowhere', destination)],
  ['a link to another file', () => fs.symlinkSync(__filename, destination)],
])('replaces %s under its name', (_what, leaveJunk) => {
  leaveJunk();

  placeFile(source, destination);

  expect(fs.lstatSync(destination).isFile()).toBe(true);
  expect(fs.readFileSync(destination, 'utf8')).toBe('some bytes');
  expect(names()).toEqual(['asset.zip']);
});

testWithMounts('copies to another file system once', async () => {
  await inMountedFolder(1, (elsewhere) => {
    const copy = path.join(elsewhere, 'asset.zip');

    placeFile(source, copy);
    const { ino } = fs.statSync(copy);
    placeFile(source, copy);

    expect(fs.readFileSync(copy, 'utf8')).toBe('some bytes');
    expect(fs.statSync(copy).ino).toBe(ino);

    fs.writeFileSync(copy, 'SOME BYTES');
    placeFile(source, copy);

    expect(fs.readFileSync(copy, 'utf8')).toBe('some bytes');
    expect(fs.readdirSync(elsewhere)).toEqual(['asset.zip']);
  });
});

testWithMounts('fails with the space that is free and needed when the disk of the output folder is full', async () => {
  fs.writeFileSync(source, Buffer.alloc(3_000_000, 1));

  await inMountedFolder(1, (elsewhere) => {
    expect(() => placeFile(source, path.join(elsewhere, 'asset.zip'))).toThrow(
      new RegExp(`^the disk is full\n {2}got: \\d\\.\\d MB free in ${elsewhere}, 3\\.0 MB needed\n {2}do: free some space`),
    );
    expect(fs.readdirSync(elsewhere)).toEqual([]);
  });
});

test('fails when a folder has the name, and keeps it', () => {
  fs.mkdirSync(destination);

  expect(() => placeFile(source, destination)).toThrow(/a folder has the name of a file.*\n {2}got: .*asset\.zip/);
  expect(fs.statSync(destination).isDirectory()).toBe(true);
});

test('fails when the source is gone, and leaves nothing', () => {
  fs.rmSync(source);

  expect(() => placeFile(source, destination)).toThrow('ENOENT');
  expect(names()).toEqual([]);
});
