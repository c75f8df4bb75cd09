import type { LayerPlan } from './layer-plan';
import { pythonTargetsOf } from './targets';
import { collectFaults, failOn, FaultError, type Fault } from '../common/fault';
import type { ContentSpec, NodejsContentSpec, PythonContentSpec } from '../content/content-spec';
import { destinationPrefix } from '../content/destination';
import { listFiles, statContent } from '../content/list-files';
import { findProgram } from '../content/program-files';
import { detectManifest } from '../resolve/detect';
import type * as npmLock from '../resolve/npm-lock';
import { readPythonLock } from '../resolve/read-python-lock';
import type { LockNeeded, PythonResolution } from '../resolve/resolution';
import { unlockedRequirements } from '../resolve/wanted';
import type { Target } from '../target/target';

/** Python content for one target. */
export interface ResolvedPython {
  /** Place of the content in the plan. */
  readonly content: number;
  readonly spec: PythonContentSpec;
  readonly target: Target;
  readonly resolution: PythonResolution;
}

/** Node.js content, which is the same for every version of the runtime. */
export interface ResolvedNodejs {
  /** Place of the content in the plan. */
  readonly content: number;
  readonly spec: NodejsContentSpec;
  readonly resolution: npmLock.NodejsResolution;
}

/** What the locks of a plan say. */
export interface ResolvedPlan {
  readonly python: readonly ResolvedPython[];
  readonly nodejs: readonly ResolvedNodejs[];
}

export type PlanReading =
  | { readonly resolved: ResolvedPlan }
  | { readonly lockNeeded: readonly NeededLock[] };

/** Content whose requirements have no lock yet, for the targets that lack it. */
export interface NeededLock extends LockNeeded {
  readonly spec: PythonContentSpec;
  readonly targets: readonly Target[];
}

/** Reads the locks of a plan. Starts no process, so that a synth with everything cached stays fast. */
export function readPlan(plan: LayerPlan): PlanReading {
  const targets = pythonTargetsOf(plan);
  const faults: Fault[] = [];
  const python: ResolvedPython[] = [];
  const nodejs: ResolvedNodejs[] = [];
  const lockNeeded: NeededLock[] = [];
  for (const [content, spec] of plan.contents.entries()) {
    if (spec.kind === 'nodejs') {
      const resolution = collectFaults(faults, () => npmLocks().readNpmLock(spec));
      nodejs.push(...resolution === undefined ? [] : [{ content, spec, resolution }]);
    }
    if (spec.kind !== 'python') {
      continue;
    }
    const missing: Target[] = [];
    let needed: LockNeeded | undefined;
    for (const target of targets) {
      const reading = collectFaults(faults, () => readPythonLock(spec, target));
      if (reading === undefined) {
        break;
      }
      if ('reason' in reading) {
        needed = reading;
        missing.push(target);
      } else {
        python.push({ content, spec, target, resolution: reading });
      }
    }
    if (needed !== undefined) {
      lockNeeded.push({ ...needed, spec, targets: missing });
    }
  }
  if (faults.length > 0 || lockNeeded.length > 0) {
    // No lock is written for a layer that cannot be built.
    failOn([...faults, ...filesFaults(plan)]);
  }
  return lockNeeded.length > 0 ? { lockNeeded } : { resolved: { python, nodejs } };
}

/** Everything that is wrong with the contents, as far as reading finds it. */
export function contentFaults(plan: LayerPlan): Fault[] {
  const faults: Fault[] = [];
  collectFaults(faults, () => readPlan(plan));
  return faults.length > 0 ? faults : filesFaults(plan);
}

/** Contents that are not where the plan says: all that can be told without reading one. */
export function placeFaults(plan: LayerPlan): Fault[] {
  const faults: Fault[] = [];
  for (const spec of plan.contents) {
    collectFaults(faults, () => findContent(spec));
    collectFaults(faults, () => spec.kind === 'files' ? destinationPrefix(spec.destination) : undefined);
  }
  return faults;
}

function findContent(spec: ContentSpec): unknown {
  switch (spec.kind) {
    case 'files': return statContent(spec.path);
    case 'python': return detectManifest(spec);
    case 'nodejs': return npmLocks().findNpmLock(spec);
    case 'program': return findProgram(spec);
    case 'manifest': return undefined;
  }
}

/** Loaded when there is such content: a synth waits for what it loads. */
function npmLocks(): typeof npmLock {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('../resolve/npm-lock') as typeof npmLock;
}

/** Only looked for to tell all faults at once; without any, the key lists the files. */
function filesFaults(plan: LayerPlan): Fault[] {
  const faults: Fault[] = [];
  for (const spec of plan.contents) {
    if (spec.kind === 'files') {
      collectFaults(faults, () => destinationPrefix(spec.destination));
      collectFaults(faults, () => listFiles(spec));
    }
    if (spec.kind === 'program') {
      collectFaults(faults, () => findProgram(spec));
    }
  }
  return faults;
}

/** Reads the locks of a plan that was locked before. */
export function readLockedPlan(plan: LayerPlan): ResolvedPlan {
  const reading = readPlan(plan);
  if ('resolved' in reading) {
    return reading.resolved;
  }
  throw new FaultError({
    what: 'the lock that was just written is not found',
    got: reading.lockNeeded.map((one) => one.lockPath).join('\n'),
    fix: 'look whether something removes or rewrites it',
  });
}

/** The fault where a lock may not be written now. */
export function frozenLockFaults(needed: readonly NeededLock[]): Fault[] {
  return needed.map((one) => ({
    what: one.reason === 'stale' ? 'the lock is of other requirements' : 'the requirements have no lock for every target',
    got: [
      `${one.lockPath}: nothing for ${[...new Set(one.targets.map((target) => `${target.runtime} on ${target.architecture}`))].join(', ')}`,
      `requirements: ${unlockedRequirements(one.spec).requirements.join(', ')}`,
    ].join('\n'),
    allowed: 'a lock with hashes in the repository: it is never written in CI, where nobody would commit it, nor with BundlingMode.OFFLINE',
    fix: 'run `npx cdk-lambda-layers lock -- <app command>` (or synthesise once) on a developer\'s machine, and commit the file',
  }));
}
