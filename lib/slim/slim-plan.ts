export type BytecodeModeName = 'none' | 'source-and-bytecode' | 'bytecode-only';

/** The switches of the slimming rules, all decided. */
export interface SlimPlan {
  readonly bytecode: BytecodeModeName;
  readonly testFolders: boolean;
  readonly caches: boolean;
  readonly typeStubs: boolean;
  readonly nativeSources: boolean;
  readonly headers: boolean;
  readonly nativeSymbols: boolean;
  readonly browserModules: boolean;
  readonly installerFiles: boolean;
  readonly documentation: boolean;
  readonly awsSdk: boolean;
}
