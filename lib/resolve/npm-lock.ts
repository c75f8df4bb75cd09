import * as fs from 'node:fs';
import * as path from 'node:path';

import { entryFaults, staleFaults, workspaceFaults } from './npm-lock-faults';
import { packageNameAt } from './npm-places';
import { parseJson, readText, unreadable } from './read-text';
import { isTable, tableOf, textOf } from './shape';
import type { Table } from './shape';
import { failOn, FaultError } from '../common/fault';
import type { NodejsContentSpec } from '../content/content-spec';

const PACKAGE = 'package.json';
const LOCK = 'package-lock.json';

/** npm 7 and newer write these. Older ones have no list of packages. */
const LOCK_VERSIONS: readonly unknown[] = [2, 3];

/** Locks that are not read. */
const OTHER_LOCKS = ['npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'];

const CREDENTIAL_FIX = 'take it out, replace it at its issuer, and let .npmrc name it: `//<registry>/:_authToken=${NAME}`';

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
  /** All that the lock says of packages, by path; the project itself has the empty one. */
  readonly entries: ReadonlyMap<string, Table>;
}

/** The files that Node.js content is read from, which must be there. */
export function findNpmLock({ directory }: NodejsContentSpec): { readonly projectPath: string; readonly lockPath: string } {
  const files = listFolder(directory);
  for (const name of [PACKAGE, LOCK]) {
    if (!files.includes(name)) {
      const others = files.filter((file) => OTHER_LOCKS.includes(file));
      throw new FaultError({
        what: `there is no ${name} in ${directory}`,
        got: others.length > 0 ? `${others.join(', ')}, which is not read` : files.slice(0, 10).join(', ') || 'an empty folder',
        allowed: `a folder with ${PACKAGE} and ${LOCK}`,
        fix: 'run `npm install --package-lock-only` in that folder, and commit the lock',
      });
    }
  }
  return { projectPath: path.join(directory, PACKAGE), lockPath: path.join(directory, LOCK) };
}

/** The production dependencies of a folder, as package-lock.json pins them. Reads files and nothing else. */
export function readNpmLock(spec: NodejsContentSpec): NodejsResolution {
  const { projectPath, lockPath } = findNpmLock(spec);
  const project = parseJson(readText(projectPath, CREDENTIAL_FIX), projectPath);
  const lock = parseJson(readText(lockPath, CREDENTIAL_FIX), lockPath);
  if (!LOCK_VERSIONS.includes(lock.lockfileVersion) || !isTable(lock.packages)) {
    throw new FaultError({
      what: `${lockPath} has a form that is not read`,
      got: `lockfileVersion ${JSON.stringify(lock.lockfileVersion)}${isTable(lock.packages) ? '' : ', without `packages`'}`,
      allowed: `lockfileVersion ${LOCK_VERSIONS.join(' or ')}, of npm 7 or newer`,
      fix: 'run `npm install --package-lock-only` with a newer npm, and commit the lock',
    });
  }
  const entries = new Map(Object.entries(lock.packages).map(([place, entry]) => [place, tableOf(entry)]));
  failOn(workspaceFaults(project, lockPath));
  failOn(staleFaults(project, entries.get('') ?? {}, lockPath));
  const needed = [...entries].filter(([place, entry]) => place !== '' && entry.dev !== true && entry.extraneous !== true);
  failOn(needed.flatMap(([place, entry]) => entryFaults(place, entry, lockPath)));
  if (needed.length === 0) {
    throw new FaultError({
      what: 'the Node.js content asks for nothing',
      got: `${lockPath} without production dependencies`,
      allowed: `at least one entry in \`dependencies\` of ${PACKAGE}`,
      fix: 'add it with `npm install <package>`; packages in `devDependencies` stay out of a layer',
    });
  }
  return {
    packages: needed
      .map(([place, entry]) => ({ path: place, version: textOf(entry.version) ?? '', integrity: textOf(entry.integrity) }))
      .sort((a, b) => a.path < b.path ? -1 : 1),
    dependsOnMachine: needed.some(([, entry]) => entry.cpu !== undefined || entry.os !== undefined || entry.libc !== undefined),
    withScripts: [...new Set(needed.filter(([, entry]) => entry.hasInstallScript === true).map(([place]) => packageNameAt(place)))].sort(),
    entries,
  };
}

function listFolder(directory: string): string[] {
  try {
    return fs.readdirSync(directory).sort();
  } catch (error) {
    throw unreadable(directory, error);
  }
}
