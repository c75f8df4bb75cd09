import * as path from 'node:path';

import { ConditionReader, markerOf } from './condition';
import { markerFault, noHashFault, pythonRangeFaults, unknownChoiceFaults, versionControlFault } from './lock-faults';
import type { LockRequest } from './lock-request';
import { fileUrl, strongHashes } from './locked-package';
import type { LockReading } from './locked-package';
import { platformFacts } from './platform-facts';
import { projectNameOf } from './pyproject';
import { parseJson, readText } from './read-text';
import type { LocalPackage, LockedPackage } from './resolution';
import { isTable, tableOf, textOf, textsOf } from './shape';
import type { Table } from './shape';
import type { Fault } from '../common/fault';
import { failOn } from '../common/fault';
import { normalizeName } from '../content/package-name';

const RELOCK = 'pipenv lock';

/** Reads Pipfile.lock: a flat list by category, where `develop` is what Pipenv calls the group `dev`. */
export function readPipfileLock({ lockPath, spec, target }: LockRequest): LockReading {
  const document = parseJson(readText(lockPath), lockPath);
  const categories = new Map(Object.entries(document)
    .filter(([key, value]) => key !== '_meta' && isTable(value))
    .map(([key, value]) => [key === 'develop' ? 'dev' : normalizeName(key), tableOf(value)]));
  const groups = [...categories.keys()].filter((name) => name !== 'default');
  const faults: Fault[] = [
    ...pythonFaults(document, target.pythonVersion, lockPath),
    ...unknownChoiceFaults('extra', spec.extras, [], lockPath),
    ...unknownChoiceFaults('group', spec.groups, groups, lockPath),
  ];
  failOn(faults);

  const reader = new ConditionReader(platformFacts(target));
  // A later category repeats packages of an earlier one, pinned alike.
  const packages = new Map<string, LockedPackage>();
  const localPackages = new Map<string, LocalPackage>();
  for (const category of ['default', ...spec.groups.map(normalizeName)]) {
    for (const [key, value] of Object.entries(categories.get(category) ?? {})) {
      const entry = tableOf(value);
      const written = textOf(entry.markers);
      const condition = reader.read(written);
      if (condition === undefined) {
        throw markerFault(written ?? '', lockPath);
      }
      if (condition.length === 0) {
        continue;
      }
      const marker = markerOf(condition);
      const wanted = { name: normalizeName(key), ...marker === undefined ? {} : { marker } };
      const folder = localFolder(entry, path.dirname(lockPath));
      if (folder !== undefined) {
        const name = normalizeName(textOf(entry.name) ?? projectNameOf(folder));
        if (folder !== spec.directory || spec.include === 'project') {
          localPackages.set(name, { ...wanted, name, directory: folder });
        }
        continue;
      }
      const locked = lockedPackage(wanted, entry, path.dirname(lockPath));
      faults.push(...packageFaults(locked, entry, lockPath));
      packages.set(locked.name, locked);
    }
  }
  failOn(faults);
  return { packages: [...packages.values()], localPackages: [...localPackages.values()] };
}

/** Pipenv resolves for one Python: what another one needs is not in the lock, and nothing would say so. */
function pythonFaults(document: Table, pythonVersion: string, lockPath: string): Fault[] {
  const requires = tableOf(tableOf(document._meta).requires);
  const made = textOf(requires.python_version) ?? textOf(requires.python_full_version)?.split('.').slice(0, 2).join('.');
  return pythonRangeFaults(made === undefined ? undefined : `==${made}.*`, pythonVersion, lockPath);
}

function localFolder(entry: Table, directory: string): string | undefined {
  const location = textOf(entry.path);
  return location === undefined || /\.(?:whl|zip|tar\.gz)$/.test(location) ? undefined : path.resolve(directory, location);
}

function lockedPackage(wanted: Pick<LockedPackage, 'name' | 'marker'>, entry: Table, directory: string): LockedPackage {
  const location = textOf(entry.file) ?? textOf(entry.path);
  const url = location === undefined || /^https?:/i.test(location) ? location : fileUrl(directory, location);
  const version = /^===?([^*]+)$/.exec(textOf(entry.version) ?? '')?.[1];
  const extras = [...textsOf(entry.extras)].sort();
  return { ...wanted, ...url === undefined ? { version } : { url }, extras, hashes: strongHashes(textsOf(entry.hashes)) };
}

function packageFaults({ name, version, url, hashes }: LockedPackage, entry: Table, lockPath: string): Fault[] {
  if (['git', 'hg', 'svn', 'bzr'].some((system) => entry[system] !== undefined)) {
    return [versionControlFault(name, lockPath)];
  }
  if (version === undefined && url === undefined) {
    return [{
      what: `${lockPath} pins no version of '${name}'`,
      got: textOf(entry.version) ?? 'no version',
      allowed: 'an exact version, as in ==1.2.3',
      // Pipenv locks for the machine it runs on, and writes "*" for what that machine does not need.
      fix: 'lock with the runtime\'s Python version on Linux, and write conditions into the Pipfile as markers',
    }];
  }
  return hashes.length === 0 ? [noHashFault(name, lockPath, RELOCK)] : [];
}
