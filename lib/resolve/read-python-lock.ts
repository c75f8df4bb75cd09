import * as path from 'node:path';

import { detectManifest } from './detect';
import type { Manifest } from './detect';
import { unknownChoiceFaults } from './lock-faults';
import type { LockRequest } from './lock-request';
import { sortLocalPackages, sortPackages } from './locked-package';
import type { LockReading } from './locked-package';
import { neededOn } from './needed-on';
import { OWN_LOCK_NAME, ownLockPath, readOwnLock, targetKey } from './own-lock';
import type * as pipfileLock from './pipfile-lock';
import type * as poetryLock from './poetry-lock';
import { withProject } from './project-package';
import type * as pylock from './pylock';
import { restrictHashes } from './requirements';
import type { LockNeeded, PythonResolution } from './resolution';
import type * as uvLock from './uv-lock';
import { digestOf, wantedRequirements } from './wanted';
import { failOn } from '../common/fault';
import type { PythonContentSpec } from '../content/content-spec';
import type { Target } from '../target/target';

type Reader = (request: LockRequest) => LockReading;

/** Loaded when a folder has the file: a synth needs one of them at most, and waits for what it loads. */
/* eslint-disable @typescript-eslint/no-require-imports */
const READERS: Partial<Record<Manifest['kind'], () => Reader>> = {
  'uv.lock': () => (require('./uv-lock') as typeof uvLock).readUvLock,
  'pylock.toml': () => (require('./pylock') as typeof pylock).readPylock,
  'poetry.lock': () => (require('./poetry-lock') as typeof poetryLock).readPoetryLock,
  'Pipfile.lock': () => (require('./pipfile-lock') as typeof pipfileLock).readPipfileLock,
};
/* eslint-enable @typescript-eslint/no-require-imports */

/**
 * Python content for a target as its lock gives it, or what lock is needed.
 * Reads files and nothing else: it runs at every synth, also when everything is built.
 */
export function readPythonLock(content: PythonContentSpec, target: Target): PythonResolution | LockNeeded {
  const spec = { ...content, directory: path.resolve(content.directory) };
  const manifest = detectManifest(spec);
  const readLock = READERS[manifest.kind]?.();
  if (readLock !== undefined) {
    return resolution(manifest.kind, readLock({ lockPath: manifest.path, spec, target }), { closed: true, manifest, spec });
  }
  return readUnlocked(spec, target, manifest);
}

/** Requirements are a lock by themselves when each has a hash; else our own lock holds the answer. */
function readUnlocked(spec: PythonContentSpec, target: Target, manifest: Manifest): PythonResolution | LockNeeded {
  if (manifest.kind !== 'pyproject.toml') {
    const place = manifest.kind === 'inline' ? 'the list of requirements' : manifest.path;
    failOn([...unknownChoiceFaults('extra', spec.extras, [], place), ...unknownChoiceFaults('group', spec.groups, [], place)]);
  }
  const reading = wantedRequirements(spec, manifest);
  if (reading.kind === 'locked') {
    const { packages, localPackages, notes } = reading.reading;
    const needed = { packages: neededOn(packages, target), localPackages: neededOn(localPackages, target), notes };
    return resolution(manifest.kind, needed, { closed: false, manifest, spec });
  }
  const lockPath = ownLockPath(spec);
  const ownLock = readOwnLock(lockPath);
  const entry = ownLock?.entries.get(digestOf(reading));
  const packages = entry?.targets.get(targetKey(target));
  if (packages === undefined) {
    return { reason: ownLock !== undefined && entry === undefined ? 'stale' : 'missing', lockPath };
  }
  const { toLock, localPackages } = reading;
  const allowed = restrictHashes(packages, toLock.requirements, lockPath);
  const needed = { packages: neededOn(allowed, target), localPackages: neededOn(localPackages, target), notes: toLock.notes };
  return resolution(OWN_LOCK_NAME, needed, { closed: true, manifest, spec });
}

function resolution(
  lockFile: string,
  reading: LockReading,
  { closed, manifest, spec }: { closed: boolean; manifest: Manifest; spec: PythonContentSpec },
): PythonResolution {
  return {
    lockFile,
    packages: sortPackages(reading.packages),
    localPackages: sortLocalPackages(withProject(reading.localPackages, spec, manifest)),
    closed,
    notes: [...manifest.notes, ...reading.notes ?? []],
  };
}
