import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

import { ALWAYS, both, ConditionReader, either, markerOf } from './condition';
import type { Condition } from './condition';
import { versionControlFault } from './lock-faults';
import { strongHashes } from './locked-package';
import type { LockReading } from './locked-package';
import { projectRequirements } from './project-requirements';
import { projectNameOf } from './pyproject';
import { pinnedVersion } from './requirement';
import type { Requirement } from './requirement';
import type { RequirementList } from './requirement-file';
import type { LocalPackage, LockedPackage } from './resolution';
import type { Fault } from '../common/fault';
import { failOn, FaultError } from '../common/fault';

/** A list that is a lock by itself, or what of it has to be resolved. */
export type RequirementReading =
  | { readonly kind: 'locked'; readonly reading: LockReading }
  | { readonly kind: 'open'; readonly toLock: RequirementList; readonly localPackages: readonly LocalPackage[] };

/** Knows nothing of a target: an own lock is asked for by what is written. */
const READER = new ConditionReader(() => undefined);

/** Tells a hashed list from one that needs a lock. `origin` names the list in messages. */
export function readRequirements(list: RequirementList, origin: string): RequirementReading {
  failOn(list.requirements.length === 0 ? [nothingFault(origin)] : list.requirements.flatMap(sourceFaults));
  const folders = list.requirements.filter(isFolder);
  const packages = list.requirements.filter((requirement) => !isFolder(requirement)).map(lockedPackage);
  const complete = packages.filter((entry) => entry !== undefined);
  if (complete.length > 0 && complete.length === packages.length) {
    return { kind: 'locked', reading: { packages: complete, localPackages: onePerFolder(folders.map(localPackage)), notes: list.notes } };
  }
  return openReading(list);
}

/** A folder is built here, so that only what it depends on is left to be locked. */
function openReading(list: RequirementList): RequirementReading {
  const toLock: Requirement[] = [];
  const localPackages: LocalPackage[] = [];
  const seen = new Set<string>();
  const pending = [...list.requirements];
  for (const requirement of pending) {
    if (!isFolder(requirement)) {
      toLock.push(requirement);
      continue;
    }
    const local = localPackage(requirement);
    const key = JSON.stringify([local, requirement.extras]);
    if (!seen.has(key)) {
      seen.add(key);
      localPackages.push(local);
      const file = path.join(local.directory, 'pyproject.toml');
      failOn(fs.existsSync(file) ? [] : [unstatedFault(requirement)]);
      const needed = projectRequirements(file, { extras: requirement.extras, groups: [] }).requirements;
      for (const one of needed) {
        // In a condition each marker counts once, so that folders which need each other come to an end.
        const condition = both(conditionOf(requirement.marker), conditionOf(one.marker));
        pending.push(...condition.length === 0 ? [] : [{ ...one, marker: markerOf(condition) }]);
      }
    }
  }
  failOn(toLock.flatMap(unlockableFaults));
  return { kind: 'open', toLock: { ...list, requirements: toLock }, localPackages: onePerFolder(localPackages) };
}

function conditionOf(marker: string | undefined): Condition {
  return READER.read(marker) ?? ALWAYS;
}

function isFolder({ source }: Requirement): boolean {
  return source?.kind === 'path' && fs.statSync(source.path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function localPackage({ name, source, marker }: Requirement): LocalPackage {
  const directory = source?.kind === 'path' ? source.path : '';
  return { name: name ?? projectNameOf(directory), directory, ...marker === undefined ? {} : { marker } };
}

/** A folder that is named twice is wanted when either of its markers holds. */
function onePerFolder(localPackages: readonly LocalPackage[]): LocalPackage[] {
  const merged = new Map<string, LocalPackage>();
  for (const local of localPackages) {
    const { name, directory, marker: other } = merged.get(local.directory) ?? local;
    const marker = markerOf(either(conditionOf(other), conditionOf(local.marker)));
    merged.set(directory, { name, directory, ...marker === undefined ? {} : { marker } });
  }
  return [...merged.values()];
}

function lockedPackage(requirement: Requirement): LockedPackage | undefined {
  const { name, extras, source, marker } = requirement;
  const hashes = strongHashes(requirement.hashes);
  const version = pinnedVersion(requirement);
  const url = source?.kind === 'url' ? source.url : source?.kind === 'path' ? pathToFileURL(source.path).href : undefined;
  if (name === undefined || hashes.length === 0 || (version === undefined && url === undefined)) {
    return undefined;
  }
  return { name, ...url === undefined ? { version } : { url }, extras, ...marker === undefined ? {} : { marker }, hashes };
}

function nothingFault(origin: string): Fault {
  return {
    what: `${origin} asks for nothing`,
    got: 'no requirement',
    allowed: 'at least one requirement',
    fix: 'write what the layer should hold, one requirement a line, or take the content away',
  };
}

function sourceFaults({ name, source, label }: Requirement): Fault[] {
  if (source?.kind === 'repository') {
    return [versionControlFault(name ?? 'a requirement', label)];
  }
  return source?.kind !== 'path' || fs.existsSync(source.path) ? [] : [{
    what: `${label} names a path that does not exist`,
    got: source.path,
    allowed: 'a folder with a Python project, or a wheel',
    fix: 'correct the path; it starts from the folder of the file that names it',
  }];
}

function unlockableFaults({ name, source, label }: Requirement): Fault[] {
  if (source?.kind === 'path') {
    return [{
      what: `${label} takes a file from disk in a list that is not fully pinned`,
      got: source.path,
      allowed: 'files with --hash in a list where every requirement is pinned and has hashes, or uv.lock',
      fix: 'name the folder of its project instead, or lock with uv and tool.uv.sources',
    }];
  }
  return source?.kind === 'url' && name === undefined ? [{
    what: `${label} does not tell the name of its package`,
    got: 'a URL alone',
    allowed: 'name @ URL',
    fix: 'write the name in front',
  }] : [];
}

function unstatedFault({ source, label }: Requirement): Fault {
  return {
    what: `${label} names a folder whose dependencies are not stated`,
    got: `no pyproject.toml in ${source?.kind === 'path' ? source.path : 'it'}`,
    allowed: 'a folder whose pyproject.toml has project.dependencies, or a list where everything is pinned and has hashes',
    fix: 'add a pyproject.toml with project.name and project.dependencies',
  };
}

/** Refuses a lock whose packages a requirement's own hashes do not allow, and leaves only hashes that both allow. */
export function restrictHashes(packages: readonly LockedPackage[], requirements: readonly Requirement[], lockPath: string): LockedPackage[] {
  return packages.map((locked) => {
    const stated = requirements.filter(({ name, hashes }) => name === locked.name && hashes.length > 0).flatMap(({ hashes }) => hashes);
    if (stated.length === 0) {
      return locked;
    }
    const hashes = locked.hashes.filter((hash) => stated.includes(hash));
    if (hashes.length === 0) {
      throw new FaultError({
        what: `${lockPath} pins other files of '${locked.name}' than its requirement allows`,
        got: 'no hash that both name',
        allowed: 'at least one --hash of the requirement in the lock',
        fix: `pin '${locked.name}' with == to the version that the hashes belong to, and lock again`,
      });
    }
    return { ...locked, hashes };
  });
}
