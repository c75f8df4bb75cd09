import * as path from 'node:path';

import { parseJson, readText } from './read-text';
import { isTable, tableOf, textOf } from './shape';
import type { Table } from './shape';
import { failOn, FaultError, type Fault } from '../common/fault';
import type { NodejsContentSpec } from '../content/content-spec';

const PACKAGE = 'package.json';
const LOCK = 'package-lock.json';

/** npm 7 and newer write these. Older ones have no list of packages. */
const LOCK_VERSIONS: readonly unknown[] = [2, 3];

/** What package.json and the lock's root must agree on, or `npm ci` refuses. */
const WANTED = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** A package that production needs, as the lock pins it. */
export interface LockedNodePackage {
  /** Where npm puts it, such as `node_modules/jose`. */
  readonly path: string;
  readonly version: string;
  /** Digest of its tarball; undefined when it comes inside another package's. */
  readonly integrity?: string;
}

export interface NodejsResolution {
  /** Sorted by path. */
  readonly packages: readonly LockedNodePackage[];
  /** Whether npm chooses among them by the machine, so that each architecture has an installation of its own. */
  readonly dependsOnMachine: boolean;
  /** Names of packages that ask for an install script, which is not run. */
  readonly withScripts: readonly string[];
}

/** The production dependencies of a folder, as package-lock.json pins them. Reads files and nothing else. */
export function readNpmLock({ directory }: NodejsContentSpec): NodejsResolution {
  const lockPath = path.join(directory, LOCK);
  const project = parseJson(readText(path.join(directory, PACKAGE)), path.join(directory, PACKAGE));
  const lock = parseJson(readText(lockPath), lockPath);
  if (!LOCK_VERSIONS.includes(lock.lockfileVersion) || !isTable(lock.packages)) {
    throw new FaultError({
      what: `${lockPath} has a form that is not read`,
      got: `lockfileVersion ${JSON.stringify(lock.lockfileVersion)}`,
      allowed: `lockfileVersion ${LOCK_VERSIONS.join(' or ')}, of npm 7 or newer`,
      fix: 'run `npm install --package-lock-only` with a newer npm, and commit the lock',
    });
  }
  failOn(staleFaults(project, tableOf(lock.packages['']), lockPath));
  const needed = Object.entries(lock.packages)
    .filter(([place, entry]) => place !== '' && tableOf(entry).dev !== true && tableOf(entry).extraneous !== true)
    .map(([place, entry]) => [place, tableOf(entry)] as const);
  failOn(needed.flatMap(([place, entry]) => entryFaults(place, entry, lockPath)));
  if (needed.length === 0) {
    throw new FaultError({
      what: 'the Node.js content asks for nothing',
      got: `${lockPath} without production dependencies`,
      allowed: 'at least one entry in `dependencies` of package.json',
      fix: 'add it with `npm install <package>`; packages in `devDependencies` stay out of a layer',
    });
  }
  return {
    packages: needed
      .map(([place, entry]) => ({ path: place, version: textOf(entry.version) ?? '', integrity: textOf(entry.integrity) }))
      .sort((a, b) => a.path < b.path ? -1 : 1),
    dependsOnMachine: needed.some(([, entry]) => entry.cpu !== undefined || entry.os !== undefined || entry.libc !== undefined),
    withScripts: needed.filter(([, entry]) => entry.hasInstallScript === true).map(([place]) => place.replace(/^.*node_modules\//, '')),
  };
}

function staleFaults(project: Table, root: Table, lockPath: string): Fault[] {
  const different = WANTED.filter((name) => render(project[name]) !== render(root[name]));
  return different.length === 0 ? [] : [{
    what: 'the lock is of other requirements than package.json',
    got: different.map((name) => `${name} in package.json: ${render(project[name])}; in ${lockPath}: ${render(root[name])}`).join('\n'),
    allowed: 'a lock of this package.json',
    fix: 'run `npm install --package-lock-only` in that folder, and commit the lock',
  }];
}

function render(wanted: unknown): string {
  return JSON.stringify(Object.entries(tableOf(wanted)).sort(([a], [b]) => a < b ? -1 : 1));
}

/** What cannot be fetched again as the same bytes. */
function entryFaults(place: string, entry: Table, lockPath: string): Fault[] {
  const isLocal = entry.link === true || !place.startsWith('node_modules/') || textOf(entry.resolved)?.startsWith('file:') === true;
  if (isLocal) {
    return [{
      what: 'a dependency is a folder or file of this machine',
      got: `${place} in ${lockPath}`,
      allowed: 'packages of a registry',
      fix: 'publish it, or bring it by `LayerContent.files` with the destination `nodejs/node_modules/<name>`',
    }];
  }
  return entry.integrity !== undefined || entry.inBundle === true ? [] : [{
    what: 'a dependency has no digest in the lock',
    got: `${place} in ${lockPath}: ${textOf(entry.resolved) === undefined ? 'no integrity' : 'no integrity, as packages of git have none'}`,
    allowed: 'packages with an `integrity`',
    fix: 'take a version of a registry, then run `npm install --package-lock-only` and commit the lock',
  }];
}
