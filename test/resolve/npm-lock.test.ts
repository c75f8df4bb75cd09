import * as fs from 'node:fs';
import * as path from 'node:path';
import { folder, removeFolders } from './support';
import { FaultError, type Fault } from '../../lib/common/fault';
import { findNpmLock, readNpmLock, type NodejsResolution } from '../../lib/resolve/npm-lock';

afterAll(removeFolders);

const FIXTURES = path.resolve(__dirname, '../fixtures/node-locks');
const INTEGRITY = `sha512-${'A'.repeat(86)}==`;
const SECRET = 'hunter2-s3cr3t';

type Entry = Record<string, unknown>;

function project(places: Record<string, Entry>, fields: Entry = { dependencies: { a: '1' } }, lock: Entry = {}): string {
  return folder({
    'package.json': JSON.stringify(fields),
    'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': fields, ...places }, ...lock }),
  });
}

function read(directory: string): NodejsResolution {
  return readNpmLock({ kind: 'nodejs', directory, exclude: [] });
}

function faultsOf(work: () => unknown): readonly Fault[] {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(FaultError);
    return (error as FaultError).faults;
  }
  throw new Error('it did not fail');
}

const pinned = (extra: Entry = {}): Entry => ({ version: '1.0.0', integrity: INTEGRITY, ...extra });

describe('a lock of npm', () => {
  test('gives the production packages with path, version and digest', () => {
    const { packages, dependsOnMachine, withScripts } = read(path.join(FIXTURES, 'nested'));
    expect(packages.map((one) => `${one.path} ${one.version}`)).toEqual([
      'node_modules/@sindresorhus/is 7.0.1', 'node_modules/debug 2.6.9', 'node_modules/debug/node_modules/ms 2.0.0', 'node_modules/ms 2.1.3',
    ]);
    expect(packages.every((one) => /^sha512-/.test(one.integrity ?? ''))).toBe(true);
    expect([dependsOnMachine, withScripts]).toEqual([false, []]);
  });

  test('says when npm chooses by the machine, and which packages have an install script', () => {
    expect(read(path.join(FIXTURES, 'crc32')).dependsOnMachine).toBe(true);
    expect(read(path.join(FIXTURES, 'uncompiled'))).toMatchObject({ dependsOnMachine: false, withScripts: ['cpu-features'] });
  });

  test('may have lockfileVersion 2', () => {
    expect(read(project({ 'node_modules/a': pinned() }, undefined, { lockfileVersion: 2, dependencies: {} })).packages).toHaveLength(1);
  });

  test('leaves development out, and keeps what is optional or a peer too', () => {
    const { packages } = read(project({
      'node_modules/a': pinned(),
      'node_modules/dev': pinned({ dev: true }),
      'node_modules/dev-peer': pinned({ dev: true, peer: true }),
      'node_modules/linked-dev': { link: true, resolved: '../x', dev: true },
      'node_modules/extraneous': pinned({ extraneous: true }),
      'node_modules/optional': pinned({ optional: true }),
      'node_modules/both': pinned({ devOptional: true }),
      'node_modules/peer': pinned({ peer: true }),
    }));
    expect(packages.map((one) => one.path.slice('node_modules/'.length))).toEqual(['a', 'both', 'optional', 'peer']);
  });

  test('takes what comes inside another package, and tarballs with a digest', () => {
    const { packages } = read(project({
      'node_modules/a': pinned({ resolved: 'https://files.example/a.tgz' }),
      'node_modules/a/node_modules/inside': { version: '2.0.0', inBundle: true },
    }));
    expect(packages[1]).toEqual({ path: 'node_modules/a/node_modules/inside', version: '2.0.0', integrity: undefined });
  });

  test('does not mind the order of requirements, empty lists, a byte order mark, nor one that is optional as well', () => {
    const directory = project({ 'node_modules/a': pinned(), 'node_modules/b': pinned() }, {
      dependencies: { b: '1' }, optionalDependencies: { a: '1' },
    });
    const wanted = { dependencies: { b: '1', a: '1' }, optionalDependencies: { a: '1' }, peerDependencies: {} };
    fs.writeFileSync(path.join(directory, 'package.json'), `\ufeff${JSON.stringify(wanted)}`);
    expect(read(directory).packages).toHaveLength(2);
  });

  test('of 1,000 packages is read in milliseconds', () => {
    const places = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`node_modules/package-${index}`, pinned({
      resolved: `https://registry.example/package-${index}/-/package-${index}-1.0.0.tgz`,
      dependencies: { [`package-${(index + 1) % 1000}`]: '^1.0.0' },
    })]));
    const directory = project(places);
    read(directory);
    const times = Array.from({ length: 5 }, () => {
      const start = process.hrtime.bigint();
      expect(read(directory).packages).toHaveLength(1000);
      return Number(process.hrtime.bigint() - start) / 1e6;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });
});

describe('bad input', () => {
  test.each<[string, Record<string, string>, RegExp, RegExp]>([
    ['an empty folder', {}, /^there is no package\.json in /, /^an empty folder$/],
    ['a folder without a lock', { 'package.json': '{}' }, /^there is no package-lock\.json in /, /^package\.json$/],
    [
      'a lock of another package manager',
      { 'package.json': '{}', 'pnpm-lock.yaml': '' },
      /^there is no package-lock\.json in /,
      /^pnpm-lock\.yaml, which is not read$/,
    ],
    [
      'a merge conflict',
      { 'package.json': '{}', 'package-lock.json': '{\n<<<<<<< HEAD\n' },
      /^broken JSON in .*package-lock\.json:2$/,
      /syntax error/,
    ],
    ['a list', { 'package.json': '{}', 'package-lock.json': '[]' }, /^broken JSON in .*package-lock\.json:1$/, /no object/],
    ['a broken package.json', { 'package.json': '{', 'package-lock.json': '{}' }, /^broken JSON in .*package\.json/, /syntax error/],
    [
      'a lock of npm 6',
      { 'package.json': '{}', 'package-lock.json': '{"lockfileVersion":1,"dependencies":{}}' },
      /has a form that is not read$/,
      /^lockfileVersion 1, without `packages`$/,
    ],
    [
      'a lock of the future',
      { 'package.json': '{}', 'package-lock.json': '{"lockfileVersion":4,"packages":{}}' },
      /has a form that is not read$/,
      /^lockfileVersion 4$/,
    ],
  ])('%s', (_, files, what, got) => {
    const expected = { what: expect.stringMatching(what), got: expect.stringMatching(got) };
    expect(faultsOf(() => read(folder(files)))).toEqual([expect.objectContaining(expected)]);
  });

  test('a folder that is not there, and a file', () => {
    const directory = folder({ file: '' });

    const found = (name: string) => faultsOf(() => findNpmLock({ kind: 'nodejs', directory: path.join(directory, name), exclude: [] }))[0];
    expect(found('none').got).toBe('there is no such file');
    expect(found('file').what).toMatch(/^cannot read /);
  });

  test.each(['dependencies', 'optionalDependencies', 'peerDependencies', 'devDependencies'])('a lock of other %s', (name) => {
    const directory = project({ 'node_modules/a': pinned() });
    const before = JSON.parse(fs.readFileSync(path.join(directory, 'package.json'), 'utf8')) as Entry;
    fs.writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ ...before, [name]: { a: '2' } }));
    const [fault] = faultsOf(() => read(directory));
    expect(fault.what).toBe('the lock is of other requirements than package.json');
    expect(fault.got).toContain(`${name} in package.json: {"a":"2"}; in `);
    expect(fault.fix).toContain('npm install --package-lock-only');
  });

  test('no production dependencies', () => {
    const [fault] = faultsOf(() => read(project({ 'node_modules/dev': pinned({ dev: true }) }, { devDependencies: { dev: '1' } })));
    expect(fault.what).toBe('the Node.js content asks for nothing');
  });

  test.each<[string, unknown]>([
    ['a list', ['packages/*']], ['a table', { packages: ['packages/*'] }],
  ])('workspaces as %s are told once', (_, workspaces) => {
    const faults = faultsOf(() => read(project({
      'node_modules/one': { link: true, resolved: 'packages/one' }, 'packages/one': { version: '1.0.0' }, 'packages/one/node_modules/a': pinned(),
    }, { workspaces })));
    expect(faults.map((fault) => fault.what)).toEqual(['a project with workspaces is not read']);
  });

  test.each<[string, string, Entry, string, RegExp]>([
    ['a link', 'node_modules/a', { link: true, resolved: '../a' }, 'a dependency is a folder or file of this machine', /node_modules\/a/],
    ['a folder', '../a', { version: '1.0.0' }, 'a dependency is a folder or file of this machine', /\.\.\/a/],
    [
      'a tarball of this machine',
      'node_modules/a',
      pinned({ resolved: 'file:a.tgz' }),
      'a dependency is a folder or file of this machine',
      /node_modules\/a/,
    ],
    [
      'git',
      'node_modules/a',
      { version: '1.0.0', resolved: 'git+ssh://git@git.example/a.git#0123' },
      'a dependency comes from no registry',
      /git repository/,
    ],
    [
      'git with a digest',
      'node_modules/a',
      pinned({ resolved: 'git+https://git.example/a.git#0123' }),
      'a dependency comes from no registry',
      /git repository/,
    ],
    ['an address that is none', 'node_modules/a', pinned({ resolved: true }), 'a dependency comes from no registry', /not https/],
    [
      'no digest',
      'node_modules/a',
      { version: '1.0.0', resolved: 'https://r.example/a.tgz' },
      'a dependency has no digest in the lock',
      /no integrity/,
    ],
    ['an empty digest', 'node_modules/a', pinned({ integrity: '' }), 'a dependency has no digest in the lock', /no integrity/],
    ['a digest that is no text', 'node_modules/a', pinned({ integrity: [INTEGRITY] }), 'a dependency has no digest in the lock', /no integrity/],
    ['SHA-1', 'node_modules/a', pinned({ integrity: `sha1-${'A'.repeat(27)}=` }), 'a dependency has no digest in the lock', /SHA-1/],
    [
      'a package that only says it came inside another',
      'node_modules/a',
      { version: '1.0.0', inBundle: true },
      'a dependency has no digest in the lock',
      /no integrity/,
    ],
    [
      'one inside another with an address',
      'node_modules/a/node_modules/b',
      { inBundle: true, resolved: 'https://r.example/b.tgz' },
      'a dependency has no digest in the lock',
      /no integrity/,
    ],
    ['a way out of the folder', 'node_modules/../../../outside', pinned(), 'the lock has a package at a place that npm does not use', /outside/],
    ['a hidden folder', 'node_modules/.bin', pinned(), 'the lock has a package at a place that npm does not use', /\.bin/],
  ])('%s', (_, place, entry, what, got) => {
    expect(faultsOf(() => read(project({ [place]: entry })))).toEqual([expect.objectContaining({ what, got: expect.stringMatching(got) })]);
  });

  test.each(['package.json', 'package-lock.json'])('a credential in %s is told with its line and without its value', (name) => {
    const directory = project({ 'node_modules/a': pinned({ resolved: 'https://r.example/a.tgz' }) });
    fs.writeFileSync(path.join(directory, name), `{\n"x": "https://robot:${SECRET}@r.example/a.tgz"\n}`);
    const [fault] = faultsOf(() => read(directory));
    expect(fault.got).toContain(`${name}:2`);
    expect(fault.fix).toContain('.npmrc');
    expect(JSON.stringify(fault)).not.toContain(SECRET);
  });
});
