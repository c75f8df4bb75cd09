import * as fs from 'node:fs';
import { CACHE_VARIABLE } from './location';
import { FaultError } from '../common/fault';

/**
 * What to throw for an error of the file system: the user's words for a full disk, anything else as it is.
 *
 * @param folder folder that was written to
 * @param neededBytes space that was wanted, where that is known
 */
export function explainDiskFull(error: unknown, folder: string, neededBytes?: number): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') {
    return error;
  }
  const needed = neededBytes === undefined ? '' : `, ${megabytes(neededBytes)} needed`;
  return new FaultError({
    what: code === 'EDQUOT' ? 'the disk quota is used up' : 'the disk is full',
    got: `${freeSpace(folder)} in ${folder}${needed}`,
    fix: `free some space, or set ${CACHE_VARIABLE} to a folder on another disk`,
  });
}

function freeSpace(folder: string): string {
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    return `${megabytes(bavail * bsize)} free`;
  } catch {
    return 'no space';
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
