import * as fs from 'node:fs';
import { ALL_RULES, install, makeFolder, openBench, planWith, removeFolders, siteOf } from './support';
import { readElf } from '../../lib/inspect/elf';
import { cutNativeSymbols } from '../../lib/slim/native-symbols';
import { listSiteFiles } from '../../lib/slim/site-files';
import { slimSite } from '../../lib/slim/slim-site';

afterAll(removeFolders);

test('a real library loses what no loader reads, and keeps what it says about itself', async () => {
  const bench = await openBench();
  const site = await install(bench, '3.11', ['--no-deps', 'sqlalchemy==2.0.43']);
  const files = await listSiteFiles(site);
  const before = new Map(files.map((file) => [file.path, fs.readFileSync(file.source)]));
  const { kept, savings } = await cutNativeSymbols(files, makeFolder());

  expect(savings).toEqual([{ rule: 'nativeSymbols', files: expect.any(Number), bytes: expect.any(Number) }]);
  expect(savings[0].files).toBeGreaterThan(3);
  expect(kept.map((file) => file.path)).toEqual(files.map((file) => file.path));
  for (const [index, file] of kept.entries()) {
    const content = fs.readFileSync(file.source);
    expect(content.length).toBe(file.bytes);
    if (file !== files[index]) {
      expect(file.path).toMatch(/\.so$/);
      // All of it but the pointer to the sections is what it was.
      const whole = before.get(file.path) as Buffer;
      expect(content.subarray(64).equals(whole.subarray(64, content.length))).toBe(true);
      expect(readElf(content)).toEqual(readElf(whole));
    }
  }
  // What may be a link into the installer's cache was not written to.
  for (const file of files) {
    expect(fs.readFileSync(file.source).equals(before.get(file.path) as Buffer)).toBe(true);
  }
});

test('what only looks like a library stays as it is', async () => {
  const files = await siteOf({
    'text.so': 'INPUT(libx.so.1)'.repeat(1000),
    'short.so': '\x7fELF',
    'damaged.so': `\x7fELF\x02\x01${'\xff'.repeat(20_000)}`,
    'zeros.so.1': `\x7fELF\x02\x01${'\0'.repeat(20_000)}`,
    'empty.so': '',
  });

  expect(await cutNativeSymbols(files, makeFolder())).toEqual({ kept: files, savings: [{ rule: 'nativeSymbols', files: 0, bytes: 0 }] });
});

test('all rules together report each of them once, and switched off none', async () => {
  const files = await siteOf({ 'a.py': '', 'p/tests/test_a.py': '', 'p-1.dist-info/RECORD': 'a.py,,0\n' });
  const all = await slimSite(files, ALL_RULES, new Map(), makeFolder());
  const none = await slimSite(files, planWith([]), new Map(), makeFolder());

  const ofNodejsAlone = ['documentation'];
  const ofPython = Object.keys(ALL_RULES).filter((rule) => rule !== 'bytecode' && !ofNodejsAlone.includes(rule));
  expect(all.savings.map(({ rule }) => rule).sort()).toEqual(ofPython.sort());
  expect(all.kept.map((file) => file.path)).toEqual(['a.py']);
  expect(none).toMatchObject({ savings: [], notes: [] });
  expect(none.kept.map((file) => file.path)).toEqual(files.map((file) => file.path));
});
