/** What compiled Python bytecode goes into a layer. */
export enum BytecodeMode {
  /** None: the smallest layer that still shows its sources, and the same bytes on every machine. */
  NONE = 'none',
  /** Beside the sources: imports start faster, the layer grows. */
  SOURCE_AND_BYTECODE = 'source-and-bytecode',
  /** Instead of the sources: fast imports in a small layer; tracebacks show no source lines. */
  BYTECODE_ONLY = 'bytecode-only',
}

/**
 * What is left out of a layer. Each switch is a rule whose id is its name; the manifest says what each saved.
 * A user's own files (`LayerContent.files`) are never slimmed.
 */
export interface SlimOptions {
  /**
   * Compiled bytecode, compiled so that it is valid under Lambda's fixed file dates. It needs an interpreter of the runtime's version, or Docker.
   *
   * @default BytecodeMode.NONE
   */
  readonly bytecode?: BytecodeMode;

  /**
   * Remove folders named `tests` with modules, and `test` with test modules, inside packages. What other modules import from them stays,
   * and so do folders named `testing`.
   *
   * @default true
   */
  readonly testFolders?: boolean;

  /**
   * Remove `__pycache__` folders and compiled files that a package ships: they are stale under Lambda's fixed file dates.
   *
   * @default true
   */
  readonly caches?: boolean;

  /**
   * Remove type stubs: `*.pyi`, and of Node.js packages `*.d.ts` and `@types`. Those that a package reads at run time stay (lazy_loader's, and a
   * type checker's own; of Node.js packages all of them when TypeScript is among the packages).
   *
   * @default true
   */
  readonly typeStubs?: boolean;

  /**
   * Remove C, C++, Cython and Fortran sources, and Python modules that lie beside the native module compiled from them.
   *
   * @default true
   */
  readonly nativeSources?: boolean;

  /**
   * Remove C and C++ headers and static libraries, which serve compiling only.
   *
   * @default true
   */
  readonly headers?: boolean;

  /**
   * Cut symbol tables and debug information off the end of native files. The loader never reads them; only debuggers do.
   *
   * @default true
   */
  readonly nativeSymbols?: boolean;

  /**
   * Remove modules that only serve Python in a browser: folders named `emscripten` or `pyodide`.
   *
   * @default true
   */
  readonly browserModules?: boolean;

  /**
   * Remove each package's RECORD, the installer's list of what it wrote, and npm's `.package-lock.json`. With `false` a RECORD stays, without the
   * files that are not in the layer.
   *
   * @default true
   */
  readonly installerFiles?: boolean;

  /**
   * Remove a Node.js package's own README, change log and the like, unless a program of the package names the file. Licences stay.
   *
   * @default true
   */
  readonly documentation?: boolean;

  /**
   * Leave out the AWS SDK for Python that the runtime brings: boto3, botocore and all that only they need, or nothing of it when
   * another package of the layer pins a part of it.
   *
   * @default false
   */
  readonly awsSdk?: boolean;
}
