import * as fs from 'node:fs';
import * as path from 'node:path';

import { copyOf, digest, folder, LOCKS, removeFolders, resolve, spec, targetOf } from './support';
import { readPythonLock } from '../../lib/resolve/read-python-lock';

afterAll(removeFolders);

const HASHED = `six==1.17.0 --hash=${digest('a')}\n`;

test('takes the most exact lock and says once what it left aside', () => {
  const directory = copyOf(path.join(LOCKS, 'poetry-2'));
  fs.writeFileSync(path.join(directory, 'requirements.txt'), HASHED);
  expect(resolve(directory))
    .toMatchObject({ lockFile: 'poetry.lock', notes: [`poetry.lock is used for ${directory}; left aside: requirements.txt`] });
  fs.writeFileSync(path.join(directory, 'pylock.toml'), 'lock-version = "1.0"\npackages = []\n');
  expect(resolve(directory))
    .toMatchObject({ lockFile: 'pylock.toml', notes: [`pylock.toml is used for ${directory}; left aside: poetry.lock, requirements.txt`] });
});

test('says nothing when one file speaks for itself', () => {
  expect(resolve(copyOf(path.join(LOCKS, 'poetry-1'))).notes).toEqual([]);
  expect(resolve(folder({ 'requirements.txt': HASHED })).notes).toEqual([]);
});

test('passes over a lock whose project file is missing', () => {
  expect(resolve(folder({ 'uv.lock': 'version = 1\n', 'requirements.txt': HASHED })).lockFile).toBe('requirements.txt');
});

test('takes a folder that is not written in its shortest form', () => {
  const directory = folder({ 'requirements.txt': HASHED });
  expect(resolve(`${directory}/../${path.basename(directory)}/`).lockFile).toBe('requirements.txt');
  expect(resolve(`${LOCKS}/uv/`).lockFile).toBe('uv.lock');
});

test('reads nothing of the folder for an inline list', () => {
  const directory = folder({ 'uv.lock': 'broken', 'pyproject.toml': 'broken' });
  expect(readPythonLock(spec(directory, { requirements: ['six'] }), targetOf('3.13'))).toMatchObject({ reason: 'missing' });
});

describe('bad input', () => {
  test('fails for a folder that does not exist, with the path that was tried', () => {
    const directory = path.join(folder(), 'gone');
    expect(() => resolve(directory)).toThrow(`folder of the Python content does not exist\n  got: ${directory}`);
  });

  test('fails for a file where a folder should be, and names the folder', () => {
    const directory = folder({ 'requirements.txt': HASHED });
    expect(() => resolve(path.join(directory, 'requirements.txt')))
      .toThrow(new RegExp(`is a file, not a folder\n  got: ${directory}/requirements.txt\n.*\n  do: give its folder: ${directory}$`));
  });

  test('fails for an empty folder', () => {
    expect(() => resolve(folder())).toThrow(/no lock and no requirements in .*\n {2}got: an empty folder/);
  });

  test('fails for a folder without a manifest and names ten of its files', () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${String(index).padStart(2, '0')}.py`, '']));
    expect(() => resolve(folder(files))).toThrow(/got: f00\.py, .*f09\.py and 2 more/);
  });

  test('fails for a lock alone and for a Pipfile alone, and says what is missing', () => {
    expect(() => resolve(folder({ 'poetry.lock': '' }))).toThrow(/put the pyproject\.toml that poetry\.lock belongs to beside it/);
    expect(() => resolve(folder({ Pipfile: '' }))).toThrow(/run pipenv lock/);
  });

  test('fails for a manifest that is a folder', () => {
    expect(() => resolve(folder({ 'requirements.txt/file': '' }))).toThrow(/cannot read .*requirements\.txt\n {2}got: a folder/);
  });

  test('fails for a manifest that may not be read', () => {
    const directory = folder({ 'requirements.txt': HASHED });
    fs.chmodSync(directory, 0o755);
    fs.chmodSync(path.join(directory, 'requirements.txt'), 0);
    // Root may read everything, so that the reading is done as somebody else.
    const user = process.geteuid?.();
    if (user === 0) {
      process.seteuid?.(65534);
    }
    try {
      expect(() => resolve(directory)).toThrow(/cannot read .*requirements\.txt\n {2}got: no permission \(EACCES\)[\s\S]*chmod u\+r/);
    } finally {
      if (user === 0) {
        process.seteuid?.(user);
      }
    }
  });

  test('fails for broken TOML with its line', () => {
    const directory = folder({ 'pylock.toml': 'lock-version = "1.0"\n[[packages]\n' });
    expect(() => resolve(directory)).toThrow(`broken TOML in ${directory}/pylock.toml:2`);
  });
});
