/** A file of a layer. */
export interface ManifestFile {
  /** Path relative to `/opt`, with forward slashes. */
  readonly path: string;
  /** Size in bytes; the length of the target for a symbolic link. */
  readonly bytes: number;
  /** Permission bits as four octal digits, such as `0644`; `link` for a symbolic link. */
  readonly mode: string;
  /** SHA-256 of the content as lower-case hex; of the target for a symbolic link. */
  readonly sha256: string;
  /**
   * The package that the file belongs to and its version, such as `requests 2.32.5`.
   *
   * @default - none that is known
   */
  readonly packageVersion?: string;
}

/** A package inside a layer. */
export interface ManifestPackage {
  /** Name as the package's own metadata spells it. */
  readonly name: string;
  /** Version of the package. */
  readonly version: string;
  /**
   * Licence that the package's metadata states.
   *
   * @default - the metadata states none
   */
  readonly license?: string;
  /** Unzipped size in bytes of the files that belong to it. */
  readonly bytes: number;
  /**
   * The artefact that was installed, such as `requests-2.32.5-py3-none-any.whl`.
   *
   * @default - not known
   */
  readonly artifact?: string;
  /**
   * SHA-256 digests that the lock allows for the artefact, as lower-case hex.
   *
   * @default - the lock states none
   */
  readonly sha256?: string[];
  /** Whether the package holds native machine code. */
  readonly hasNativeCode: boolean;
  /** Whether it was built from a source distribution instead of taken from a wheel. */
  readonly sourceBuild: boolean;
}

/** A file of native machine code inside a layer. */
export interface ManifestNativeFile {
  /** Path relative to `/opt`. */
  readonly path: string;
  /** Machine it runs on: `x86_64`, `arm64`, or `unknown-` and the number in the ELF header. */
  readonly machine: string;
  /**
   * Highest `GLIBC_` symbol version it needs, such as `2.17`.
   *
   * @default - it needs none
   */
  readonly glibc?: string;
}

/** A program inside a layer that Lambda starts: an extension, or what wraps the runtime. */
export interface ManifestProgram {
  /** Path relative to `/opt`. */
  readonly path: string;
  /**
   * `elf` for machine code, `script` for a file with a shebang. The system cannot start the others: `empty`, `bom` (a byte order mark before the
   * shebang), `macos` and `windows` (machine code for these), `link` (leads to no file of the layer), `unknown`.
   */
  readonly format: string;
  /** Whether it has the permission to be executed. */
  readonly isExecutable: boolean;
  /**
   * What the system starts it with, as it is written in the file: a script's interpreter with its argument, or the loader that machine code names.
   *
   * @default - it needs nothing else
   */
  readonly interpreter?: string;
  /**
   * Machine it runs on: `x86_64`, `arm64`, or `unknown-` and the number in the ELF header.
   *
   * @default - any
   */
  readonly machine?: string;
  /** Whether the header `Lambda-Extension-Name`, without which no extension registers, is named in the file or in what it may load, or may be. */
  readonly mentionsRegistration: boolean;
  /**
   * The name that a script registers by, where it is written out.
   *
   * @default - not known
   */
  readonly registersAs?: string;
}

/** What one slimming rule took away. */
export interface ManifestSaving {
  /** Id of the rule, the name of its switch in `SlimOptions`. */
  readonly rule: string;
  /** Number of files removed. */
  readonly files: number;
  /** Unzipped bytes removed. */
  readonly bytes: number;
}

/** The facts of a layer: what is in it, proved by reading it. */
export interface LayerManifest {
  /** SHA-256 over path, mode, size and digest of every entry, as lower-case hex. The same for the same content, wherever it was built. */
  readonly digest: string;
  /** Bytes that count against Lambda's quota of 262,144,000 for a function's code and layers together. */
  readonly unzippedBytes: number;
  /** Size of the .zip in bytes. */
  readonly archiveBytes: number;
  /** Unzipped bytes before slimming. */
  readonly bytesBeforeSlimming: number;
  /** Runtimes that the content was built for, such as `python3.13`; empty when it is for any. */
  readonly runtimes: string[];
  /**
   * The machine that native files were built for.
   *
   * @default - nothing native inside, any machine
   */
  readonly architecture?: string;
  /**
   * Full version of the interpreter that compiled bytecode, such as `3.13.5`.
   *
   * @default - no bytecode inside
   */
  readonly bytecodeVersion?: string;
  /** Packages, sorted by name. */
  readonly packages: ManifestPackage[];
  /** Native files, sorted by path. */
  readonly nativeFiles: ManifestNativeFile[];
  /** Extensions, and what wraps the runtime, sorted by path. */
  readonly programs: ManifestProgram[];
  /** What slimming removed, rule by rule. */
  readonly savings: ManifestSaving[];
  /** Every file, sorted by path. */
  readonly files: ManifestFile[];
}
