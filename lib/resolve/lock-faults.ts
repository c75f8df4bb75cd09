import { admitsPython } from './specifier';
import { FaultError } from '../common/fault';
import type { Fault } from '../common/fault';
import { normalizeName } from '../content/package-name';

/** A package that a lock takes from a version control system. */
export function versionControlFault(name: string, lockPath: string): Fault {
  return {
    what: `'${name}' comes from a version control system in ${lockPath}`,
    got: 'a repository, which has no digest that could be checked, and no wheel',
    allowed: 'packages of an index, direct URLs of wheels with a hash, and folders',
    fix: `build a wheel of '${name}' and put it into an index or beside the lock, or clone it and use a path dependency`,
  };
}

/** A package that a lock pins without a digest. */
export function noHashFault(name: string, lockPath: string, relock: string): Fault {
  return {
    what: `${lockPath} has no sha256 hash for '${name}'`,
    got: 'an artefact that cannot be checked',
    allowed: 'at least one sha256, sha384 or sha512 hash for each package',
    fix: `lock again with ${relock}; an index without hashes needs a mirror that has them`,
  };
}

/** A marker that nobody can read. */
export function markerFault(marker: string, lockPath: string): FaultError {
  return new FaultError({
    what: `${lockPath} has an environment marker that is none`,
    got: marker,
    allowed: 'a marker as PEP 508 defines it, such as python_version < "3.12"',
    fix: 'mend it where it was written and lock again',
  });
}

/** A lock that does not follow its own format. */
export function malformedLock(lockPath: string, got: string, relock: string): FaultError {
  return new FaultError({
    what: `${lockPath} is no lock that can be read`,
    got,
    allowed: 'the file as its tool wrote it',
    fix: `write it again with ${relock}`,
  });
}

/** Extras or groups that were asked for and are not there. */
export function unknownChoiceFaults(kind: 'extra' | 'group', asked: readonly string[], known: Iterable<string>, path: string): Fault[] {
  const names = [...new Set(known)].sort();
  const normalized = new Set(names.map(normalizeName));
  return asked.filter((name) => !normalized.has(normalizeName(name))).map((name) => ({
    what: `there is no ${kind} '${name}' in ${path}`,
    got: name,
    allowed: names.length === 0 ? `none, the file has no ${kind}s` : names.join(', '),
    fix: `take the ${kind} out of the content's options, or add it there and lock again`,
  }));
}

/** A lock that was made for other versions of Python than the runtime's. */
export function pythonRangeFaults(requires: string | undefined, pythonVersion: string, lockPath: string): Fault[] {
  if (requires === undefined || admitsPython(requires, pythonVersion)) {
    return [];
  }
  return [{
    what: `${lockPath} is not made for Python ${pythonVersion}`,
    got: `it is for Python ${requires}`,
    allowed: `a lock whose Python range holds ${pythonVersion}`,
    fix: 'widen the Python range of the project and lock again, or choose a runtime that is in it',
  }];
}
