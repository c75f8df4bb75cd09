import { createHash } from 'node:crypto';
import { ELF_MAGIC, nativeFile, readElf } from './elf';
import { hashFile } from './hash-file';
import type { ManifestFile, ManifestNativeFile } from './manifest';
import { mapParallel } from './map-parallel';
import { compareEntries, type OptEntry } from './opt-tree';

/** Reads at a time: enough to hide the latency of a disk, and no more memory than a chunk each. */
const PARALLEL_READS = 8;

/** What reading every entry of a tree tells. */
export interface TreeFacts {
  /** SHA-256 over mode, path, size and digest of every entry, as lower-case hex. */
  readonly digest: string;
  readonly unzippedBytes: number;
  /** Sorted by path. */
  readonly files: ManifestFile[];
  /** Sorted by path. Native code is told by its content, whatever the file is called. */
  readonly nativeFiles: ManifestNativeFile[];
}

interface EntryFacts {
  readonly file: ManifestFile;
  readonly native?: ManifestNativeFile;
}

export async function inspectTree(entries: readonly OptEntry[]): Promise<TreeFacts> {
  const facts = await mapParallel([...entries].sort(compareEntries), PARALLEL_READS, inspectEntry);
  const files = facts.map(({ file }) => file);
  return {
    digest: treeDigest(files),
    unzippedBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    files,
    nativeFiles: facts.flatMap(({ native }) => native ?? []),
  };
}

async function inspectEntry(entry: OptEntry): Promise<EntryFacts> {
  const { path } = entry;
  if (entry.kind === 'link') {
    const target = Buffer.from(entry.target);
    return { file: { path, bytes: target.length, mode: 'link', sha256: sha256(target) } };
  }
  const { bytes, sha256: digest, magic } = await hashFile(entry.source);
  const elf = magic.equals(ELF_MAGIC) ? readElf(entry.source) : undefined;
  return {
    file: { path, bytes, mode: entry.mode.toString(8).padStart(4, '0'), sha256: digest },
    ...(elf === undefined ? {} : { native: nativeFile(path, elf) }),
  };
}

function treeDigest(files: readonly ManifestFile[]): string {
  return sha256(files.map(({ mode, path, bytes, sha256: digest }) => `${mode} ${path} ${bytes} ${digest}\n`).join(''));
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
