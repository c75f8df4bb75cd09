import * as path from 'node:path';

import { digest, folder, LOCKS, pins, removeFolders, resolve } from './support';

const PROJECT = path.join(LOCKS, 'pipfile');

afterAll(removeFolders);

function lockOf(document: object): string {
  return folder({ 'Pipfile.lock': JSON.stringify({ _meta: {}, ...document }, undefined, 4) });
}

describe('a Pipfile.lock', () => {
  test('holds the default packages without what the target does not need', () => {
    const { packages, localPackages, closed } = resolve(PROJECT, '3.11');
    expect(pins(packages)).toEqual([
      'anyio==4.16.0', 'certifi==2026.10.18', 'h11==0.16.0', 'h2==4.4.1', 'hpack==4.2.0', 'httpcore==1.0.9', 'httpx==0.28.1', 'hyperframe==6.1.0',
      'idna==3.20', 'six==1.17.0', 'typing-extensions==4.16.0',
    ]);
    expect(packages.find(({ name }) => name === 'httpx')?.extras).toEqual(['http2']);
    expect(localPackages).toEqual([{ name: 'acme-util', directory: path.join(PROJECT, 'libs/acme-util') }]);
    expect(closed).toBe(true);
  });

  test('adds the develop packages as the group dev, and other categories by name', () => {
    const plain = pins(resolve(PROJECT, '3.11').packages);
    const added = (group: string): string[] => pins(resolve(PROJECT, '3.11', { groups: [group] }).packages).filter((pin) => !plain.includes(pin));
    expect(added('dev')).toEqual(['iniconfig==2.3.1']);
    expect(added('lint')).toEqual(['click==8.5.1']);
  });

  test('reads URLs and files', () => {
    const directory = lockOf({ default: { web: { file: 'https://files.example/web-1.zip', hashes: [digest('a')] }, disk: { path: './disk-1-py3-none-any.whl', hashes: [digest('b')] } } });
    expect(pins(resolve(directory).packages))
      .toEqual([`disk @ file://${directory}/disk-1-py3-none-any.whl`, 'web @ https://files.example/web-1.zip']);
  });
});

describe('bad input', () => {
  test('fails for a runtime that the lock was not made for', () => {
    expect(() => resolve(PROJECT, '3.13')).toThrow(/Pipfile\.lock is not made for Python 3\.13[\s\S]*==3\.11\.\*/);
  });

  test('fails for an unknown group and any extra', () => {
    expect(() => resolve(PROJECT, '3.11', { extras: ['x'], groups: ['docs'] }))
      .toThrow(/no extra 'x'[\s\S]*no group 'docs'[\s\S]*allowed: dev, lint/);
  });

  test('fails for git, for what is not pinned and for what has no hash, at once', () => {
    const directory = lockOf({ default: { git: { git: 'https://git.example/x', ref: '1' }, loose: { version: '*' }, bare: { version: '==1' } } });
    expect(() => resolve(directory)).toThrow(/'git' comes from[\s\S]*pins no version of 'loose'[\s\S]*hash for 'bare'/);
  });

  test('fails with the line where the JSON is broken', () => {
    const directory = folder({ 'Pipfile.lock': '{\n  "default": {\n    "a": {"version": "==1"},\n  }\n}\n' });
    expect(() => resolve(directory)).toThrow(`broken JSON in ${directory}/Pipfile.lock:4`);
  });
});
