import * as path from 'node:path';
import { readNpmLock } from '../../lib/resolve/npm-lock';
import { placesOn } from '../../lib/resolve/npm-places';
import type { Table } from '../../lib/resolve/shape';

const LAMBDA = { os: 'linux', cpu: 'arm64', libc: 'glibc' };

function neededOf(places: Record<string, Table>, machine = LAMBDA): string[] {
  return [...placesOn(new Map(Object.entries(places)), machine).needed].map((place) => place.replace('node_modules/', ''));
}

test.each(['arm64', 'x64'])('a package with a binary for each machine brings the one of %s', (cpu) => {
  const { entries } = readNpmLock({ kind: 'nodejs', directory: path.resolve(__dirname, '../fixtures/node-locks/crc32'), exclude: [] });
  const { needed, others } = placesOn(entries, { ...LAMBDA, cpu });
  expect([...needed]).toEqual(['node_modules/@node-rs/crc32', `node_modules/@node-rs/crc32-linux-${cpu}-gnu`]);
  expect(needed.size + others.size).toBe(entries.size - 1);
});

test.each<[string, Table, boolean]>([
  ['nothing', {}, true],
  ['this system', { os: ['darwin', 'linux'] }, true],
  ['another system', { os: ['darwin'] }, false],
  ['any but this system', { os: ['!linux'] }, false],
  ['any but another system', { os: ['!win32'] }, true],
  ['a text', { cpu: 'arm64' }, true],
  ['any', { cpu: ['any'] }, true],
  ['another machine', { cpu: ['wasm32'] }, false],
  ['musl', { libc: ['musl'] }, false],
  ['glibc', { libc: ['glibc'] }, true],
])('an optional package that asks for %s', (_, asked, isNeeded) => {
  const places = { '': { optionalDependencies: { a: '1' } }, 'node_modules/a': { optional: true, ...asked } };
  expect(neededOf(places)).toEqual(isNeeded ? ['a'] : []);
});

test('what only a package of another machine needs stays out with it, at whatever depth; what others need too does not', () => {
  expect(neededOf({
    '': { dependencies: { a: '1' } },
    'node_modules/a': { optionalDependencies: { wasm: '1' }, dependencies: { shared: '1' } },
    'node_modules/shared': {},
    'node_modules/wasm': { optional: true, cpu: ['wasm32'], dependencies: { runtime: '1', shared: '1' } },
    'node_modules/runtime': { optional: true, dependencies: { deep: '1' } },
    'node_modules/runtime/node_modules/deep': { optional: true },
  })).toEqual(['a', 'shared']);
});

test('a version of its own is found before the one above', () => {
  expect(neededOf({
    '': { dependencies: { a: '1' }, optionalDependencies: { c: '1' } },
    'node_modules/a': { dependencies: { b: '1' } },
    'node_modules/a/node_modules/b': { optional: true },
    'node_modules/b': { optional: true },
    'node_modules/c': { optional: true, os: ['darwin'], dependencies: { b: '2' } },
  })).toEqual(['a', 'a/node_modules/b']);
});

test('circles end, and what nothing seems to need is needed as the lock says', () => {
  expect(neededOf({
    '': { dependencies: { a: '1' } },
    'node_modules/a': { dependencies: { b: '1', gone: '1' } },
    'node_modules/b': { peerDependencies: { a: '1' } },
    'node_modules/lonely': { optional: true },
    'node_modules/tool': { dev: true },
  })).toEqual(['a', 'b', 'lonely']);
});
