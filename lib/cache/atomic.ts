import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { makePrivateFolder } from './private-folder';

/** Errors of a rename onto a folder that has content, or onto a file. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES']);

/** Errors of systems that cannot sync a folder, or a file that is open for reading. */
const CANNOT_SYNC = new Set(['EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP']);

/** A finished folder and where it belongs; both on one file system. */
export interface FolderMove {
  readonly finished: string;
  readonly place: string;
  /** Where to move what is in the way; removed by the caller. */
  readonly aside: string;
  /** Whether what is already in the place serves as well. */
  isGood(): boolean;
}

/**
 * Brings a folder to its place with all its content on the disk, so that a reader sees all of it or nothing.
 * When another process was first, its folder stays.
 */
export async function publishFolder(move: FolderMove): Promise<void> {
  await syncTree(move.finished);
  makePrivateFolder(path.dirname(move.place));
  try {
    await fs.promises.rename(move.finished, move.place);
  } catch (error) {
    if (!TAKEN.has(codeOf(error)) || !fs.existsSync(move.place)) {
      throw error;
    }
    if (move.isGood()) {
      return;
    }
    await fs.promises.rename(move.place, move.aside);
    await fs.promises.rename(move.finished, move.place);
  }
  await sync(path.dirname(move.place));
}

/**
 * Replaces a file so that a reader sees the old or the new one, never a part.
 *
 * @param write makes the new file under the name it is given
 * @param workFolder where it is made, on the same file system; by default beside the old one
 */
export function replaceFile(file: string, write: (temporary: string) => void, workFolder = path.dirname(file)): void {
  const temporary = path.join(workFolder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}`);
  try {
    write(temporary);
    fs.renameSync(temporary, file);
  } finally {
    // Left over after a failure, and after a rename onto another name of the same file, which does nothing.
    fs.rmSync(temporary, { force: true });
  }
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await fs.promises.readdir(folder, { withFileTypes: true })) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      await syncTree(child);
    } else if (entry.isFile()) {
      await sync(child);
    }
  }
  await sync(folder);
}

async function sync(target: string): Promise<void> {
  let handle: fs.promises.FileHandle | undefined;
  try {
    handle = await fs.promises.open(target, 'r');
    await handle.sync();
  } catch (error) {
    if (!CANNOT_SYNC.has(codeOf(error))) {
      throw error;
    }
  } finally {
    await handle?.close();
  }
}
