/** What a machine that runs functions is called by Lambda. */
export type ArchitectureName = 'x86_64' | 'arm64';

/** A runtime and an architecture as plain data: everything that decides which bytes fit. */
export interface Target {
  /** Lambda's identifier, such as `python3.13`. */
  readonly runtime: string;
  /** The language version, such as `3.13`. */
  readonly pythonVersion: string;
  readonly architecture: ArchitectureName;
  /** The newest glibc symbol version that the runtime's Amazon Linux has. */
  readonly glibc: string;
  /** uv's name for the platform whose wheels fit. */
  readonly uvPlatform: string;
  /** The image that AWS SAM builds with for this runtime. */
  readonly buildImage: string;
  /** Folders of a layer that the runtime searches for modules, the first one wins. */
  readonly searchPaths: readonly string[];
}
