import { execFileSync } from 'node:child_process';
import { makeFolder, removeFolder } from './support';

/** `test` where this machine lets us mount file systems, else `test.skip`. */
export const testWithMounts = canMount() ? test : test.skip;

/** Runs work in a new file system in memory. */
export async function inMountedFolder(megabytes: number, work: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = makeFolder();
  try {
    mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder);
    try {
      await work(folder);
    } finally {
      execFileSync('umount', [folder]);
    }
  } finally {
    removeFolder(folder);
  }
}

/** Makes a mounted file system read-only. */
export function makeReadOnly(folder: string): void {
  mount('-o', 'remount,ro', folder);
}

function canMount(): boolean {
  const folder = makeFolder();
  try {
    mount('-t', 'tmpfs', 'tmpfs', folder);
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    removeFolder(folder);
  }
}

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'ignore' });
}
