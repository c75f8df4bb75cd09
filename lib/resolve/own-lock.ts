import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

import { fileUrl, sortPackages } from './locked-package';
import { compareText } from './names';
import { parseJson, readText } from './read-text';
import type { LockedArtifact, LockedPackage } from './resolution';
import { isTable, tableOf, tablesOf, textOf, textsOf } from './shape';
import type { Table } from './shape';
import { FaultError } from '../common/fault';
import type { PythonContentSpec } from '../content/content-spec';
import type { Target } from '../target/target';

/** The lock that this library writes beside requirements that have none. */
export const OWN_LOCK_NAME = 'cdk-lambda-layers.lock.json';

const VERSION = 1;

export interface OwnLock {
  /** By digest of what was asked for. */
  readonly entries: ReadonlyMap<string, OwnLockEntry>;
}

export interface OwnLockEntry {
  /** The requirement lines, for whoever reads the file. */
  readonly inputs: readonly string[];
  /** By target, since a lock of this kind is resolved for one target at a time. */
  readonly targets: ReadonlyMap<string, readonly LockedPackage[]>;
}

export function ownLockPath(spec: PythonContentSpec): string {
  return path.join(spec.directory, OWN_LOCK_NAME);
}

export function targetKey(target: Target): string {
  return `${target.runtime}-${target.architecture}`;
}

/** Undefined when there is no such file. */
export function readOwnLock(file: string): OwnLock | undefined {
  if (!fs.existsSync(file)) {
    return undefined;
  }
  const document = parseJson(readText(file), file);
  if (document.version !== VERSION || !isTable(document.entries)) {
    throw new FaultError({
      what: `${file} has a format that this version does not know`,
      got: `version ${String(document.version)}`,
      allowed: `version ${VERSION}`,
      fix: 'update cdk-lambda-layers, or delete the file and run npx cdk-lambda-layers lock',
    });
  }
  const entries = Object.entries(document.entries).map(([digest, entry]) => [digest, readEntry(tableOf(entry), path.dirname(file))] as const);
  return { entries: new Map(entries) };
}

/**
 * Adds packages of targets to the entry of a digest, which is made when it is not there.
 * With `replace`, all other entries go: a folder has one list of requirements, and older ones are of no use.
 */
export function writeOwnLockEntry(
  file: string,
  digest: string,
  inputs: readonly string[],
  targets: Readonly<Record<string, readonly LockedPackage[]>>,
  options: { readonly replace: boolean },
): void {
  const known = readOwnLock(file)?.entries ?? new Map<string, OwnLockEntry>();
  const entries = new Map(options.replace ? [] : known);
  entries.set(digest, { inputs: [...inputs], targets: new Map([...known.get(digest)?.targets ?? [], ...Object.entries(targets)]) });
  const written = Object.fromEntries([...entries].map(([key, entry]) => [key, portableEntry(entry, path.dirname(file))]));
  writeAside(file, `${JSON.stringify(sortKeys({ version: VERSION, entries: written }), undefined, 2)}\n`);
}

function readEntry(entry: Table, directory: string): OwnLockEntry {
  const targets = Object.entries(tableOf(entry.targets)).map(([target, packages]) =>
    [target, tablesOf(packages).map((locked) => readPackage(locked, directory))] as const);
  return { inputs: textsOf(entry.inputs), targets: new Map(targets) };
}

function readPackage(entry: Table, directory: string): LockedPackage {
  const [version, url, marker] = [textOf(entry.version), textOf(entry.url), textOf(entry.marker)];
  const artifacts = tablesOf(entry.artifacts)
    .map((artifact): LockedArtifact => ({ file: textOf(artifact.file) ?? '', sha256: textOf(artifact.sha256) ?? '' }));
  return {
    name: textOf(entry.name) ?? '',
    ...version === undefined ? {} : { version },
    ...url === undefined ? {} : { url: url.startsWith('file:') ? fileUrl(directory, url.slice('file:'.length)) : url },
    extras: textsOf(entry.extras),
    ...marker === undefined ? {} : { marker },
    hashes: textsOf(entry.hashes),
    ...artifacts.length === 0 ? {} : { artifacts },
  };
}

function portableEntry({ inputs, targets }: OwnLockEntry, directory: string): object {
  const packages = [...targets].map(([target, locked]) => [target, sortPackages(locked).map((one) => portable(one, directory))] as const);
  return { inputs: [...inputs].sort(compareText), targets: Object.fromEntries(packages) };
}

/** As it is committed: a file beside the lock is named by its relative path, and what is empty is left out. */
function portable({ url, extras, artifacts, ...rest }: LockedPackage, directory: string): object {
  return {
    ...rest,
    ...url === undefined ? {} : { url: url.startsWith('file:') ? `file:${relativeFile(directory, url)}` : url },
    ...extras.length === 0 ? {} : { extras },
    ...artifacts === undefined || artifacts.length === 0 ? {} : { artifacts },
  };
}

function relativeFile(directory: string, url: string): string {
  return path.relative(directory, fileURLToPath(url)).split(path.sep).join('/');
}

/** A synth that is killed must leave the old file or the new one, never half of one. */
function writeAside(file: string, text: string): void {
  const aside = `${file}.${process.pid}.tmp`;
  try {
    fs.writeFileSync(aside, text);
    fs.renameSync(aside, file);
  } catch (error) {
    fs.rmSync(aside, { force: true });
    throw new FaultError({
      what: `cannot write ${file}`,
      got: (error as NodeJS.ErrnoException).code ?? String(error),
      allowed: 'a folder that the user who runs the synth may write to, since a lock belongs beside what it locks',
      fix: 'make the folder writable, or commit a lock with hashes that another tool makes, such as uv.lock',
    });
  }
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sortKeys);
  }
  if (!isTable(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareText(a, b)).map(([key, inner]) => [key, sortKeys(inner)]));
}
