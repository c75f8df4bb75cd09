import * as fs from 'node:fs';
import * as path from 'node:path';
import { makeFolder, removeFolders, siteOf, writeFiles } from './support';
import { listSiteFiles } from '../../lib/slim/site-files';

afterAll(removeFolders);

test('lists what packages brought, sorted, with sizes', async () => {
  const site = await siteOf({ 'b.py': '12', 'a/__init__.py': '', 'a/data file ü.txt': 'ü', 'a-1.dist-info/METADATA': 'Name: a' });

  expect(site.map(({ path: file, bytes }) => [file, bytes])).toEqual([
    ['a-1.dist-info/METADATA', 7], ['a/__init__.py', 0], ['a/data file ü.txt', 2], ['b.py', 2],
  ]);
  expect(fs.readFileSync(site[2].source, 'utf8')).toBe('ü');
});

test('leaves out what the installer left, and nothing of a package that is called alike', async () => {
  const metadata = ['INSTALLER', 'REQUESTED', 'direct_url.json', 'uv_cache.json'].map((name) => `a-1.dist-info/${name}`);
  const left = ['.lock', 'bin/tool', 'Scripts/tool.exe', 'include/a.h', ...metadata];
  const brought = ['a-1.dist-info/RECORD', 'a-1.dist-info/entry_points.txt', 'p/.lock', 'p/INSTALLER', 'p/bin/tool', 'p/include/a.py'];
  const site = await siteOf(Object.fromEntries([...left, ...brought].map((file) => [file, ''])));

  expect(site.map((file) => file.path)).toEqual(brought);
});

test('knows what its wheel makes executable', async () => {
  const folder = makeFolder();
  writeFiles(folder, { 'p/program': '', 'p/text': '' });
  fs.chmodSync(path.join(folder, 'p/program'), 0o755);
  fs.chmodSync(path.join(folder, 'p/text'), 0o644);

  expect((await listSiteFiles(folder)).map((file) => file.executable)).toEqual([true, false]);
});
