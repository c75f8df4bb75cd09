import * as fs from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from './atomic';
import { explainDiskFull } from './disk-full';
import { FaultError } from '../common/fault';

/**
 * Puts a file of the cache where it is needed: a hard link, or a copy where links do not work.
 * Whatever else lies under that name is replaced, and never half-written.
 */
export function placeFile(source: string, destination: string): void {
  if (tryLink(source, destination) || isPlaced(source, destination)) {
    return;
  }
  try {
    replaceFile(destination, (temporary) => {
      if (!tryLink(source, temporary)) {
        copyWithTime(source, temporary);
      }
    });
  } catch (error) {
    throw explainDiskFull(error, path.dirname(destination), fs.statSync(source, { throwIfNoEntry: false })?.size);
  }
}

/** Systems have many errors for links that they do not make. The copy that follows fails too when something else is wrong. */
function tryLink(source: string, destination: string): boolean {
  try {
    fs.linkSync(source, destination);
    return true;
  } catch {
    return false;
  }
}

/** Whether the file is there already, as a link or as our copy. */
function isPlaced(source: string, destination: string): boolean {
  const there = fs.lstatSync(destination, { throwIfNoEntry: false });
  if (there === undefined) {
    return false;
  }
  if (there.isDirectory()) {
    throw new FaultError({
      what: 'a folder has the name of a file that must be written',
      got: destination,
      fix: 'delete the folder',
    });
  }
  const wanted = fs.statSync(source);
  return there.isFile() && there.size === wanted.size
    && ((there.ino === wanted.ino && there.dev === wanted.dev) || there.mtimeMs === 1000 * copyTime(wanted));
}

function copyWithTime(source: string, destination: string): void {
  fs.copyFileSync(source, destination, fs.constants.COPYFILE_FICLONE);
  const time = copyTime(fs.statSync(source));
  fs.utimesSync(destination, time, time);
}

/** The mark of our copies, so that they are not compared byte by byte at every synth: the source's time in whole seconds. */
function copyTime(source: fs.Stats): number {
  return Math.floor(source.mtimeMs / 1000);
}
