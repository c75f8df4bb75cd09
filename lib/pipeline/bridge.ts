import type * as childProcess from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { collectJob } from './collect-jobs';
import { findCached } from './find-cached';
import type { BuildJob } from './layer-plan';
import { frozenLockFaults, readLockedPlan, readPlan, type ResolvedPlan } from './read-plan';
import type { CachedLayer } from '../cache/layer-record';
import { FaultError, type Fault } from '../common/fault';
import { saidEnvironment } from '../common/say-once';

/** What the building process is asked to do. */
export type BuildRequest =
  | { readonly action: 'build' | 'lock' | 'interpreters'; readonly job: BuildJob }
  | { readonly action: 'unpack'; readonly archive: string; readonly folder: string };

/** What it answers. */
export type BuildAnswer = { readonly layer?: CachedLayer } | { readonly faults: readonly Fault[] } | { readonly crash: string };

const BUILD_PROCESS = path.join(__dirname, 'build-process.js');
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/**
 * The bridge from CDK's synchronous constructors to the asynchronous pipeline: what the cache has is found here, without any process;
 * the rest is built in a child that this process waits for. A child, so that a build's memory goes with it and a crash stays there.
 *
 * @returns undefined when the command line only collects the app's layers
 */
export function obtainLayer(job: BuildJob): CachedLayer | undefined {
  if (collectJob(job)) {
    return undefined;
  }
  const offline = job.settings.mode === 'offline';
  const resolved = resolvePlan(job, offline);
  let found = findCached(job, resolved);
  if (found.state === 'interpreter-unknown' && !offline) {
    runBuildProcess({ action: 'interpreters', job });
    found = findCached(job, resolved);
  }
  if (found.state === 'cached') {
    return found.layer;
  }
  if (offline) {
    throw new FaultError({
      what: 'the layer is not in the cache',
      got: 'bundling mode OFFLINE',
      allowed: 'a layer that was built before',
      fix: 'run `npx cdk-lambda-layers build -- <app command>` where there is a network, and bring the cache along',
    });
  }
  const answer = runBuildProcess({ action: 'build', job });
  if (answer === undefined) {
    throw new Error('the building process returned no layer');
  }
  return answer;
}

/** The layer as far as it is built already: nothing is built, locked or started, and nothing fails. */
export function peekLayer(job: BuildJob): CachedLayer | undefined {
  try {
    const reading = readPlan(job.plan);
    const found = 'resolved' in reading ? findCached(job, reading.resolved) : undefined;
    return found?.state === 'cached' ? found.layer : undefined;
  } catch (error) {
    if (error instanceof FaultError) {
      return undefined;
    }
    throw error;
  }
}

/** The locks of a plan; those that are missing are written first, where that is allowed. */
function resolvePlan(job: BuildJob, offline: boolean): ResolvedPlan {
  const reading = readPlan(job.plan);
  if ('resolved' in reading) {
    return reading.resolved;
  }
  if (job.settings.frozen || offline) {
    throw new FaultError(...frozenLockFaults(reading.lockNeeded));
  }
  runBuildProcess({ action: 'lock', job });
  return readLockedPlan(job.plan);
}

/** Lays an archive's content out as a folder, for tools that take a layer as one. A folder that is there already is kept. */
export function unpackLayer(archive: string, folder: string): void {
  if (!fs.existsSync(folder)) {
    runBuildProcess({ action: 'unpack', archive, folder });
  }
}

function runBuildProcess(request: BuildRequest): CachedLayer | undefined {
  // Loaded here, since a synth with everything cached starts no process.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { spawnSync } = require('node:child_process') as typeof childProcess;
  const child = spawnSync(process.execPath, [BUILD_PROCESS], {
    input: JSON.stringify(request),
    // stdout carries the answer; progress goes straight to the user's stderr.
    stdio: ['pipe', 'pipe', 'inherit'],
    maxBuffer: MAX_ANSWER_BYTES,
    // A loader of the app's own, such as a TypeScript one, would only slow the child down.
    env: { ...process.env, ...saidEnvironment(), NODE_OPTIONS: '' },
  });
  const answer = parseAnswer(child.stdout?.toString('utf8') ?? '');
  if (answer === undefined || 'crash' in answer) {
    throw new FaultError({
      what: 'the building process did not finish',
      got: answer?.crash ?? child.error?.message ?? (child.signal === null ? `exit code ${child.status}` : `killed by ${child.signal}`),
      fix: 'synthesise again: what was built before is kept, and nothing half-written is; if it happens again, please report it',
    });
  }
  if ('faults' in answer) {
    throw new FaultError(...answer.faults);
  }
  return answer.layer;
}

function parseAnswer(text: string): BuildAnswer | undefined {
  try {
    return JSON.parse(text) as BuildAnswer;
  } catch {
    return undefined;
  }
}
