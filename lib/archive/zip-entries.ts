import * as yauzl from 'yauzl';
import { FaultError } from '../common/fault';

const TYPE_BITS = 0o170000;
const MADE_BY_UNIX = 3;

export type ZipEntryKind = 'file' | 'link' | 'folder' | 'special';

/** An entry of an archive as its directory declares it; nothing of it is trusted yet. */
export interface ZipEntry {
  /** Without the slash that ends a folder's. */
  readonly name: string;
  readonly kind: ZipEntryKind;
  /** Permission bits; undefined where the system that made the archive has none. */
  readonly permissions?: number;
  readonly bytes: number;
  readonly raw: yauzl.Entry;
}

/** Opens an archive, hands its entries to `use`, and closes it. */
export async function withZip<T>(archive: string, use: (zip: yauzl.ZipFile, entries: readonly ZipEntry[]) => Promise<T>): Promise<T> {
  // Names and sizes are checked by us: yauzl stops at the first wrong one and does not say which entry has it.
  const zip = await yauzl.openPromise(archive, { autoClose: false, decodeStrings: false, validateEntrySizes: false }).catch((error: unknown) => {
    throw brokenArchive(archive, error);
  });
  try {
    return await use(zip, await readDirectory(archive, zip));
  } finally {
    zip.close();
  }
}

async function readDirectory(archive: string, zip: yauzl.ZipFile): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  try {
    for await (const raw of zip.eachEntry()) {
      entries.push(describe(raw));
    }
  } catch (error) {
    throw brokenArchive(archive, error);
  }
  return entries;
}

function describe(raw: yauzl.Entry): ZipEntry {
  const name = yauzl.getFileNameLowLevel(raw.generalPurposeBitFlag, raw.fileNameRaw, raw.extraFields, true);
  const mode = raw.versionMadeBy >>> 8 === MADE_BY_UNIX ? raw.externalFileAttributes >>> 16 : 0;
  return {
    name: name.replace(/\/$/, ''),
    kind: kindOf(name, mode & TYPE_BITS),
    permissions: mode === 0 ? undefined : mode & 0o777,
    bytes: raw.uncompressedSize,
    raw,
  };
}

function kindOf(name: string, type: number): ZipEntryKind {
  switch (type) {
    case 0o120000:
      return 'link';
    case 0o040000:
      return 'folder';
    case 0o100000:
    case 0:
      return name.endsWith('/') ? 'folder' : 'file';
    default:
      return 'special';
  }
}

function brokenArchive(archive: string, error: unknown): unknown {
  const isSystemError = (error as NodeJS.ErrnoException).syscall !== undefined;
  return isSystemError ? error : new FaultError({
    what: 'a .zip archive cannot be read', got: `${archive}: ${(error as Error).message}`, fix: 'make the archive again',
  });
}
