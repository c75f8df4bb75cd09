import * as fs from 'node:fs';
import * as path from 'node:path';

import { copyOf, digest, folder, LOCKS, pins, removeFolders, resolve } from './support';

afterAll(removeFolders);

/** What `poetry install --dry-run` of the version that made the lock names on Python 3.11. */
const MAIN = {
  'poetry-1': [
    'anyio==4.12.1', 'certifi==2026.10.18', 'h11==0.16.0', 'h2==4.3.0', 'hpack==4.1.0', 'httpcore==1.0.9', 'httpx==0.28.1', 'hyperframe==6.1.0',
    'idna==3.20', 'packaging==26.3', 'six==1.17.0', 'socksio==1.0.0', 'typing-extensions==4.16.0',
  ],
  'poetry-2': [
    'anyio==4.16.0', 'certifi==2026.10.18', 'h11==0.16.0', 'h2==4.4.1', 'hpack==4.2.0', 'httpcore==1.0.9', 'httpx==0.28.1', 'hyperframe==6.1.0',
    'idna==3.20', 'packaging==26.3', 'six==1.17.0', 'socksio==1.0.0', 'typing-extensions==4.16.0',
  ],
};
const CHOSEN = {
  'poetry-1': ['click==8.1.8', 'itsdangerous==2.2.0', 'pyjwt==2.15.1'],
  'poetry-2': ['click==8.5.1', 'itsdangerous==2.2.0', 'pyjwt==2.15.1'],
};

describe.each(['poetry-1', 'poetry-2'] as const)('a lock of %s', (name) => {
  const directory = path.join(LOCKS, name);

  test('holds what Poetry would install', () => {
    const { packages, localPackages, closed } = resolve(directory, '3.11');
    expect(pins(packages)).toEqual(MAIN[name]);
    expect(localPackages).toEqual([{ name: 'acme-util', directory: path.join(directory, 'libs/acme-util') }]);
    expect(closed).toBe(true);
  });

  test('holds what Poetry would install with an extra and a group', () => {
    expect(pins(resolve(directory, '3.11', { extras: ['auth'], groups: ['lint'] }).packages)).toEqual([...MAIN[name], ...CHOSEN[name]].sort());
  });

  test('takes the fork of an older Python', () => {
    const pinned = pins(resolve(directory, '3.10').packages);
    expect(pinned).toEqual(expect.arrayContaining(['packaging==23.2', 'tomli==2.5.0', 'exceptiongroup==1.3.1']));
    expect(pinned).not.toContain('packaging==26.3');
  });

  test('has hashes and file names', () => {
    const h11 = resolve(directory, '3.11').packages.find((locked) => locked.name === 'h11');
    expect(h11?.artifacts?.map(({ file }) => file)).toEqual(['h11-0.16.0-py3-none-any.whl', 'h11-0.16.0.tar.gz']);
    expect(h11?.hashes).toHaveLength(2);
  });

  test('adds the project itself when it is asked for', () => {
    expect(resolve(directory, '3.11', { include: 'project' }).localPackages.map((local) => local.name)).toEqual(['acme-app', 'acme-util']);
  });

  test('fails for an extra and a group that are not there', () => {
    expect(() => resolve(directory, '3.11', { extras: ['http'], groups: ['docs'] }))
      .toThrow(/no extra 'http'[\s\S]*allowed: auth[\s\S]*no group 'docs'[\s\S]*allowed: dev, lint/);
  });

  test('fails for a Python outside of the range', () => {
    expect(() => resolve(directory, '3.8')).toThrow(/not made for Python 3\.8/);
  });

  test('fails for a package without hashes', () => {
    const copy = copyOf(directory);
    const file = path.join(copy, 'poetry.lock');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/(name = "h11"[\s\S]*?files = \[)[\s\S]*?\]/, '$1]'));
    expect(() => resolve(copy, '3.11')).toThrow(/no sha256 hash for 'h11'[\s\S]*poetry lock/);
  });
});

describe('a lock of Poetry 1', () => {
  const POETRY = '[tool.poetry]\nname = "acme"\n[tool.poetry.dependencies]\npython = "^3.9"\n';
  const FILES = `files = [{file = "x-1-py3-none-any.whl", hash = "${digest('a')}"}]\n`;
  const METADATA = '\n[metadata]\nlock-version = "2.0"\npython-versions = "^3.9"\n';

  const SIX = `[[package]]\nname = "six"\nversion = "1"\npython-versions = "*"\n${FILES}`;

  function lockOf(dependencies: string, packages: string): string {
    return folder({ 'pyproject.toml': POETRY + dependencies, 'poetry.lock': packages + METADATA });
  }

  test.each([
    ['<3.11', '3.10', true], ['<3.11', '3.11', false], ['^3.12', '3.13', true], ['~3.12', '3.13', false], ['3.12.*', '3.12', true],
    ['>=3.9,<3.10 || >=3.13', '3.12', false], ['>=3.9,<3.10 || >=3.13', '3.13', true], ['*', '3.11', true],
  ])('follows python = "%s" on %s', (constraint, pythonVersion, wanted) => {
    const directory = lockOf(`six = { version = "*", python = "${constraint}" }\n`, SIX);
    expect(pins(resolve(directory, pythonVersion).packages)).toEqual(wanted ? ['six==1'] : []);
  });

  test('keeps a constraint on patch releases as a marker', () => {
    const directory = lockOf('six = { version = "*", python = ">3.11.2" }\n', SIX);
    expect(pins(resolve(directory, '3.11').packages)).toEqual(['six==1 ; python_full_version > \'3.11.2\'']);
  });

  test('takes, of several versions, the newest that fits constraint and interpreter', () => {
    const six = (version: string, python: string): string => SIX.replace('"1"', `"${version}"`).replace('"*"', `"${python}"`);
    const directory = lockOf('six = ">=1"\n', six('1.5', '>=3.9') + six('1.10', '>=3.12') + six('1.9', '>=3.9'));
    expect(pins(resolve(directory, '3.11').packages)).toEqual(['six==1.9']);
    expect(pins(resolve(directory, '3.12').packages)).toEqual(['six==1.10']);
  });

  test('reads files from the end of a lock of the oldest format, and optional packages by the list of their extra', () => {
    const directory = folder({
      'pyproject.toml': `${POETRY}requests = { version = "*", extras = ["socks"] }\n[tool.poetry.dev-dependencies]\nclick = "*"\n`,
      'poetry.lock': '[[package]]\nname = "requests"\nversion = "2"\noptional = false\npython-versions = "*"\n'
        + '[package.dependencies]\nPySocks = {version = "*", optional = true}\n'
        + 'brotli = {version = "*", optional = true}\n[package.extras]\nsocks = ["PySocks (>=1)"]\nfast = ["brotli"]\n'
        + '\n[[package]]\nname = "pysocks"\nversion = "1"\noptional = false\npython-versions = "*"\n'
        + '\n[[package]]\nname = "click"\nversion = "8"\noptional = false\npython-versions = "*"\n'
        + '\n[metadata]\nlock-version = "1.1"\npython-versions = "^3.9"\n[metadata.files]\n'
        + ['requests', 'pysocks', 'click'].map((name) => `${name} = [{file = "${name}.whl", hash = "${digest('e')}"}]\n`).join(''),
    });
    expect(pins(resolve(directory).packages)).toEqual(['pysocks==1', 'requests==2']);
    expect(pins(resolve(directory, '3.13', { groups: ['dev'] }).packages)).toEqual(['click==8', 'pysocks==1', 'requests==2']);
  });

  test('reads packages from URLs and files', () => {
    const directory = lockOf('six = "*"\nlocal = "*"\n', `${SIX}[package.source]\ntype = "url"\nurl = "https://files.example/six.whl"\n`
      + `\n[[package]]\nname = "local"\nversion = "1"\npython-versions = "*"\n${FILES}[package.source]\ntype = "file"\nurl = "wheels/local.whl"\n`);
    expect(pins(resolve(directory).packages)).toEqual([`local @ file://${directory}/wheels/local.whl`, 'six @ https://files.example/six.whl']);
  });

  test('fails for git, for an unknown format, and for a version that is not there', () => {
    const git = lockOf('six = "*"\n', '[[package]]\nname = "six"\nversion = "1"\npython-versions = "*"\nfiles = []\n[package.source]\ntype = "git"\nurl = "https://git.example/six"\n');
    expect(() => resolve(git)).toThrow(/'six' comes from a version control system/);
    expect(() => resolve(folder({ 'pyproject.toml': POETRY, 'poetry.lock': '[metadata]\nlock-version = "3.0"\n' }))).toThrow(/lock-version 3\.0/);
    expect(() => resolve(lockOf('gone = "^2"\n', ''))).toThrow(/no package 'gone' \^2 for Python 3\.13/);
  });
});
