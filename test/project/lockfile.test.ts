import * as fs from 'node:fs';
import * as path from 'node:path';

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly inBundle?: boolean;
  readonly optionalDependencies?: Record<string, string>;
}

const root = path.resolve(__dirname, '..', '..');
const packages: Record<string, Locked> = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;

/** The entries of the lock that something is wrong with. */
function wrong(test: (locked: Locked, place: string) => boolean): string[] {
  return Object.entries(packages).filter(([place, locked]) => place !== '' && test(locked, place)).map(([place]) => place);
}

test('package-lock.json names no registry, so that each machine uses its own', () => {
  expect(wrong(({ resolved }) => resolved !== undefined)).toEqual([]);
});

test('package-lock.json pins the hash of every package', () => {
  expect(wrong(({ integrity, inBundle }) => integrity === undefined && !inBundle)).toEqual([]);
});

test('package-lock.json holds the binaries of every platform, without which `npm ci` refuses it', () => {
  const names = new Set(Object.keys(packages).map((place) => place.replace(/^.*node_modules\//, '')));
  expect(wrong(({ optionalDependencies = {} }) => Object.keys(optionalDependencies).some((name) => !names.has(name)))).toEqual([]);
});
