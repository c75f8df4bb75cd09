import { makeFolder, planWith, removeFolders, writeFiles, type RuleName } from './support';
import { slimNodejs } from '../../lib/slim/nodejs-rules';
import { listModuleFiles } from '../../lib/slim/site-files';

afterAll(removeFolders);

/** What a rule removes from files given as their content by path. */
async function removedBy(rule: RuleName, files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = makeFolder();
  writeFiles(folder, files);
  const before = await listModuleFiles(folder);
  const { kept, savings } = await slimNodejs(before, planWith([rule]));
  const removed = before.filter((file) => !kept.includes(file));
  expect(savings).toEqual([{ rule, files: removed.length, bytes: removed.reduce((sum, file) => sum + file.bytes, 0) }]);
  return removed.map((file) => file.path);
}

const empty = (...files: string[]): Record<string, string> => Object.fromEntries(files.map((file) => [file, '']));

test('typeStubs removes declarations and @types, and nothing that only looks alike', async () => {
  const gone = ['@types/node/package.json', 'a/a.d.cts', 'a/a.d.mts', 'a/a.d.ts', 'a/a.d.ts.map', 'a/node_modules/@types/b/index.d.ts'];
  const stay = ['a/a.js', 'a/a.ts', 'a/d.ts', 'a/package.json', 'a/src/@types/x.js', 'typescript-memoize/dist/a.js'];
  expect(await removedBy('typeStubs', empty(...gone, ...stay))).toEqual(gone);
});

test.each([
  'typescript/lib/lib.es5.d.ts',
  'ts5/lib/lib.es5.d.ts', '@typescript/native-preview-linux-x64/lib/lib.es5.d.ts', '@ts-morph/common/dist/typescript.js',
])(
  'typeStubs removes nothing where a program can compile with %s', async (compiler) => {
    expect(await removedBy('typeStubs', empty(compiler, '@types/node/index.d.ts', 'a/index.d.ts'))).toEqual([]);
  },
);

test('documentation removes the own documents of packages, and no licence, data or code', async () => {
  const gone = [
    '@acme/a/README.md', 'a/CHANGELOG.md', 'a/CONTRIBUTING.md', 'a/History.txt', 'a/README.de-DE.md', 'a/SECURITY.md',
    'a/node_modules/b/readme.markdown',
  ];
  const stay = ['a/LICENSE.md', 'a/NOTICE.md', 'a/docs/README.md', 'a/history.js', 'a/readme.html', 'a/template/README.md', 'README.md'];
  expect((await removedBy('documentation', empty(...gone, ...stay))).sort()).toEqual(gone.sort());
});

test('documentation leaves what a program of the package names, and no other package\'s', async () => {
  const files = {
    'cli/README.md': '# help', 'cli/CHANGELOG.md': '', 'cli/bin/cli': 'show(path.join(__dirname, "../README.md"))',
    'esm/readme.md': '', 'esm/dist/help.mjs': "new URL('./../readme.md', import.meta.url)",
    'other/README.md': '', 'other/index.js': '// see README.md, or https://x.example/blob/main/README.md for more',
    'outer/README.md': '', 'outer/node_modules/inner/index.js': "fs.readFileSync('README.md')", 'outer/node_modules/inner/README.md': '',
  };
  expect((await removedBy('documentation', files)).sort()).toEqual(['cli/CHANGELOG.md', 'other/README.md', 'outer/README.md']);
});

test('installerFiles removes the list of what is installed', async () => {
  const files = empty('.package-lock.json', 'a/.package-lock.json', 'a/package-lock.json');
  expect(await removedBy('installerFiles', files)).toEqual(['.package-lock.json']);
});

test('links to commands are never part of a layer', async () => {
  const folder = makeFolder();
  writeFiles(folder, empty('.bin/a', 'a/bin/a', 'a/node_modules/.bin/b', 'a/.bin/c'));
  expect((await listModuleFiles(folder)).map((file) => file.path)).toEqual(['a/.bin/c', 'a/bin/a']);
});
