/** A package as a lock pins it. */
export interface LockedPackage {
  /** Normalised name (PEP 503): lower case, runs of `-_.` become `-`. */
  readonly name: string;
  /** The pinned version; undefined for a direct URL. */
  readonly version?: string;
  /** A direct URL of an artefact, instead of a version. Never carries credentials. */
  readonly url?: string;
  /** Extras that the requirement names, such as `crypto` in `pyjwt[crypto]`. */
  readonly extras: readonly string[];
  /** When the package is wanted, as an environment marker (PEP 508); undefined means always. uv evaluates it for the target. */
  readonly marker?: string;
  /** Digests of the artefacts that are allowed, such as `sha256:…`, sorted. */
  readonly hashes: readonly string[];
  /** The artefacts behind the hashes, where the lock names their files (uv.lock, pylock.toml, poetry.lock do). */
  readonly artifacts?: readonly LockedArtifact[];
}

export interface LockedArtifact {
  /** File name of a wheel or source distribution. */
  readonly file: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** A path or workspace member of a lock, or the project itself: built as a wheel, or its modules are copied. */
export interface LocalPackage {
  readonly name: string;
  /** Absolute folder. */
  readonly directory: string;
  readonly marker?: string;
}

/** Python content for a target as the lock gives it. Pure data: reading it starts no process. */
export interface PythonResolution {
  /** Base name of the file that it was read from, such as `uv.lock`. */
  readonly lockFile: string;
  /** Sorted by name, then version. Only what the chosen extras and groups reach. */
  readonly packages: readonly LockedPackage[];
  readonly localPackages: readonly LocalPackage[];
  /** True when the list is known to hold every dependency, so that none has to be looked for. */
  readonly closed: boolean;
  /** Lines for the user, such as which of several locks won. Shown when something is built, never on a cache hit. */
  readonly notes: readonly string[];
}

/** The answer where there is no lock yet, or one of other requirements. */
export interface LockNeeded {
  readonly reason: 'missing' | 'stale';
  /** Absolute path where the lock belongs. */
  readonly lockPath: string;
}
