import * as path from 'node:path';

import { ALWAYS, ConditionReader, either, NEVER } from './condition';
import type { Condition } from './condition';
import { closure } from './graph';
import { malformedLock, pythonRangeFaults, unknownChoiceFaults } from './lock-faults';
import type { LockRequest } from './lock-request';
import type { LockReading } from './locked-package';
import { anyFact, choiceFacts } from './marker';
import { platformFacts } from './platform-facts';
import { readProject } from './pyproject';
import { readText } from './read-text';
import { textOf } from './shape';
import { UvLockDocument } from './uv-lock-document';
import { parseUvLock } from './uv-lock-text';
import { failOn } from '../common/fault';
import { normalizeName } from '../content/package-name';

/**
 * Reads uv.lock: the closure of the project's dependencies, with the chosen extras and groups only.
 * The walk is our own, since `uv export` would be a process at every synth.
 */
export function readUvLock({ lockPath, spec, target }: LockRequest): LockReading {
  const text = parseUvLock(readText(lockPath), lockPath);
  const { document } = text;
  if (document.version !== 1) {
    throw malformedLock(lockPath, `version ${String(document.version)} of the format; version 1 is known`, 'uv lock, by a uv that writes version 1');
  }
  const lock = new UvLockDocument(text, lockPath);
  const roots = lock.rootsOf(spec.directory);
  const project = readProject(path.join(spec.directory, 'pyproject.toml'));
  failOn([
    ...pythonRangeFaults(textOf(document['requires-python']), target.pythonVersion, lockPath),
    ...unknownChoiceFaults('extra', spec.extras, lock.extrasOf(roots), lockPath),
    ...unknownChoiceFaults('group', spec.groups, lock.groupsOf(roots), lockPath),
    ...roots.packages.flatMap((root) => lock.staleFaults(root, project)),
  ]);

  const extras = spec.extras.map(normalizeName);
  const groups = spec.groups.map(normalizeName);
  const conflicts = conflictNames(roots.packages.map((root) => lock.nameOf(root)), extras, groups);
  const reader = new ConditionReader(anyFact(choiceFacts('extra', conflicts), platformFacts(target)));
  const wanted = new Map<number, Condition>();
  for (const [node, condition] of closure(lock.rootEdges(roots, extras, groups, reader), (from) => lock.edgesFrom(from, reader))) {
    const index = lock.packageOf(node);
    wanted.set(index, either(wanted.get(index) ?? NEVER, condition));
  }
  for (const root of roots.packages) {
    // Members of a workspace without a project of its own are what its folder stands for.
    if (root !== roots.project || spec.include === 'project') {
      wanted.set(root, ALWAYS);
    } else {
      wanted.delete(root);
    }
  }
  return lock.take(wanted, roots.project);
}

/**
 * Where extras or groups exclude each other, uv writes into markers which of them are chosen,
 * as `extra == 'extra-<length of the name>-<name>-<extra>'`.
 */
function conflictNames(projects: readonly string[], extras: readonly string[], groups: readonly string[]): Set<string> {
  return new Set(projects.flatMap((project) => [
    `project-${project.length}-${project}`,
    ...extras.map((extra) => `extra-${project.length}-${project}-${extra}`),
    ...groups.map((group) => `group-${project.length}-${project}-${group}`),
  ]));
}
