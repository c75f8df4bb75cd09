import * as fs from 'node:fs';
import { makeFolder, planWith, removeFolders, siteOf } from './support';
import { slimPython } from '../../lib/slim/python-rules';
import { withoutRemoved } from '../../lib/slim/record-file';
import type { SiteFile } from '../../lib/slim/site-files';

afterAll(removeFolders);

function textOf(files: readonly SiteFile[], file: string): string {
  return fs.readFileSync(files.find((one) => one.path === file)!.source, 'utf8');
}

test('a RECORD that stays lists what is in the layer, in an order that no machine changes', async () => {
  const site = await siteOf({
    'p/__init__.py': 'x',
    'p/tests/test_a.py': '',
    'p/a, "b".txt': 'x',
    'p-1.dist-info/RECORD': [
      'p/__init__.py,sha256=abc,1', '../../bin/tool,sha256=abc,7', 'p/tests/test_a.py,sha256=abc,0', '"p/a, ""b"".txt",sha256=abc,1',
      'p-1.dist-info/INSTALLER,sha256=abc,2', 'p-1.dist-info/RECORD,,', '',
    ].join('\r\n'),
  });
  const { kept } = slimPython(site, planWith(['testFolders']));
  const files = await withoutRemoved(kept, makeFolder());

  const record = textOf(files, 'p-1.dist-info/RECORD');
  expect(record).toBe('"p/a, ""b"".txt",sha256=abc,1\np-1.dist-info/RECORD,,\np/__init__.py,sha256=abc,1\n');
  expect(files.map(({ path, bytes }) => [path, bytes]))
    .toEqual(kept.map(({ path, bytes }) => [path, path.endsWith('RECORD') ? record.length : bytes]));
});

test('a RECORD states no digest of a file that slimming changed', async () => {
  const site = await siteOf({ 'p.abi3.so': 'short', 'p-1.dist-info/RECORD': 'p.abi3.so,sha256=abc,5000\n' });

  expect(textOf(await withoutRemoved(site, makeFolder()), 'p-1.dist-info/RECORD')).toBe('p.abi3.so,,\n');
});

test('the installed RECORD, which may be a link into a cache, is not written to', async () => {
  const site = await siteOf({ 'p-1.dist-info/RECORD': 'gone.py,,\n' });
  await withoutRemoved(site, makeFolder());

  expect(textOf(site, 'p-1.dist-info/RECORD')).toBe('gone.py,,\n');
});
