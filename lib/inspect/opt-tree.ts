/**
 * The folder that Lambda unpacks to `/opt`, as a list instead of a copy: each entry says where its bytes lie now.
 * Paths are POSIX and relative to `/opt`. Modes are canonical and never read from disk.
 */
export type OptEntry = OptFile | OptLink;

export interface OptFile {
  readonly kind: 'file';
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  /** Absolute path of the bytes. */
  readonly source: string;
}

export interface OptLink {
  readonly kind: 'link';
  readonly path: string;
  /** Relative target, inside `/opt`. */
  readonly target: string;
}

/** Order of entries everywhere: by UTF-16 code units, which no locale changes. */
export function compareEntries(a: OptEntry, b: OptEntry): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
