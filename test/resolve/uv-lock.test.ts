import * as fs from 'node:fs';
import * as path from 'node:path';

import { copyOf, digest, folder, LOCKS, pins, removeFolders, resolve } from './support';
import { FaultError } from '../../lib/common/fault';

const PROJECT = path.join(LOCKS, 'uv');

afterAll(removeFolders);

/** A lock of one project and these other packages. */
function locked(dependencies: string, packages: string, project = ''): string {
  return folder({
    'pyproject.toml': '[project]\nname = "acme"\nversion = "1"\n',
    'uv.lock': 'version = 1\nrequires-python = ">=3.9"\n\n[[package]]\nname = "acme"\nversion = "1"\nsource = { virtual = "." }\n'
      + `dependencies = [\n${dependencies}\n]\n${project}\n${packages}`,
  });
}

describe('the closure of a uv.lock', () => {
  test('holds the main dependencies only, for the target only', () => {
    const { packages, localPackages, closed, lockFile } = resolve(PROJECT, '3.13');
    expect(pins(packages)).toEqual([
      'anyio==4.16.0', 'certifi==2026.10.18', 'h11==0.16.0', 'httpcore==1.0.9', 'httpx==0.28.1', 'idna==3.20', 'packaging==26.3',
      'typing-extensions==4.16.0',
    ]);
    expect(localPackages).toEqual([{ name: 'acme-core', directory: path.join(PROJECT, 'packages/core') }]);
    expect({ closed, lockFile }).toEqual({ closed: true, lockFile: 'uv.lock' });
  });

  test('takes the fork that the target needs', () => {
    const versions = (pythonVersion: string): string[] =>
      pins(resolve(PROJECT, pythonVersion).packages).filter((pin) => /^(packaging|anyio|tomli)=/.test(pin));
    expect(versions('3.9')).toEqual(['anyio==4.12.1', 'packaging==23.2', 'tomli==2.5.0']);
    expect(versions('3.10')).toEqual(['anyio==4.16.0', 'packaging==23.2', 'tomli==2.5.0']);
    expect(versions('3.11')).toEqual(['anyio==4.16.0', 'packaging==26.3']);
  });

  test('brings what chosen extras and groups bring, extras of extras included', () => {
    const plain = new Set(pins(resolve(PROJECT).packages));
    const added = (overrides: object): string[] => pins(resolve(PROJECT, '3.13', overrides).packages).filter((pin) => !plain.has(pin));
    expect(added({ extras: ['HTTP2'] })).toEqual(['h2==4.4.1', 'hpack==4.2.0', 'hyperframe==6.1.0', 'six==1.17.0']);
    expect(added({ groups: ['lint'] })).toEqual(['pyflakes==4.1.0']);
    expect(added({ groups: ['dev'] })).toEqual(['pluggy==1.7.0', 'pyflakes==4.1.0']);
    expect(added({ extras: ['all'] }).map((pin) => pin.split('==')[0]))
      .toEqual(['h2', 'hpack', 'hyperframe', `iniconfig @ file://${PROJECT}/wheels/iniconfig-2.0.0-py3-none-any.whl`, 'six']);
  });

  test('follows extras that exclude each other', () => {
    const click = (extra: string): string[] => pins(resolve(PROJECT, '3.13', { extras: [extra] }).packages).filter((pin) => pin.startsWith('click'));
    expect(click('old')).toEqual(['click==8.1.7']);
    expect(click('new')).toEqual(['click==8.1.8']);
  });

  test('adds the project itself only when it is asked for', () => {
    expect(resolve(PROJECT, '3.13', { include: 'project' }).localPackages).toEqual([
      { name: 'acme-app', directory: PROJECT }, { name: 'acme-core', directory: path.join(PROJECT, 'packages/core') },
    ]);
    expect(resolve(PROJECT, '3.13', { include: 'sources' }).localPackages.map(({ name }) => name)).toEqual(['acme-core']);
  });

  test('is found for a member of the workspace, whose lock lies above it', () => {
    const core = resolve(path.join(PROJECT, 'packages/core'));
    expect(pins(core.packages)).toEqual(['anyio==4.16.0', 'idna==3.20', 'typing-extensions==4.16.0']);
    expect(core.localPackages).toEqual([]);
    expect(pins(resolve(path.join(PROJECT, 'packages/tool')).packages)).toEqual(['mdurl==0.1.2']);
  });

  test('is that of all members for a workspace whose root is no project', () => {
    const directory = copyOf(PROJECT);
    const lock = path.join(directory, 'uv.lock');
    fs.writeFileSync(path.join(directory, 'pyproject.toml'), '[tool.uv.workspace]\nmembers = ["packages/*"]\n');
    fs.writeFileSync(lock, fs.readFileSync(lock, 'utf8')
      .replace(/\[\[package\]\]\nname = "acme-app"[\s\S]*?(?=\[\[package\]\])/, '').replace('    "acme-app",\n', ''));
    const { packages, localPackages } = resolve(directory);
    expect(localPackages.map(({ name }) => name)).toEqual(['acme-core', 'acme-tool']);
    expect(pins(packages)).toEqual(['anyio==4.16.0', 'idna==3.20', 'mdurl==0.1.2', 'typing-extensions==4.16.0']);
  });

  test('names artefacts with their digests', () => {
    const httpx = resolve(PROJECT).packages.find(({ name }) => name === 'httpx');
    expect(httpx?.artifacts?.map(({ file }) => file)).toEqual(['httpx-0.28.1-py3-none-any.whl', 'httpx-0.28.1.tar.gz']);
    expect(httpx?.hashes).toEqual(httpx?.artifacts?.map(({ sha256 }) => `sha256:${sha256}`).sort());
  });

  test('leaves a comparison with a patch release to uv and joins conditions on the way', () => {
    const wheel = (name: string): string => `[[package]]\nname = "${name}"\nversion = "1"\nsource = { registry = "https://files.example/simple" }\n`
      + `wheels = [\n    { url = "https://files.example/${name}-1-py3-none-any.whl", hash = "${digest('a')}", size = 1 },\n]\n`;
    const forks = '{ name = "a", marker = "python_full_version < \'3.13.2\'" },\n{ name = "b", marker = "python_full_version >= \'3.13.2\'" }';
    const directory = locked(forks, [
      wheel('a') + 'dependencies = [{ name = "c", marker = "platform_release != \'5\'" }, { name = "d" }]\n',
      wheel('b') + 'dependencies = [{ name = "d" }]\n', wheel('c'), wheel('d'),
    ].join('\n'));
    expect(pins(resolve(directory).packages)).toEqual([
      'a==1 ; python_full_version < \'3.13.2\'',
      'b==1 ; python_full_version >= \'3.13.2\'',
      'c==1 ; platform_release != \'5\' and python_full_version < \'3.13.2\'',
      'd==1',
    ]);
  });

  test('reads direct URLs, and wheels whose lines are not as uv writes them', () => {
    const directory = locked('{ name = "six" },\n{ name = "odd" }', `[[package]]
name = "six"
version = "1.17.0"
source = { url = "https://files.example/src.zip", subdirectory = "lib" }
sdist = { hash = "${digest('b')}" }

[[package]]
name = "odd"
version = "1"
source = { registry = "https://files.example/simple" }
wheels = [{ size = 1, hash = "${digest('c').toUpperCase().replace('SHA256', 'sha256')}", url = "https://files.example/odd%2B-1-py3-none-any.whl" }]
`);
    expect(resolve(directory).packages).toEqual([
      { name: 'odd', version: '1', extras: [], hashes: [digest('c')], artifacts: [{ file: 'odd+-1-py3-none-any.whl', sha256: 'c'.repeat(64) }] },
      { name: 'six', url: 'https://files.example/src.zip#subdirectory=lib', extras: [], hashes: [digest('b')], artifacts: [{ file: 'src.zip', sha256: 'b'.repeat(64) }] },
    ]);
  });
});

describe('bad input', () => {
  test('fails for an extra and a group that are not there, and says which are', () => {
    expect(() => resolve(PROJECT, '3.13', { extras: ['htp2'], groups: ['docs'] }))
      .toThrow(/no extra 'htp2'[\s\S]*allowed: all, http2, new, old, wheel[\s\S]*no group 'docs'[\s\S]*allowed: dev, lint/);
  });

  test('fails for a package from git and says what to do, without the URL', () => {
    const directory = locked('{ name = "flask" }', '[[package]]\nname = "flask"\nversion = "3"\nsource = { git = "https://git.example/flask?rev=main#0123" }\n');
    expect(() => resolve(directory)).toThrow(/'flask' comes from a version control system in .*uv\.lock[\s\S]*build a wheel/);
  });

  test('does not mind a package from git that the target does not need', () => {
    const directory = locked('{ name = "flask", marker = "sys_platform == \'win32\'" }', '[[package]]\nname = "flask"\nversion = "3"\nsource = { git = "https://git.example/flask#0123" }\n');
    expect(resolve(directory).packages).toEqual([]);
  });

  test('fails for all packages without a hash at once', () => {
    const bare = (name: string): string => `[[package]]\nname = "${name}"\nversion = "1"\nsource = { registry = "https://files.example" }\nwheels = [{ url = "https://files.example/${name}-1-py3-none-any.whl" }]\n`;
    const directory = locked('{ name = "a" },\n{ name = "b" }', `${bare('a')}\n${bare('b')}`);
    expect(() => resolve(directory)).toThrow(/hash for 'a'[\s\S]*hash for 'b'/);
  });

  test('fails for a runtime outside of the lock\'s Python range', () => {
    expect(() => resolve(PROJECT, '3.8')).toThrow(/not made for Python 3\.8[\s\S]*>=3\.9/);
  });

  test('fails when the project asks for what the lock has never heard of', () => {
    const directory = copyOf(PROJECT);
    const file = path.join(directory, 'pyproject.toml');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"httpx",', '"httpx", "Flask_Login>=1",'));
    expect(() => resolve(directory)).toThrow(/uv\.lock is older than .*pyproject\.toml[\s\S]*flask-login[\s\S]*run uv lock/);
  });

  test('fails for a virtual project that is to go in as a wheel', () => {
    expect(() => resolve(locked('', ''), '3.13', { include: 'project' })).toThrow(/'acme' cannot be built as a wheel[\s\S]*SOURCES/);
  });

  test('fails for a newer format', () => {
    const directory = folder({ 'pyproject.toml': '[project]\nname = "acme"\n', 'uv.lock': 'version = 2\n' });
    expect(() => resolve(directory)).toThrow(/version 2 of the format/);
  });

  test('fails for a dependency whose package is missing', () => {
    expect(() => resolve(locked('{ name = "gone" }', ''))).toThrow(/0 packages for the dependency 'gone'/);
  });

  test('fails for a lock of another project', () => {
    const directory = folder({ 'pyproject.toml': '[project]\nname = "acme"\n', 'uv.lock': 'version = 1\n' });
    expect(() => resolve(directory)).toThrow(/uv\.lock does not know the project/);
  });

  test('fails with the line in the whole file where a list of wheels or what follows it is broken', () => {
    const head = 'version = 1\n\n[[package]]\nname = "acme"\nversion = "1"\nsource = { virtual = "." }\nwheels = [\n    { url = "https://files.example/a.whl" },\n]\n';
    const directory = folder({ 'pyproject.toml': '[project]\nname = "acme"\n', 'uv.lock': `${head}<<<<<<< HEAD\n` });
    expect(() => resolve(directory)).toThrow(FaultError);
    expect(() => resolve(directory)).toThrow(`broken TOML in ${directory}/uv.lock:10`);
  });
});
