import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

import type { PythonContentSpec } from '../../lib/content/content-spec';
import { readPythonLock } from '../../lib/resolve/read-python-lock';
import type { LockedPackage, PythonResolution } from '../../lib/resolve/resolution';
import { pythonTarget } from '../../lib/target/runtimes';
import type { Target } from '../../lib/target/target';

export const LOCKS = path.resolve(__dirname, '../fixtures/locks');

export function spec(directory: string, overrides: Partial<PythonContentSpec> = {}): PythonContentSpec {
  return { kind: 'python', directory, include: 'dependencies', sourceBuilds: [], groups: [], extras: [], ...overrides };
}

export function targetOf(pythonVersion: string): Target {
  const target = pythonTarget(`python${pythonVersion}`, 'x86_64');
  if (target === undefined) {
    throw new Error(`no target for Python ${pythonVersion}`);
  }
  return target;
}

/** The resolution of a folder, which must not need a lock. */
export function resolve(directory: string, pythonVersion = '3.13', overrides: Partial<PythonContentSpec> = {}): PythonResolution {
  const reading = readPythonLock(spec(directory, overrides), targetOf(pythonVersion));
  if ('reason' in reading) {
    throw new Error(`${reading.lockPath} is ${reading.reason}`);
  }
  return reading;
}

export function pins(packages: readonly LockedPackage[]): string[] {
  return packages.map(({ name, version, url, marker }) => {
    const pin = version === undefined ? `${name} @ ${url}` : `${name}==${version}`;
    return marker === undefined ? pin : `${pin} ; ${marker}`;
  });
}

const made: string[] = [];

/** A new folder with these files; removed after the file's tests by `removeFolders`. */
export function folder(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'resolve-test-')));
  made.push(directory);
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    fs.writeFileSync(path.join(directory, name), content);
  }
  return directory;
}

export function copyOf(source: string): string {
  const directory = folder();
  fs.cpSync(source, directory, { recursive: true });
  return directory;
}

export function removeFolders(): void {
  made.splice(0).forEach((directory) => fs.rmSync(directory, { recursive: true, force: true }));
}

/** A digest that looks like one. */
export function digest(character: string): string {
  return `sha256:${character.repeat(64)}`;
}

/** Command of uv from the environment variable UV or the search path; undefined when there is none, which CI does not allow. */
export function findUv(): string | undefined {
  const command = process.env.UV ?? 'uv';
  try {
    execFileSync(command, ['--version'], { stdio: 'pipe' });
    return command;
  } catch {
    if (process.env.CI) {
      throw new Error('this test needs uv: set UV to its path or put it on PATH');
    }
    return undefined;
  }
}
