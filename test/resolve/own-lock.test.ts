import * as fs from 'node:fs';
import * as path from 'node:path';

import { digest, folder, removeFolders, resolve, spec, targetOf } from './support';
import { ownLockPath, readOwnLock, targetKey, writeOwnLockEntry } from '../../lib/resolve/own-lock';
import { readPythonLock } from '../../lib/resolve/read-python-lock';
import type { LockedPackage } from '../../lib/resolve/resolution';
import { inputDigest } from '../../lib/resolve/wanted';

afterAll(removeFolders);

const SIX: LockedPackage = {
  name: 'six',
  version: '1.17.0',
  extras: [],
  hashes: [digest('a'), digest('b')],
  artifacts: [{ file: 'six-1.17.0-py2.py3-none-any.whl', sha256: 'a'.repeat(64) }],
};
const IDNA: LockedPackage = { name: 'idna', version: '3.10', extras: [], marker: 'python_full_version < \'3.13.1\'', hashes: [digest('c')] };
const KEY = 'python3.13-x86_64';

function lockedFolder(requirements = 'six\n'): string {
  const directory = folder({ 'requirements.txt': requirements });
  const content = spec(directory);
  writeOwnLockEntry(ownLockPath(content), inputDigest(content), requirements.trim().split('\n'), { [KEY]: [SIX, IDNA] }, { replace: true });
  return directory;
}

test('gives back what was written, sorted and closed', () => {
  expect(targetKey(targetOf('3.13'))).toBe(KEY);
  expect(resolve(lockedFolder()))
    .toEqual({ lockFile: 'cdk-lambda-layers.lock.json', packages: [IDNA, SIX], localPackages: [], closed: true, notes: [] });
});

test('is written with sorted keys, two spaces and a line break at the end, whatever the order of writing', () => {
  const directory = folder();
  const file = path.join(directory, 'lock.json');
  writeOwnLockEntry(file, 'ff', ['six', 'idna'], { [KEY]: [SIX] }, { replace: false });
  writeOwnLockEntry(file, 'aa', ['idna'], { 'python3.13-arm64': [IDNA] }, { replace: false });
  writeOwnLockEntry(file, 'aa', ['idna'], { 'python3.11-x86_64': [IDNA] }, { replace: false });
  expect(fs.readFileSync(file, 'utf8')).toBe(`{
  "entries": {
    "aa": {
      "inputs": [
        "idna"
      ],
      "targets": {
        "python3.11-x86_64": [
          {
            "hashes": [
              "${digest('c')}"
            ],
            "marker": "python_full_version < '3.13.1'",
            "name": "idna",
            "version": "3.10"
          }
        ],
        "python3.13-arm64": [
          {
            "hashes": [
              "${digest('c')}"
            ],
            "marker": "python_full_version < '3.13.1'",
            "name": "idna",
            "version": "3.10"
          }
        ]
      }
    },
    "ff": {
      "inputs": [
        "idna",
        "six"
      ],
      "targets": {
        "python3.13-x86_64": [
          {
            "artifacts": [
              {
                "file": "six-1.17.0-py2.py3-none-any.whl",
                "sha256": "${'a'.repeat(64)}"
              }
            ],
            "hashes": [
              "${digest('a')}",
              "${digest('b')}"
            ],
            "name": "six",
            "version": "1.17.0"
          }
        ]
      }
    }
  },
  "version": 1
}
`);
  expect(fs.readdirSync(directory)).toEqual(['lock.json']);
});

test('drops the entries of older requirements when they are replaced, and keeps other targets of the same ones', () => {
  const file = path.join(folder(), 'lock.json');
  writeOwnLockEntry(file, 'old', ['a'], { [KEY]: [SIX] }, { replace: true });
  writeOwnLockEntry(file, 'new', ['b'], { [KEY]: [SIX] }, { replace: true });
  writeOwnLockEntry(file, 'new', ['b'], { 'python3.11-arm64': [SIX] }, { replace: true });
  const { entries } = readOwnLock(file)!;
  expect([...entries].map(([key, entry]) => [key, [...entry.targets.keys()]])).toEqual([['new', ['python3.11-arm64', KEY]]]);
});

test('names a file beside it by its relative path', () => {
  const directory = folder();
  const file = path.join(directory, 'lock.json');
  const local: LockedPackage = { name: 'local', url: `file://${directory}/wheels/a%20b.whl`, extras: [], hashes: [digest('a')] };
  writeOwnLockEntry(file, 'aa', [], { [KEY]: [local] }, { replace: true });
  expect(fs.readFileSync(file, 'utf8')).toContain('"url": "file:wheels/a b.whl"');
  expect(fs.readFileSync(file, 'utf8')).not.toContain(directory);
  expect(readOwnLock(file)?.entries.get('aa')?.targets.get(KEY)).toEqual([local]);
});

test('is missing where there is no file or no such target, and stale for other requirements', () => {
  const read = (directory: string, pythonVersion: string): unknown => readPythonLock(spec(directory), targetOf(pythonVersion));
  const none = folder({ 'requirements.txt': 'six\n' });
  expect(read(none, '3.13')).toEqual({ reason: 'missing', lockPath: path.join(none, 'cdk-lambda-layers.lock.json') });
  const directory = lockedFolder();
  expect(read(directory, '3.11')).toMatchObject({ reason: 'missing' });
  fs.writeFileSync(path.join(directory, 'requirements.txt'), 'six>=1\n');
  expect(read(directory, '3.13')).toMatchObject({ reason: 'stale' });
});

test('is shared by the inline lists of a folder', () => {
  const directory = folder();
  const lists = [SIX, IDNA].map((locked) => ({ locked, content: spec(directory, { requirements: [locked.name] }) }));
  for (const { locked, content } of lists) {
    writeOwnLockEntry(ownLockPath(content), inputDigest(content), [locked.name], { [KEY]: [locked] }, { replace: false });
  }
  expect(lists.map(({ content }) => resolve(directory, '3.13', content).packages)).toEqual([[SIX], [IDNA]]);
});

test('allows no file that a requirement\'s own hashes forbid', () => {
  expect(resolve(lockedFolder(`six --hash=${digest('b')}\nidna\n`)).packages[1]?.hashes).toEqual([digest('b')]);
});

test('fails when none of a requirement\'s own hashes is in it', () => {
  expect(() => resolve(lockedFolder(`six --hash=${digest('d')}\nidna\n`))).toThrow(/pins other files of 'six' than its requirement allows/);
});

test('fails for a newer format, broken JSON, and a folder that cannot be written to', () => {
  const lock = (text: string): string => folder({ 'requirements.txt': 'six\n', 'cdk-lambda-layers.lock.json': text });
  expect(() => resolve(lock('{"version": 2, "entries": {}}'))).toThrow(/format that this version does not know[\s\S]*version 2/);
  expect(() => resolve(lock('{\n"version": 1,\n<<<<<<< HEAD\n'))).toThrow(/broken JSON in .*lock\.json:3/);
  expect(() => writeOwnLockEntry(path.join(folder(), 'gone', 'lock.json'), 'aa', [], {}, { replace: true }))
    .toThrow(/cannot write .*lock\.json[\s\S]*ENOENT/);
});
