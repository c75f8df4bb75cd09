import * as path from 'node:path';

import { markerOf } from './condition';
import type { Condition, ConditionReader } from './condition';
import type { Edge } from './graph';
import { malformedLock, markerFault, noHashFault, versionControlFault } from './lock-faults';
import { artifactsOf, fileUrl } from './locked-package';
import type { ArtifactLine, LockReading } from './locked-package';
import type { ProjectFile } from './pyproject';
import { requirementName } from './requirement';
import type { LocalPackage, LockedPackage } from './resolution';
import { listOf, tableOf, tablesOf, textOf, textsOf } from './shape';
import type { Table } from './shape';
import type { UvLockText } from './uv-lock-text';
import type { Fault } from '../common/fault';
import { failOn, FaultError } from '../common/fault';
import { normalizeName } from '../content/package-name';

/** Where the walk starts: the package of a project, or the members of a workspace whose root is none. */
export interface UvRoots {
  readonly packages: readonly number[];
  /** The package of the folder itself. */
  readonly project?: number;
  /** Groups of a workspace root that is no package. */
  readonly workspaceGroups: Table;
}

/** The packages of a uv.lock and the edges between them. A node is the number of a package, with `[extra]` for one of its extras. */
export class UvLockDocument {
  private readonly directory: string;
  private readonly packages: readonly Table[];
  private readonly byName = new Map<string, number[]>();
  private readonly members: readonly string[];
  private readonly rootGroups: Table;

  constructor(private readonly text: UvLockText, private readonly lockPath: string) {
    const { document } = text;
    this.directory = path.dirname(lockPath);
    this.packages = tablesOf(document.package);
    const manifest = tableOf(document.manifest);
    this.members = textsOf(manifest.members);
    this.rootGroups = tableOf(manifest['dependency-groups']);
    this.packages.forEach((_, index) => {
      const name = this.nameOf(index);
      this.byName.set(name, [...this.byName.get(name) ?? [], index]);
    });
  }

  public rootsOf(directory: string): UvRoots {
    const own = this.packages.findIndex((entry) => this.localDirectory(entry) === directory);
    if (own >= 0) {
      return { packages: [own], project: own, workspaceGroups: {} };
    }
    if (directory === this.directory && (this.members.length > 0 || Object.keys(this.rootGroups).length > 0)) {
      return { packages: this.members.flatMap((member) => this.byName.get(normalizeName(member)) ?? []), workspaceGroups: this.rootGroups };
    }
    throw new FaultError({
      what: `${this.lockPath} does not know the project in ${directory}`,
      got: `projects in ${this.packages.flatMap((entry) => this.localDirectory(entry) ?? []).join(', ') || 'no folder'}`,
      allowed: 'the folder of a project or of a workspace member of the lock',
      fix: 'run uv lock there',
    });
  }

  public nameOf(index: number): string {
    return normalizeName(textOf(this.at(index).name) ?? '');
  }

  public extrasOf({ packages }: UvRoots): string[] {
    return packages.map((index) => this.at(index))
      .flatMap((entry) => [...Object.keys(tableOf(entry['optional-dependencies'])), ...textsOf(tableOf(entry.metadata)['provides-extras'])]);
  }

  public groupsOf({ packages, workspaceGroups }: UvRoots): string[] {
    return [...Object.keys(workspaceGroups), ...packages.map((index) => this.at(index))
      .flatMap((entry) => [...Object.keys(tableOf(entry['dev-dependencies'])), ...Object.keys(tableOf(tableOf(entry.metadata)['requires-dev']))])];
  }

  /** What pyproject.toml asks for and the lock has never heard of. Only names are compared: spellings of ranges are many. */
  public staleFaults(root: number, project: ProjectFile): Fault[] {
    const metadata = this.at(root).metadata;
    if (this.nameOf(root) !== project.name || metadata === undefined) {
      return [];
    }
    const known = new Set(listOf(tableOf(metadata)['requires-dist']).map((entry) => normalizeName(textOf(tableOf(entry).name) ?? '')));
    const missing = (project.dependencies ?? []).map(requirementName).filter((name) => name !== undefined && !known.has(name));
    return missing.length === 0 ? [] : [{
      what: `${this.lockPath} is older than ${project.path}`,
      got: `dependencies that the lock does not know: ${missing.join(', ')}`,
      allowed: 'a lock of the dependencies as they are now',
      fix: 'run uv lock and commit the result',
    }];
  }

  public rootEdges({ packages, workspaceGroups }: UvRoots, extras: readonly string[], groups: readonly string[], reader: ConditionReader): Edge[] {
    const own = packages.map((index) => this.at(index)).flatMap((entry) => [
      entry.dependencies,
      ...extras.map((extra) => named(tableOf(entry['optional-dependencies']), extra)),
      ...groups.map((group) => named(tableOf(entry['dev-dependencies']), group)),
    ]);
    return [...own, ...groups.map((group) => named(workspaceGroups, group))].flatMap((dependencies) => this.edges(dependencies, reader));
  }

  public edgesFrom(node: string, reader: ConditionReader): Edge[] {
    const entry = this.at(this.packageOf(node));
    const extra = /\[(.*)\]$/.exec(node)?.[1];
    return this.edges(extra === undefined ? entry.dependencies : named(tableOf(entry['optional-dependencies']), extra), reader);
  }

  public packageOf(node: string): number {
    return parseInt(node, 10);
  }

  public take(wanted: ReadonlyMap<number, Condition>, project: number | undefined): LockReading {
    const packages: LockedPackage[] = [];
    const localPackages: LocalPackage[] = [];
    const faults: Fault[] = [];
    for (const [index, condition] of wanted) {
      const entry = this.at(index);
      const source = tableOf(entry.source);
      const name = this.nameOf(index);
      const marker = markerOf(condition);
      if (source.virtual !== undefined) {
        // Not installed itself, says uv; only what it depends on.
        faults.push(...index === project ? [this.virtualProjectFault(name)] : []);
      } else if (source.git !== undefined) {
        faults.push(versionControlFault(name, this.lockPath));
      } else if (source.directory !== undefined || source.editable !== undefined) {
        localPackages.push({ name, directory: this.localDirectory(entry) ?? '', ...marker === undefined ? {} : { marker } });
      } else {
        const locked = this.lockedPackage(entry, source, name, marker);
        faults.push(...locked.hashes.length === 0 ? [noHashFault(name, this.lockPath, 'uv lock')] : []);
        packages.push(locked);
      }
    }
    failOn(faults);
    return { packages, localPackages };
  }

  /** A dependency leads to its package and to each extra of it that it names. */
  private edges(dependencies: unknown, reader: ConditionReader): Edge[] {
    return tablesOf(dependencies).flatMap((dependency) => {
      const marker = textOf(dependency.marker);
      const condition = reader.read(marker);
      if (condition === undefined) {
        throw markerFault(marker ?? '', this.lockPath);
      }
      if (condition.length === 0) {
        return [];
      }
      const index = this.find(dependency);
      const extras = textsOf(dependency.extra).map((extra) => `[${normalizeName(extra)}]`);
      return ['', ...extras].map((suffix) => ({ to: `${index}${suffix}`, condition }));
    });
  }

  private lockedPackage(entry: Table, source: Table, name: string, marker: string | undefined): LockedPackage {
    const lines: ArtifactLine[] = [...this.text.wheelsOf(entry), tableOf(entry.sdist)].map((artifact) => ({
      location: textOf(artifact.url) ?? textOf(artifact.path) ?? textOf(artifact.filename) ?? textOf(source.url) ?? textOf(source.path) ?? '',
      hash: textOf(artifact.hash),
    }));
    const file = textOf(source.path);
    const subdirectory = textOf(source.subdirectory);
    const url = file === undefined ? textOf(source.url) : fileUrl(this.directory, file);
    return {
      name,
      ...url === undefined
        ? { version: textOf(entry.version) }
        : { url: subdirectory === undefined ? url : `${url}#subdirectory=${subdirectory}` },
      extras: [],
      ...marker === undefined ? {} : { marker },
      ...artifactsOf(lines),
    };
  }

  /** Lines of a dependency name version and source only where the name alone is not enough. */
  private find(dependency: Table): number {
    const name = normalizeName(textOf(dependency.name) ?? '');
    const version = textOf(dependency.version);
    const source = dependency.source === undefined ? undefined : JSON.stringify(dependency.source);
    const found = (this.byName.get(name) ?? []).filter((index) => {
      const entry = this.at(index);
      return (version === undefined || entry.version === version) && (source === undefined || JSON.stringify(entry.source) === source);
    });
    const [index] = found;
    if (index === undefined || found.length > 1) {
      throw malformedLock(this.lockPath, `${found.length} packages for the dependency '${name}' ${version ?? ''}`.trimEnd(), 'uv lock');
    }
    return index;
  }

  private localDirectory(entry: Table): string | undefined {
    const source = tableOf(entry.source);
    const directory = textOf(source.virtual) ?? textOf(source.editable) ?? textOf(source.directory);
    return directory === undefined ? undefined : path.resolve(this.directory, directory);
  }

  private virtualProjectFault(name: string): Fault {
    return {
      what: `the project '${name}' cannot be built as a wheel`,
      got: `${this.lockPath} calls it virtual: its pyproject.toml has no [build-system], or sets tool.uv.package to false`,
      allowed: 'PythonInclude.PROJECT for a project with a build system',
      fix: 'add a [build-system] and run uv lock, or use PythonInclude.SOURCES to copy its modules',
    };
  }

  private at(index: number): Table {
    return this.packages[index] ?? {};
  }
}

/** The value of a table under any spelling of a name. */
function named(table: Table, name: string): unknown {
  return table[name] ?? Object.entries(table).find(([key]) => normalizeName(key) === name)?.[1];
}
