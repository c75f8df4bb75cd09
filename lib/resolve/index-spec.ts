/** A package index as plain data. It names environment variables, never their values. */
export interface IndexSpec {
  readonly name: string;
  /** Base URL; undefined for CodeArtifact, whose URL is asked for together with its token. */
  readonly url?: string;
  readonly usernameEnv?: string;
  readonly passwordEnv?: string;
  readonly codeArtifact?: CodeArtifactSpec;
  /** Patterns of package names with `*`; empty means every package. */
  readonly only: readonly string[];
}

export interface CodeArtifactSpec {
  readonly domain: string;
  readonly repository: string;
  readonly domainOwner?: string;
  readonly region?: string;
}
