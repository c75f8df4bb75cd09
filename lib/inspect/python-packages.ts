import * as fs from 'node:fs/promises';
import type { TreeFacts } from './inspect-tree';
import type { ManifestPackage } from './manifest';
import type { OptEntry } from './opt-tree';
import { findArtifact, type Artifact } from './python-artifact';
import { parsePythonMetadata } from './python-metadata';
import { normalizeName } from '../content/package-name';
import { compareText } from '../resolve/names';
import type { LockedPackage } from '../resolve/resolution';

export { readRecordOwners } from './record-owners';

/** What is known of a tree's packages from building it. */
export interface PackageSources {
  /** Packages of all resolutions that went in. */
  readonly locked: readonly LockedPackage[];
  /** Name of the dist-info folder by path in the layer, from `readRecordOwners`. */
  readonly owners: ReadonlyMap<string, string>;
  /** Normalised names of the packages that were built from source. */
  readonly sourceBuilt: ReadonlySet<string>;
}

/** A package as one of the folders that Python searches has it. */
interface Installed {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  /** Name of its dist-info folder. */
  readonly distInfo: string;
  readonly artifact: Artifact;
  readonly sourceBuild: boolean;
}

/** What the files that belong to a dist-info folder add up to. */
interface OwnedFiles {
  readonly bytes: number;
  readonly native: boolean;
}

/** A path below a dist-info folder that lies directly in a folder which Python searches. */
const IN_DIST_INFO = /^(?<folder>python(?:\/lib\/python\d+\.\d+\/site-packages)?\/(?<distInfo>[^/]+\.dist-info))\/(?<file>.+)$/;

/** The Python packages of a tree, sorted by name. One that lies in the folders of several language versions is one package. */
export async function readPythonPackages(entries: readonly OptEntry[], facts: TreeFacts, sources: PackageSources): Promise<ManifestPackage[]> {
  const files = new Map(entries.flatMap((entry) => entry.kind === 'file' ? [[entry.path, entry.source] as const] : []));
  const folders = [...files.keys()].sort(compareText).map((path) => IN_DIST_INFO.exec(path)?.groups).filter((groups) => groups?.file === 'METADATA');
  const installed = await Promise.all(folders.map((groups) => readInstalled(groups!.folder, groups!.distInfo, files, sources)));

  const copies = new Map<string, Installed[]>();
  for (const one of installed) {
    const key = `${normalizeName(one.name)} ${one.version}`;
    copies.set(key, [...copies.get(key) ?? [], one]);
  }
  const owned = ownedFiles(facts, sources.owners);
  return [...copies].sort(([a], [b]) => compareText(a, b)).map(([, same]) => merge(same, owned));
}

async function readInstalled(folder: string, distInfo: string, files: ReadonlyMap<string, string>, sources: PackageSources): Promise<Installed> {
  const text = async (name: string): Promise<string> => {
    const source = files.get(`${folder}/${name}`);
    return source === undefined ? '' : fs.readFile(source, 'utf8');
  };
  const [, fileName, fileVersion] = /^([^-]+)-(.+)\.dist-info$/.exec(distInfo) ?? [];
  const { name = fileName ?? distInfo, version = fileVersion ?? '', license } = parsePythonMetadata(await text('METADATA'));
  const sourceBuild = sources.sourceBuilt.has(normalizeName(name));
  const locked = findLocked(sources.locked, name, version);
  return { name, version, license, distInfo, sourceBuild, artifact: findArtifact(distInfo, await text('WHEEL'), locked, sourceBuild) };
}

/** Versions are spelled alike in lock and metadata but for rare zeros; then the name must be enough. */
function findLocked(packages: readonly LockedPackage[], name: string, version: string): LockedPackage | undefined {
  const named = packages.filter((one) => one.name === normalizeName(name));
  return named.find((one) => one.version === version) ?? (named.length === 1 ? named[0] : named.find((one) => one.version === undefined));
}

function ownedFiles(facts: TreeFacts, owners: ReadonlyMap<string, string>): Map<string, OwnedFiles> {
  const native = new Set(facts.nativeFiles.map(({ path }) => path));
  const owned = new Map<string, OwnedFiles>();
  for (const { path, bytes } of facts.files) {
    const owner = owners.get(path) ?? IN_DIST_INFO.exec(path)?.groups?.distInfo;
    if (owner !== undefined) {
      const before = owned.get(owner) ?? { bytes: 0, native: false };
      owned.set(owner, { bytes: before.bytes + bytes, native: before.native || native.has(path) });
    }
  }
  return owned;
}

function merge(copies: readonly Installed[], owned: ReadonlyMap<string, OwnedFiles>): ManifestPackage {
  const [{ name, version, license, sourceBuild }] = copies;
  const files = distinct(copies.map(({ distInfo }) => distInfo)).flatMap((distInfo) => owned.get(distInfo) ?? []);
  const artifacts = distinct(copies.flatMap(({ artifact }) => artifact.file ?? []));
  const digests = distinct(copies.flatMap(({ artifact }) => artifact.sha256));
  return {
    name,
    version,
    ...(license === undefined ? {} : { license }),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(artifacts.length === 0 ? {} : { artifact: artifacts.join(', ') }),
    ...(digests.length === 0 ? {} : { sha256: digests }),
    hasNativeCode: files.some(({ native }) => native),
    sourceBuild,
  };
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compareText);
}
