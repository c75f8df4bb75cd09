import * as path from 'node:path';
import type { ZipEntry } from './zip-entries';
import type { Fault } from '../common/fault';
import { foldersOf } from '../inspect/collisions';

/** Far above what a layer may hold, and nothing that fills a disk. */
const MAX_UNPACKED_BYTES = 2 * 1024 ** 3;

/** As long as Linux lets a link's target be. */
const MAX_TARGET_BYTES = 4096;

/** Everything in an archive's directory that makes unpacking unsafe or impossible. */
export function archiveFaults(archive: string, entries: readonly ZipEntry[]): Fault[] {
  return [
    ...entries.flatMap((entry) => entryFaults(archive, entry)),
    ...clashFaults(archive, entries),
    ...sizeFaults(archive, entries),
  ];
}

/** What is wrong with where a symbolic link points. */
export function linkFaults(archive: string, name: string, target: string): Fault[] {
  if (staysInside(name, target)) {
    return [];
  }
  return [{
    what: 'a symbolic link in a .zip archive may leave it',
    got: `${quote(name)} -> ${quote(target)} in ${archive}`,
    allowed: 'a relative target inside the archive, with `..` at its start only',
    fix: 'make the archive without this link',
  }];
}

/** A `..` at the start leads up from a real folder, since nothing lies below a link; after a name, which may be a link itself, it leads anywhere. */
function staysInside(name: string, target: string): boolean {
  const isRelative = target !== '' && !target.startsWith('/') && !/[\\\0]/.test(target);
  const afterUps = target.replace(/^(?:\.\.(?:\/|$))+/, '');
  const [first] = path.posix.join(path.posix.dirname(name), target).split('/');
  return isRelative && first !== '..' && !afterUps.split('/').includes('..');
}

function entryFaults(archive: string, entry: ZipEntry): Fault[] {
  const got = `${quote(entry.name)} in ${archive}`;
  if (!isSafeName(entry.name)) {
    return [{
      what: 'a name in a .zip archive is not safe to unpack',
      got,
      allowed: 'relative paths without `..`, `.`, backslashes, drive letters and NUL characters',
      fix: 'make the archive again, from inside the folder that it shall hold',
    }];
  }
  if (entry.kind === 'special') {
    return [{ what: 'a .zip archive holds a device, pipe or socket', got, allowed: 'files, folders and symbolic links' }];
  }
  if (entry.kind !== 'folder' && !entry.raw.canDecodeFileData()) {
    return [{
      what: 'an entry of a .zip archive cannot be read',
      got: `${got}: ${entry.raw.isEncrypted() ? 'encrypted' : `compression method ${entry.raw.compressionMethod}`}`,
      allowed: 'deflate or no compression, without a password',
    }];
  }
  return [];
}

function isSafeName(name: string): boolean {
  const parts = name.split('/');
  return !/[\\\0]|^[A-Za-z]:/.test(name) && parts.every((part) => part !== '' && part !== '.' && part !== '..');
}

function clashFaults(archive: string, entries: readonly ZipEntry[]): Fault[] {
  const faults: Fault[] = [];
  const leaves = new Set<string>();
  for (const { name, kind } of entries) {
    if (kind !== 'folder' && leaves.size === leaves.add(name).size) {
      faults.push({ what: 'a .zip archive holds the same name twice', got: `${quote(name)} in ${archive}`, fix: 'make the archive again' });
    }
  }
  for (const { name, kind } of entries) {
    const folders = kind === 'folder' ? [...foldersOf(name), name] : foldersOf(name);
    const leaf = folders.find((folder) => leaves.has(folder));
    if (leaf !== undefined) {
      faults.push({
        what: 'a .zip archive uses a file or link as a folder',
        got: `${quote(leaf)} and ${quote(name)} in ${archive}`,
        fix: 'make the archive again',
      });
    }
  }
  return faults;
}

function sizeFaults(archive: string, entries: readonly ZipEntry[]): Fault[] {
  const total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const longLink = entries.find((entry) => entry.kind === 'link' && entry.bytes > MAX_TARGET_BYTES);
  return [
    ...(total <= MAX_UNPACKED_BYTES ? [] : [{
      what: 'a .zip archive is too large unpacked', got: `${total} bytes in ${archive}`, allowed: `at most ${MAX_UNPACKED_BYTES} bytes`,
    }]),
    ...(longLink === undefined ? [] : [{
      what: 'the target of a symbolic link in a .zip archive is too long',
      got: `${longLink.bytes} bytes for ${quote(longLink.name)} in ${archive}`,
      allowed: `at most ${MAX_TARGET_BYTES} bytes`,
    }]),
  ];
}

/** Shows characters that a terminal would act on. */
function quote(name: string): string {
  return JSON.stringify(name);
}
