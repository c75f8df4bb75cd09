import { requestCodeArtifactAccess } from './code-artifact';
import { FaultError, type Fault } from '../common/fault';
import type { IndexSpec } from '../resolve/index-spec';

/** What uv must be told to reach the indexes of one run. */
export interface IndexAccess {
  readonly args: readonly string[];
  /** Holds secrets: for the tool's environment alone. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  /** URLs that were asked for, by the index's name. */
  readonly urls: ReadonlyMap<string, string>;
}

/** Packages that are fetched in one run, from indexes that may have them. */
export interface IndexGroup<T> {
  readonly packages: readonly T[];
  /** Undefined for all packages that no index claims. */
  readonly onlyFrom?: IndexSpec;
}

/**
 * Splits packages by the indexes that claim their names, so that a run which fetches a claimed name never sees another index,
 * and a run which fetches the others never sees that index.
 */
export function groupByIndex<T extends { readonly name: string }>(packages: readonly T[], indexes: readonly IndexSpec[]): IndexGroup<T>[] {
  const claiming = indexes.filter((index) => index.only.length > 0);
  const claimedBy = new Map(packages.map((one) => [one, claiming.find((index) => claims(index, one.name))]));
  return [undefined, ...claiming]
    .map((onlyFrom) => ({ onlyFrom, packages: packages.filter((one) => claimedBy.get(one) === onlyFrom) }))
    .filter((group) => group.packages.length > 0);
}

/** Whether an index is the only one that a name may come from. */
export function claims(index: IndexSpec, name: string): boolean {
  return index.only.some((pattern) => {
    const expression = pattern
      .toLowerCase()
      .replace(/[-_.]+/g, '-')
      .split('*')
      .map((part) => part.replace(/[^a-z0-9-]/g, '\\$&'))
      .join('.*');
    return new RegExp(`^${expression}$`).test(name);
  });
}

/** Arguments that name the indexes of a group and no secret. Without access nothing can be fetched, but all that is cached is found. */
export function indexArguments(group: IndexGroup<unknown>, indexes: readonly IndexSpec[], urls: ReadonlyMap<string, string> = new Map()): string[] {
  const urlOf = (index: IndexSpec): string => index.url ?? urls.get(index.name) ?? `https://${uvName(index.name)}.invalid/simple`;
  if (group.onlyFrom !== undefined) {
    return ['--no-config', '--default-index', `${uvName(group.onlyFrom.name)}=${urlOf(group.onlyFrom)}`];
  }
  return indexes.filter((index) => index.only.length === 0).flatMap((index) => ['--index', `${uvName(index.name)}=${urlOf(index)}`]);
}

/** Keeps the machine's own indexes out of a run that must see one alone. */
export function groupEnvironment(group: IndexGroup<unknown>): Readonly<Record<string, string>> {
  return group.onlyFrom === undefined ? {} : { UV_INDEX: '', UV_EXTRA_INDEX_URL: '', UV_INDEX_URL: '', UV_FIND_LINKS: '' };
}

/** The same with the credentials, which are read, and for CodeArtifact asked for, only now. */
export async function requestAccess(group: IndexGroup<unknown>, indexes: readonly IndexSpec[]): Promise<IndexAccess> {
  const used = group.onlyFrom === undefined ? indexes.filter((index) => index.only.length === 0) : [group.onlyFrom];
  const urls = new Map<string, string>();
  const env: Record<string, string> = { ...groupEnvironment(group) };
  const faults: Fault[] = [];
  const secrets: string[] = [];
  for (const index of used) {
    const credentials =
      index.codeArtifact === undefined ? fromEnvironment(index, faults) : await requestCodeArtifactAccess(index.name, index.codeArtifact);
    if (credentials.url !== undefined) {
      urls.set(index.name, credentials.url);
    }
    const prefix = `UV_INDEX_${uvName(index.name)
      .toUpperCase()
      .replace(/[^A-Z0-9]/g, '_')}`;
    if (credentials.username !== undefined) {
      env[`${prefix}_USERNAME`] = credentials.username;
      // Some indexes take a token here.
      secrets.push(...(index.usernameEnv === undefined ? [] : [credentials.username]));
    }
    if (credentials.password !== undefined) {
      env[`${prefix}_PASSWORD`] = credentials.password;
      secrets.push(credentials.password);
    }
  }
  if (faults.length > 0) {
    throw new FaultError(...faults);
  }
  return { args: indexArguments(group, indexes, urls), env, secrets, urls };
}

/** What an index wants to be told who asks. */
export interface IndexCredentials {
  readonly url?: string;
  readonly username?: string;
  readonly password?: string;
}

function fromEnvironment(index: IndexSpec, faults: Fault[]): IndexCredentials {
  const read = (variable: string | undefined): string | undefined => {
    if (variable !== undefined && !process.env[variable]) {
      faults.push({
        what: `package index ${index.name} needs a credential that is not there`,
        got: `environment variable ${variable} is empty`,
        allowed: 'the credential that the index takes',
        fix: `set ${variable} where the app is synthesised; a full cache needs none`,
      });
    }
    return variable === undefined ? undefined : process.env[variable];
  };
  const password = read(index.passwordEnv);
  return { username: read(index.usernameEnv) ?? (password === undefined ? undefined : '__token__'), password };
}

function uvName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, '-');
}
