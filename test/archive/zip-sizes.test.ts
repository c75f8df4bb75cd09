import * as fs from 'node:fs';
import * as path from 'node:path';
import { craftZip } from './craft-zip';
import { readZipSizes } from '../../lib/archive/zip-sizes';
import { makeFolder } from '../inspect/support';

function fileOf(content: Buffer | string): string {
  const file = path.join(makeFolder(), 'file.zip');
  fs.writeFileSync(file, content);
  return file;
}

test('lists files with the sizes that the directory declares', () => {
  expect(readZipSizes(craftZip({ name: 'folder/' }, { name: 'a.py', content: 'abc' }, { name: 'größe.txt', declaredBytes: 262_144_001 }))).toEqual([
    { path: 'a.py', bytes: 3 }, { path: 'größe.txt', bytes: 262_144_001 },
  ]);
  expect(readZipSizes(craftZip())).toEqual([]);
});

test('a comment at the end is passed over, one that looks like an end as well', () => {
  const archive = fs.readFileSync(craftZip({ name: 'a.py', content: 'abc' }));
  const comment = Buffer.from('PK\x05\x06 is how an end begins, and this text is longer than one');
  archive.writeUInt16LE(comment.length, archive.length - 2);
  expect(readZipSizes(fileOf(Buffer.concat([archive, comment])))).toEqual([{ path: 'a.py', bytes: 3 }]);
});

test.each<[string, () => string]>([
  ['text', () => fileOf('not an archive')],
  ['nothing', () => fileOf('')],
  ['half an archive', () => fileOf(fs.readFileSync(craftZip({ name: 'a.py', content: 'abc' })).subarray(40))],
  ['a size that Zip64 tells elsewhere', () => craftZip({ name: 'a.py', declaredBytes: 0xffffffff })],
  ['a directory that is none', () => {
    const archive = fs.readFileSync(craftZip({ name: 'a.py', content: 'abc' }));
    archive.writeUInt32LE(0, archive.indexOf('PK\x01\x02', 0, 'latin1'));
    return fileOf(archive);
  }],
])('says nothing of %s', (_, file) => {
  expect(readZipSizes(file())).toBeUndefined();
});
