import * as fs from 'node:fs';
import * as path from 'node:path';

import { digest, folder, pins, removeFolders, resolve, spec, targetOf } from './support';
import { ownLockPath, writeOwnLockEntry } from '../../lib/resolve/own-lock';
import { readPythonLock } from '../../lib/resolve/read-python-lock';
import { parseRequirement } from '../../lib/resolve/requirement';
import { readRequirementFile } from '../../lib/resolve/requirement-file';
import { inputDigest, unlockedRequirements } from '../../lib/resolve/wanted';

afterAll(removeFolders);

const PYPROJECT = '[project]\nname = "Acme.Lib"\nversion = "1"\ndependencies = ["six>=1", "tomli ; python_version < \'3.11\'"]\n'
  + '[project.optional-dependencies]\nfast = ["orjson"]\n';

function parsed(text: string): object | undefined {
  const requirement = parseRequirement(text, '/base', 'here');
  if (requirement === undefined) {
    return undefined;
  }
  const { label, ...rest } = requirement;
  expect(label).toBe('here');
  return rest;
}

describe('a requirement', () => {
  const plain = { extras: [], specifier: '', hashes: [] };

  test.each([
    ['Foo_Bar', { ...plain, name: 'foo-bar' }],
    ['foo == 1.0', { ...plain, name: 'foo', specifier: '==1.0' }],
    ['foo[b, A]>=1,<2;python_version<"3.9"', { ...plain, name: 'foo', extras: ['a', 'b'], specifier: '<2,>=1', marker: 'python_version < \'3.9\'' }],
    ['foo (>=1,!=1.5)', { ...plain, name: 'foo', specifier: '!=1.5,>=1' }],
    [`foo==1 --hash=${digest('A')} --hash ${digest('b')}`, { ...plain, name: 'foo', specifier: '==1', hashes: [digest('a'), digest('b')] }],
    ['foo @ https://files.example/foo.zip ; os_name == "posix"', { ...plain, name: 'foo', source: { kind: 'url', url: 'https://files.example/foo.zip' }, marker: 'os_name == \'posix\'' }],
    ['foo[x]@https://files.example/foo.zip', { ...plain, name: 'foo', extras: ['x'], source: { kind: 'url', url: 'https://files.example/foo.zip' } }],
    [`https://files.example/Foo_Bar-1.0-py3-none-any.whl#sha256=${'c'.repeat(64)}`, {
      ...plain, name: 'foo-bar', source: { kind: 'url', url: `https://files.example/Foo_Bar-1.0-py3-none-any.whl#sha256=${'c'.repeat(64)}` }, hashes: [digest('c')],
    }],
    ['git+https://git.example/x@main#egg=Foo', { ...plain, name: 'foo', source: { kind: 'repository' } }],
    ['foo @ git+ssh://git@git.example/x', { ...plain, name: 'foo', source: { kind: 'repository' } }],
    ['-e ./lib[fast]', { ...plain, name: undefined, extras: ['fast'], source: { kind: 'path', path: '/base/lib', fragment: '' } }],
    ['--editable=../lib#egg=foo', { ...plain, name: 'foo', source: { kind: 'path', path: '/lib', fragment: 'egg=foo' } }],
    ['libs/foo', { ...plain, name: undefined, source: { kind: 'path', path: '/base/libs/foo', fragment: '' } }],
    ['foo-1.0-py3-none-any.whl', { ...plain, name: 'foo', source: { kind: 'path', path: '/base/foo-1.0-py3-none-any.whl', fragment: '' } }],
    ['foo @ file:///opt/foo', { ...plain, name: 'foo', source: { kind: 'path', path: '/opt/foo', fragment: '' } }],
  ])('%s is read as pip reads it', (text, expected) => {
    expect(parsed(text)).toEqual(expected);
  });

  test.each(['', '==1.0', 'foo bar', 'foo==', 'foo=>1', 'foo; os_name', 'foo @ ./x ; sys', '[x]', 'foo[x'])('fails for %p', (text) => {
    expect(parsed(text)).toBeUndefined();
  });
});

describe('a requirements file', () => {
  test('joins continued lines, drops comments and follows includes and constraints', () => {
    const directory = folder({
      'requirements.txt': '# head\r\nflask==1 \\\r\n  # a comment ends it\r\n-r sub/more.txt\n-c limits.txt\n--require-hashes\nsix>=1 # why\nfoo @ https://files.example/foo.zip#frag\n',
      'sub/more.txt': 'click\\\n>=8\n-r deeper.txt\n',
      'sub/deeper.txt': 'idna\n-c ../limits.txt\n',
      'limits.txt': 'urllib3<3\n',
    });
    const { requirements, constraints, notes } = readRequirementFile(path.join(directory, 'requirements.txt'));
    expect(requirements.map(({ name, specifier, label }) => [name, specifier, path.relative(directory, label)])).toEqual([
      ['flask', '==1', 'requirements.txt:2'], ['click', '>=8', 'sub/more.txt:1'], ['idna', '', 'sub/deeper.txt:1'],
      ['six', '>=1', 'requirements.txt:7'], ['foo', '', 'requirements.txt:8'],
    ]);
    expect(constraints.map(({ name }) => name)).toEqual(['urllib3', 'urllib3']);
    expect(notes).toEqual([]);
  });

  test('says that index options are not used, without their values', () => {
    const directory = folder({ 'requirements.txt': '--index-url https://index.example/simple\n--extra-index-url https://two.example\nsix\n' });
    const { notes } = readRequirementFile(path.join(directory, 'requirements.txt'));
    expect(notes)
      .toEqual([`index options of requirements are not used (${directory}/requirements.txt:1 and 1 more): give indexes as bundling.indexes`]);
  });

  test('may be UTF-16, as PowerShell writes it, or start with a byte order mark', () => {
    const utf16 = folder({ 'requirements.txt': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('six>=1\r\n', 'utf16le')]) });
    const utf8 = folder({ 'requirements.txt': '\ufeffsix>=1\n' });
    expect(unlockedRequirements(spec(utf16)).requirements).toEqual(['six>=1']);
    expect(unlockedRequirements(spec(utf8)).requirements).toEqual(['six>=1']);
  });

  test('fails for a circle of includes, a remote include, a foreign option and what is no requirement, at once', () => {
    const directory = folder({ 'requirements.txt': '-r other.txt\n-r https://files.example/r.txt\n--pre\nfoo bar\n', 'other.txt': '-r requirements.txt\n' });
    const read = (): unknown => resolve(directory);
    expect(read).toThrow(/other\.txt:1 includes a file that is being read already/);
    expect(read).toThrow(/requirements\.txt:2 includes a file over the network/);
    expect(read).toThrow(/requirements\.txt:3 has an option that cannot be followed\n {2}got: --pre/);
    expect(read).toThrow(/requirements\.txt:4 is no requirement/);
  });

  test('fails for an included file that is not there', () => {
    expect(() => resolve(folder({ 'requirements.txt': '-r gone.txt\n' }))).toThrow(/cannot read .*gone\.txt[\s\S]*no such file/);
  });

  test('fails when it asks for nothing', () => {
    expect(() => resolve(folder({ 'requirements.txt': '# later\n' }))).toThrow(/requirements\.txt asks for nothing/);
  });
});

describe('a hashed list', () => {
  test('is a lock that may leave something out', () => {
    const directory = folder({
      'requirements.txt': `requests[socks]==2.32.5 ; python_full_version >= "3.13.1" and python_version > "3.9" --hash=${digest('a')} --hash=md5:${'0'.repeat(32)}\nfoo @ https://files.example/foo.whl --hash=${digest('b')}\n-e ./lib\ncolorama==1 ; sys_platform == 'win32' --hash=${digest('c')}\n`,
      'lib/pyproject.toml': PYPROJECT,
    });
    const resolution = resolve(directory);
    expect(resolution).toEqual({
      lockFile: 'requirements.txt',
      packages: [
        { name: 'foo', url: 'https://files.example/foo.whl', extras: [], hashes: [digest('b')] },
        { name: 'requests', version: '2.32.5', extras: ['socks'], marker: 'python_full_version >= \'3.13.1\'', hashes: [digest('a')] },
      ],
      localPackages: [{ name: 'acme-lib', directory: path.join(directory, 'lib') }],
      closed: false,
      notes: [],
    });
  });

  test('may be inline', () => {
    const directory = folder();
    const { packages, lockFile } = resolve(directory, '3.13', { requirements: [`six==1.17.0 --hash=${digest('a')}`] });
    expect(pins(packages)).toEqual(['six==1.17.0']);
    expect(lockFile).toBe('inline');
  });

  test.each(['six==1.*', 'six>=1', 'six'])('is none with %s, whatever hashes it has', (line) => {
    const directory = folder({ 'requirements.txt': `${line} --hash=${digest('a')}\n` });
    expect(readPythonLock(spec(directory), targetOf('3.13')))
      .toEqual({ reason: 'missing', lockPath: path.join(directory, 'cdk-lambda-layers.lock.json') });
  });
});

describe('what is not locked', () => {
  test('is asked for in one spelling, with folders replaced by what they depend on', () => {
    const directory = folder({
      'requirements.txt': 'Requests [socks] >= 2 ; python_version>"3.8"\n./lib[fast] ; os_name == "posix"\nfoo @ https://files.example/foo.zip\n-c limits.txt\n',
      'limits.txt': 'URLLIB3 < 3\n',
      'lib/pyproject.toml': PYPROJECT,
    });
    expect(unlockedRequirements(spec(directory))).toEqual({
      requirements: [
        'foo @ https://files.example/foo.zip',
        'orjson ; os_name == \'posix\'',
        'requests[socks]>=2 ; python_version > \'3.8\'',
        'six>=1 ; os_name == \'posix\'',
        'tomli ; os_name == \'posix\' and python_version < \'3.11\'',
      ],
      constraints: ['urllib3<3'],
    });
  });

  test('builds a folder once, however often and under whatever conditions it is named', () => {
    const directory = folder({
      'requirements.txt': './lib ; platform_release == "5"\n./lib[fast] ; platform_release == "6"\n./other\n',
      'lib/pyproject.toml': PYPROJECT,
      'other/pyproject.toml': '[project]\nname = "other"\ndependencies = ["acme-lib @ file:../lib"]\n',
    });
    const content = spec(directory);
    writeOwnLockEntry(ownLockPath(content), inputDigest(content), [], { 'python3.13-x86_64': [] }, { replace: true });
    expect(resolve(directory).localPackages.map(({ name, marker }) => [name, marker])).toEqual([['acme-lib', undefined], ['other', undefined]]);
    fs.rmSync(path.join(directory, 'other'), { recursive: true });
    fs.writeFileSync(path.join(directory, 'requirements.txt'), './lib ; platform_release == "5"\n./lib[fast] ; platform_release == "6"\n');
    writeOwnLockEntry(ownLockPath(content), inputDigest(content), [], { 'python3.13-x86_64': [] }, { replace: true });
    expect(resolve(directory).localPackages.map(({ marker }) => marker)).toEqual(['platform_release == \'5\' or platform_release == \'6\'']);
  });

  test('comes to an end where folders need each other', () => {
    const project = (name: string, other: string): string =>
      `[project]\nname = "${name}"\ndependencies = ["${other} @ file:../${other} ; platform_release != '${name}'", "six"]\n`;
    const directory = folder({ 'requirements.txt': './a\n', 'a/pyproject.toml': project('a', 'b'), 'b/pyproject.toml': project('b', 'a') });
    expect(unlockedRequirements(spec(directory)).requirements).toEqual([
      'six', 'six ; platform_release != \'a\'', 'six ; platform_release != \'a\' and platform_release != \'b\'',
    ]);
  });

  test('comes from a pyproject.toml with the chosen extras and groups', () => {
    const directory = folder({
      'pyproject.toml': `${PYPROJECT}all = ["acme-lib[fast]", "idna"]\n`
        + '[dependency-groups]\ndev = ["pytest", { include-group = "lint" }]\nlint = ["ruff"]\n',
    });
    const asked = (overrides: object): string[] => unlockedRequirements(spec(directory, overrides)).requirements;
    expect(asked({})).toEqual(['six>=1', 'tomli ; python_version < \'3.11\'']);
    expect(asked({ extras: ['All'] })).toEqual(['idna', 'orjson', 'six>=1', 'tomli ; python_version < \'3.11\'']);
    expect(asked({ groups: ['dev'] })).toEqual(['pytest', 'ruff', 'six>=1', 'tomli ; python_version < \'3.11\'']);
  });

  test('has a digest that order, spelling, comments and the folder do not change', () => {
    const one = folder({ 'requirements.txt': 'Requests >=2\nsix\n' });
    const two = folder({ 'requirements.txt': '# mine\nsix # yes\nrequests>= 2\n' });
    expect(inputDigest(spec(one))).toBe(inputDigest(spec(two)));
    expect(inputDigest(spec(one))).toBe(inputDigest(spec(two, { requirements: ['requests>=2', 'six'] })));
    expect(inputDigest(spec(one))).toMatch(/^[0-9a-f]{64}$/);
  });

  test('has another digest when a version, a constraint, a hash or a folder\'s dependency is another one', () => {
    const folders: Record<string, string>[] = [
      { 'requirements.txt': 'six\n' },
      { 'requirements.txt': 'six>1\n' },
      { 'requirements.txt': 'six\n-c limits.txt\n', 'limits.txt': 'idna<4\n' },
      { 'requirements.txt': `six --hash=${digest('a')}\n` },
      { 'requirements.txt': 'six\n./lib\n', 'lib/pyproject.toml': '[project]\nname = "lib"\ndependencies = ["idna"]\n' },
      { 'requirements.txt': 'six\n./lib\n', 'lib/pyproject.toml': '[project]\nname = "lib"\ndependencies = ["idna<4"]\n' },
    ];
    const digests = folders.map((files) => inputDigest(spec(folder(files))));
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe('bad input', () => {
  test('fails for git, a path that is not there, and extras that a list cannot have', () => {
    expect(() => resolve(folder({ 'requirements.txt': 'git+https://git.example/x#egg=x\n./gone\n' })))
      .toThrow(/'x' comes from a version control system in .*requirements\.txt:1[\s\S]*requirements\.txt:2 names a path that does not exist/);
    expect(() => resolve(folder({ 'requirements.txt': 'six\n' }), '3.13', { groups: ['dev'] })).toThrow(/no group 'dev'[\s\S]*none/);
  });

  test('fails with the place in an inline list', () => {
    expect(() => resolve(folder(), '3.13', { requirements: ['six', 'foo bar'] })).toThrow(/requirements\[1\] is no requirement/);
  });

  test('fails for a project whose dependencies only its own tool knows', () => {
    const project = (text: string): string => folder({ 'pyproject.toml': text });
    expect(() => resolve(project('[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\nsix = "^1"\n'))).toThrow(/run poetry lock/);
    expect(() => resolve(project('[project]\nname = "a"\ndynamic = ["dependencies"]\n'))).toThrow(/dynamic dependencies[\s\S]*run uv lock/);
    expect(() => resolve(project('[tool.ruff]\n'))).toThrow(/no \[project\] table/);
    expect(() => resolve(project('[project]\nname = "a"\ndependencies = ["six"]\n[tool.uv.sources]\nsix = { path = "x" }\n')))
      .toThrow(/tool\.uv\.sources[\s\S]*six/);
  });

  test('fails for a group that includes itself', () => {
    const directory = folder({ 'pyproject.toml': `${PYPROJECT}[dependency-groups]\na = [{ include-group = "b" }]\nb = [{ include-group = "a" }]\n` });
    expect(() => resolve(directory, '3.13', { groups: ['a'] })).toThrow(/includes itself: a > b > a/);
  });

  test('fails for a folder without stated dependencies, and for a file on disk, in a list that is not hashed', () => {
    const directory = folder({ 'requirements.txt': './old\n', 'old/setup.py': '' });
    expect(() => resolve(directory)).toThrow(/requirements\.txt:1 names a folder whose dependencies are not stated/);
    fs.writeFileSync(path.join(directory, 'requirements.txt'), 'six\n./a-1-py3-none-any.whl\n');
    fs.writeFileSync(path.join(directory, 'a-1-py3-none-any.whl'), '');
    expect(() => resolve(directory)).toThrow(/requirements\.txt:2 takes a file from disk/);
  });

  test('fails for the project as a wheel where there is none', () => {
    expect(() => resolve(folder({ 'requirements.txt': `six==1 --hash=${digest('a')}\n` }), '3.13', { include: 'project' }))
      .toThrow(/holds no project/);
  });
});
