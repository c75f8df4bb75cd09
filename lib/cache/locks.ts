import * as fs from 'node:fs';
import * as path from 'node:path';
import { isAbandoned, listFolder } from './temporary';

/** A lock whose holder has not shown a sign of life for this long is taken over. */
export const STALE_LOCK_MS = 8_000;

/** Where the lock of a layer or tool is, while somebody holds it. */
export function lockFile(root: string, name: string): string {
  return path.join(locksFolder(root), `${name}.lock`);
}

/** Whether a living process holds a lock. */
export function isLocked(root: string, name: string): boolean {
  const stat = fs.statSync(lockFile(root, name), { throwIfNoEntry: false });
  return stat !== undefined && stat.mtimeMs >= Date.now() - STALE_LOCK_MS;
}

/** Removes the locks of killed processes that nobody took over. */
export async function sweepLocks(root: string): Promise<void> {
  for (const name of listFolder(locksFolder(root))) {
    const file = path.join(locksFolder(root), name);
    if (isAbandoned(file)) {
      await fs.promises.rmdir(file).catch(() => undefined);
    }
  }
}

function locksFolder(root: string): string {
  return path.join(root, 'locks');
}
