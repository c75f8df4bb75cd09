import * as path from 'node:path';

import { digest, folder, pins, removeFolders, resolve } from './support';

afterAll(removeFolders);

const HEAD = 'lock-version = "1.0"\ncreated-by = "test"\nrequires-python = ">=3.9"\n'
  + 'extras = ["crypto"]\ndependency-groups = ["dev", "docs"]\ndefault-groups = ["base"]\n';

function entry(name: string, marker = '', more = ''): string {
  const condition = marker === '' ? '' : `marker = ${JSON.stringify(marker)}\n`;
  return `\n[[packages]]\nname = "${name}"\nversion = "1.0"\n${condition}${more}`
    + `wheels = [{ url = "https://files.example/${name}-1.0-py3-none-any.whl", hashes = { sha256 = "${'a'.repeat(64)}" } }]\n`;
}

describe('a pylock.toml', () => {
  const text = HEAD + entry('always') + entry('extra-only', '\'crypto\' in extras') + entry('dev-only', '\'dev\' in dependency_groups')
    + entry('base-only', '\'base\' in dependency_groups')
    + entry('mixed', '\'crypto\' in extras and python_full_version >= \'3.13.1\' or \'docs\' in dependency_groups')
    + entry('windows', 'sys_platform == \'win32\'');

  test('leaves out what extras and groups bring, unless they are default groups', () => {
    const { packages, closed } = resolve(folder({ 'pylock.toml': text }));
    expect(pins(packages)).toEqual(['always==1.0', 'base-only==1.0']);
    expect(closed).toBe(true);
    expect(packages[0]).toEqual({
      name: 'always', version: '1.0', extras: [], hashes: [digest('a')], artifacts: [{ file: 'always-1.0-py3-none-any.whl', sha256: 'a'.repeat(64) }],
    });
  });

  test('evaluates extras and groups and leaves the rest of a marker', () => {
    const directory = folder({ 'pylock.toml': text });
    expect(pins(resolve(directory, '3.13', { extras: ['crypto'] }).packages)).toEqual([
      'always==1.0', 'base-only==1.0', 'extra-only==1.0', 'mixed==1.0 ; python_full_version >= \'3.13.1\'',
    ]);
    expect(pins(resolve(directory, '3.13', { groups: ['docs', 'dev'] }).packages))
      .toEqual(['always==1.0', 'base-only==1.0', 'dev-only==1.0', 'mixed==1.0']);
  });

  test('reads archives, folders, single wheels on disk and names of artefacts', () => {
    const directory = folder({
      'pylock.toml': `${HEAD}
[[packages]]
name = "Archive_Name"
archive = { url = "https://files.example/src.tar.gz", subdirectory = "py", hashes = { sha256 = "${'B'.repeat(64)}", md5 = "x" } }

[[packages]]
name = "folder"
directory = { path = "libs/folder", editable = true }

[[packages]]
name = "ondisk"
version = "2"
wheels = [{ path = "wheels/ondisk-2-py3-none-any.whl", hashes = { sha512 = "${'c'.repeat(128)}" } }]

[[packages]]
name = "named"
version = "3"
sdist = { name = "named-3.tar.gz", url = "https://files.example/download?id=3", hashes = { sha256 = "${'d'.repeat(64)}" } }
`,
    });
    const { packages, localPackages } = resolve(directory);
    expect(localPackages).toEqual([{ name: 'folder', directory: path.join(directory, 'libs/folder') }]);
    const facts = packages.map(({ name, version, url, hashes, artifacts }) => [name, version ?? url, hashes[0], artifacts?.map(({ file }) => file)]);
    expect(facts).toEqual([
      ['archive-name', 'https://files.example/src.tar.gz#subdirectory=py', digest('b'), ['src.tar.gz']],
      ['named', '3', digest('d'), ['named-3.tar.gz']],
      ['ondisk', `file://${directory}/wheels/ondisk-2-py3-none-any.whl`, `sha512:${'c'.repeat(128)}`, []],
    ]);
  });
});

describe('bad input', () => {
  test('fails for extras and groups that the lock does not have', () => {
    expect(() => resolve(folder({ 'pylock.toml': HEAD + entry('a') }), '3.13', { extras: ['http'], groups: ['test'] }))
      .toThrow(/no extra 'http'[\s\S]*allowed: crypto[\s\S]*no group 'test'[\s\S]*allowed: base, dev, docs/);
    expect(() => resolve(folder({ 'pylock.toml': 'lock-version = "1.0"\n' }), '3.13', { extras: ['http'] })).toThrow(/none, the file has no extras/);
  });

  test('fails for repositories and missing hashes at once', () => {
    const text = `${HEAD}\n[[packages]]\nname = "git"\nvcs = { type = "git", url = "https://git.example/x", commit-id = "1" }\n`
      + '\n[[packages]]\nname = "bare"\nversion = "1"\nwheels = [{ url = "https://files.example/bare-1-py3-none-any.whl", hashes = {} }]\n';
    expect(() => resolve(folder({ 'pylock.toml': text }))).toThrow(/'git' comes from a version control system[\s\S]*hash for 'bare'/);
  });

  test('fails for a marker that is none, a newer format and another Python', () => {
    expect(() => resolve(folder({ 'pylock.toml': HEAD + entry('a', 'python_version ~ 3') })))
      .toThrow(/environment marker that is none[\s\S]*python_version ~ 3/);
    expect(() => resolve(folder({ 'pylock.toml': 'lock-version = "2.0"\n' }))).toThrow(/lock-version 2\.0; 1\.x is known/);
    expect(() => resolve(folder({ 'pylock.toml': HEAD + entry('a') }), '3.8')).toThrow(/not made for Python 3\.8/);
  });
});
