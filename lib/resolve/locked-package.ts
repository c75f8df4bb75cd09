import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

import { compareText, fileNameOf } from './names';
import type { LocalPackage, LockedArtifact, LockedPackage } from './resolution';

/** What the reader of one format hands back. */
export interface LockReading {
  readonly packages: readonly LockedPackage[];
  readonly localPackages: readonly LocalPackage[];
  readonly notes?: readonly string[];
}

/** An artefact as a lock names it: where it lies, and its digest as `algorithm:hex`. */
export interface ArtifactLine {
  readonly location: string;
  readonly hash: string | undefined;
}

const STRONG_HASH = /^sha(?:256|384|512):[0-9a-f]{64,128}$/;

/** The digests that count, lower-case and sorted. MD5 and SHA-1 do not. */
export function strongHashes(hashes: Iterable<string | undefined>): string[] {
  const strong = new Set<string>();
  for (const hash of hashes) {
    const normalized = hash?.toLowerCase();
    if (normalized !== undefined && STRONG_HASH.test(normalized)) {
      strong.add(normalized);
    }
  }
  return [...strong].sort(compareText);
}

/** Hashes and artefacts of a package. */
export function artifactsOf(lines: readonly ArtifactLine[]): Pick<LockedPackage, 'hashes' | 'artifacts'> {
  const artifacts: LockedArtifact[] = [];
  for (const { location, hash } of lines) {
    const sha256 = /^sha256:([0-9a-f]{64})$/i.exec(hash ?? '')?.[1];
    if (sha256 !== undefined) {
      artifacts.push({ file: fileNameOf(location), sha256: sha256.toLowerCase() });
    }
  }
  artifacts.sort((a, b) => compareText(a.file, b.file));
  return { hashes: strongHashes(lines.map(({ hash }) => hash)), artifacts };
}

/** URL of a file beside a lock. */
export function fileUrl(directory: string, location: string): string {
  return pathToFileURL(path.resolve(directory, location)).href;
}

export function sortPackages(packages: readonly LockedPackage[]): LockedPackage[] {
  return [...packages].sort((a, b) =>
    compareText(a.name, b.name) || compareText(a.version ?? a.url ?? '', b.version ?? b.url ?? '') || compareText(a.marker ?? '', b.marker ?? ''));
}

export function sortLocalPackages(packages: readonly LocalPackage[]): LocalPackage[] {
  return [...packages].sort((a, b) => compareText(a.name, b.name) || compareText(a.directory, b.directory));
}
