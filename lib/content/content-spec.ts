/** Content as plain data: what `LayerContent` hands to the stages, and what a build job carries to another process. */
export type ContentSpec = PythonContentSpec | NodejsContentSpec | FilesContentSpec | ProgramContentSpec | ManifestContentSpec;

/** What of a Python project's folder goes into the layer. */
export type PythonIncludeName = 'dependencies' | 'project' | 'sources';

export interface PythonContentSpec {
  readonly kind: 'python';
  /** Absolute folder that holds the lock or the requirements; for an inline list, where its lock is written. */
  readonly directory: string;
  /** The inline list; undefined when the folder's own file says what is wanted. */
  readonly requirements?: readonly string[];
  readonly include: PythonIncludeName;
  /** Names (PEP 503) that may be built from a source distribution. */
  readonly sourceBuilds: readonly string[];
  /** Absolute path of a requirements file with hashes that pins what source builds need, beside the library's own. */
  readonly buildConstraints?: string;
  readonly groups: readonly string[];
  readonly extras: readonly string[];
}

export interface NodejsContentSpec {
  readonly kind: 'nodejs';
  /** Absolute folder with package.json and package-lock.json. */
  readonly directory: string;
  /** Patterns in .gitignore syntax, relative to `node_modules`. */
  readonly exclude: readonly string[];
}

export interface FilesContentSpec {
  readonly kind: 'files';
  /** Absolute path of a file, a folder or a .zip archive. */
  readonly path: string;
  /** Folder in the layer, POSIX, relative to `/opt`; empty for its root. */
  readonly destination: string;
  /** Patterns in .gitignore syntax. */
  readonly exclude: readonly string[];
}

/** A program that Lambda starts: an extension, or what wraps the runtime. */
export interface ProgramContentSpec {
  readonly kind: 'program';
  /** Where it lies in the layer, such as `extensions/audit.sh`. */
  readonly path: string;
  readonly source: ProgramSource;
}

export type ProgramSource =
  /** A script, the same on every machine. Absolute path. */
  | { readonly type: 'script'; readonly file: string }
  /** Ready programs. Absolute paths. */
  | { readonly type: 'binaries'; readonly x86_64?: string; readonly arm64?: string }
  /** Absolute folder with go.mod, and the package of it that has `main`, relative to that folder. */
  | { readonly type: 'go'; readonly directory: string; readonly package: string }
  /** Absolute folder with Cargo.toml, and the program of it when there are several. */
  | { readonly type: 'rust'; readonly directory: string; readonly binary?: string }
  /** The program of this library that is all ready-made extensions, compressed. Absolute paths. */
  | { readonly type: 'ready-made'; readonly x86_64: string; readonly arm64: string }
  /** Another name of the program beside it. */
  | { readonly type: 'link'; readonly target: string }
  /** A script that starts the program beside it by another name, where links cannot be trusted. */
  | { readonly type: 'launcher'; readonly target: string };

/** What files a layer has, for those who look at them where the function runs. */
export interface ManifestContentSpec {
  readonly kind: 'manifest';
  /** Where it lies in the layer. */
  readonly path: string;
  /** Undefined for the very layer that it lies in. */
  readonly layer?: {
    readonly name: string;
    readonly digest: string;
    /** Absolute path of the layer's whole manifest. */
    readonly file: string;
  };
}
