import type { IndexSpec } from '../resolve/index-spec';

/** Options of a package index. */
export interface PackageIndexOptions {
  /**
   * Names of the packages that this index is for, with `*` as wildcard, such as `acme-*`.
   * They are taken from this index only, and nothing else is: a public package of the same name is never looked at.
   *
   * @default - every package may come from this index
   */
  readonly only?: string[];
}

/** Options of an index with a URL. */
export interface UrlIndexOptions extends PackageIndexOptions {
  /**
   * Name of the environment variable that holds the user name.
   *
   * @default - no user name
   */
  readonly usernameEnv?: string;

  /**
   * Name of the environment variable that holds the password or token. It is read when something must be fetched, and never written anywhere.
   *
   * @default - no password
   */
  readonly passwordEnv?: string;
}

/** Options of a CodeArtifact index. */
export interface CodeArtifactIndexOptions extends PackageIndexOptions {
  /**
   * Account that owns the domain, twelve digits.
   *
   * @default - the account of the credentials in use
   */
  readonly domainOwner?: string;

  /**
   * Region of the domain.
   *
   * @default - the region of the AWS settings in use
   */
  readonly region?: string;
}

/**
 * A package index (a "simple" repository) to install from.
 *
 * Credentials are named, never given: no URL with a user name or password is accepted.
 */
export class PackageIndex {
  /**
   * An index at a URL.
   *
   * @param name short name for messages: letters, digits, `-`, `_` and `.`
   * @param url base URL of the "simple" repository, without credentials
   */
  public static url(name: string, url: string, options: UrlIndexOptions = {}): PackageIndex {
    return new PackageIndex({
      name,
      url,
      usernameEnv: options.usernameEnv,
      passwordEnv: options.passwordEnv,
      only: options.only ?? [],
    });
  }

  /**
   * A repository of AWS CodeArtifact. A token is asked for, through the AWS CLI, only when something must be fetched;
   * the environment variable `CODEARTIFACT_AUTH_TOKEN` is used instead when it is set.
   *
   * @see https://docs.aws.amazon.com/codeartifact/latest/ug/python-configure-pip.html
   */
  public static codeArtifact(domain: string, repository: string, options: CodeArtifactIndexOptions = {}): PackageIndex {
    return new PackageIndex({
      name: `${domain}-${repository}`,
      codeArtifact: { domain, repository, domainOwner: options.domainOwner, region: options.region },
      only: options.only ?? [],
    });
  }

  private constructor(private readonly spec: IndexSpec) {}

  /**
   * The index as plain data.
   *
   * @internal
   */
  public _render(): IndexSpec {
    return this.spec;
  }
}
