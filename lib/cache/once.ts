import { createRequire } from 'node:module';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type * as lockfile from 'proper-lockfile';
import { codeOf } from './atomic';
import { explainDiskFull } from './disk-full';
import { lockFile, STALE_LOCK_MS } from './locks';
import { makePrivateFolder } from './private-folder';

const load = createRequire(__filename);

const HEARTBEAT_MS = 2_000;

/** Waiting this long is worth a line. */
const SAY_AFTER_MS = 2_000;
const POLL_MS = 50;

/** Work that is done once, whoever asks for it. */
export interface SharedWork<T> {
  /** Folder of the cache. */
  readonly root: string;
  readonly name: string;
  /** What somebody else has made meanwhile. */
  find(): T | undefined;
  make(): Promise<T>;
  /** Told once, when another process is waited for. */
  onWait?(): void;
}

const running = new Map<string, Promise<unknown>>();

/** Does the work once over all callers in this process and all processes that share the cache. */
export function once<T>(work: SharedWork<T>): Promise<T> {
  const file = lockFile(work.root, work.name);
  const already = running.get(file) as Promise<T> | undefined;
  if (already !== undefined) {
    return already;
  }
  const turn = takeTurn(file, work).finally(() => running.delete(file));
  running.set(file, turn);
  return turn;
}

async function takeTurn<T>(file: string, work: SharedWork<T>): Promise<T> {
  const release = await acquire(file, () => work.onWait?.());
  try {
    return work.find() ?? await work.make();
  } finally {
    // Fails when the lock was taken over, or removed with the whole cache; it is not ours any more then.
    await release().catch(() => undefined);
  }
}

async function acquire(file: string, onWait: () => void): Promise<() => Promise<void>> {
  const sayAt = Date.now() + SAY_AFTER_MS;
  let said = false;
  let release = await tryAcquire(file);
  while (release === undefined) {
    if (!said && Date.now() >= sayAt) {
      said = true;
      onWait();
    }
    await delay(POLL_MS * (1 + Math.random()));
    release = await tryAcquire(file);
  }
  return release;
}

async function tryAcquire(file: string): Promise<(() => Promise<void>) | undefined> {
  // Loaded here, since a synth that finds all its layers cached locks nothing and would be 10 ms slower.
  const { lock } = load('proper-lockfile') as typeof lockfile;
  try {
    makePrivateFolder(path.dirname(file));
    return await lock(file, {
      lockfilePath: file,
      realpath: false,
      stale: STALE_LOCK_MS,
      update: HEARTBEAT_MS,
      // A sleeping machine loses its lock. Both holders then build, which costs time only: publishing lets one of them win.
      onCompromised: () => undefined,
    });
  } catch (error) {
    // ENOENT: somebody who took over a dead holder's lock removed ours while it was made.
    if (codeOf(error) === 'ELOCKED' || codeOf(error) === 'ENOENT') {
      return undefined;
    }
    throw explainDiskFull(error, path.dirname(file));
  }
}
