import { createWriteStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import type { ZipFile } from 'yauzl';
import { archiveFaults, linkFaults } from './archive-faults';
import { withZip, type ZipEntry } from './zip-entries';
import { failOn, FaultError } from '../common/fault';

/** A file or link that an archive held. */
export interface ExtractedEntry {
  /** Path in the archive, and below the destination for files. */
  readonly path: string;
  /** Whether the archive's mode lets anybody execute it. */
  readonly executable: boolean;
  /** Where a symbolic link points. Links are told, not made: no later entry can be written through one. */
  readonly target?: string;
}

export interface ListedEntry {
  readonly path: string;
  readonly bytes: number;
  /** Permission bits as four octal digits, such as `0644`; `link` for a symbolic link. */
  readonly mode: string;
}

/**
 * Unpacks an archive that somebody else made. Everything its directory and its links say is checked before the first file is written.
 *
 * @param destination an existing folder
 */
export async function extractZip(archive: string, destination: string): Promise<ExtractedEntry[]> {
  return withZip(archive, async (zip, all) => {
    failOn(archiveFaults(archive, all));
    const entries = all.filter((entry) => entry.kind !== 'folder');
    const targets = await readLinks(archive, zip, entries);
    for (const entry of entries) {
      if (entry.kind === 'file') {
        await extractFile(archive, zip, entry, destination);
      }
    }
    return entries.map((entry) => ({
      path: entry.name,
      executable: entry.kind === 'file' && ((entry.permissions ?? 0) & 0o111) !== 0,
      ...(entry.kind === 'link' ? { target: targets.get(entry.name) } : {}),
    }));
  });
}

/** Files and links of an archive, in its order, as its directory declares them. */
export async function listZip(archive: string): Promise<ListedEntry[]> {
  return withZip(archive, async (_zip, entries) => entries
    .filter((entry) => entry.kind !== 'folder')
    .map((entry) => ({ path: entry.name, bytes: entry.bytes, mode: modeText(entry) })));
}

async function readLinks(archive: string, zip: ZipFile, entries: readonly ZipEntry[]): Promise<Map<string, string>> {
  const targets = new Map<string, string>();
  for (const entry of entries.filter((one) => one.kind === 'link')) {
    targets.set(entry.name, await explaining(archive, entry, async () => text(readContent(zip, entry))));
  }
  failOn([...targets].flatMap(([name, target]) => linkFaults(archive, name, target)));
  return targets;
}

async function extractFile(archive: string, zip: ZipFile, entry: ZipEntry, destination: string): Promise<void> {
  const file = path.join(destination, ...entry.name.split('/'));
  await fs.mkdir(path.dirname(file), { recursive: true });
  await explaining(archive, entry, async () => pipeline(readContent(zip, entry), createWriteStream(file, { flags: 'wx' })));
}

/** The content of an entry; fails when it is not what the directory declares, and never gives more. */
async function* readContent(zip: ZipFile, entry: ZipEntry): AsyncGenerator<Buffer, void, undefined> {
  let bytes = 0;
  let crc = 0;
  for await (const chunk of (await zip.openReadStreamPromise(entry.raw)) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    crc = crc32(chunk, crc);
    if (bytes > entry.bytes) {
      throw new Error(`it holds more than the declared ${entry.bytes} bytes`);
    }
    yield chunk;
  }
  if (bytes < entry.bytes) {
    throw new Error(`it holds ${bytes} of the declared ${entry.bytes} bytes`);
  }
  if (crc !== entry.raw.crc32) {
    throw new Error('its checksum is wrong');
  }
}

/** Says which entry of which archive is broken; errors of the disk are left as they are. */
async function explaining<T>(archive: string, entry: ZipEntry, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) {
      throw error;
    }
    throw new FaultError({
      what: 'an entry of a .zip archive cannot be unpacked',
      got: `${JSON.stringify(entry.name)} in ${archive}: ${(error as Error).message}`,
      fix: 'make the archive again',
    });
  }
}

function modeText(entry: ZipEntry): string {
  return entry.kind === 'link' ? 'link' : (entry.permissions ?? 0o644).toString(8).padStart(4, '0');
}
