import * as fs from 'node:fs';
import * as path from 'node:path';

import { parseToml, readText } from './read-text';
import { isTable, listOf, tableOf, textOf, textsOf } from './shape';
import type { Table } from './shape';
import { FaultError } from '../common/fault';
import { normalizeName } from '../content/package-name';

/** What of a pyproject.toml decides which packages are wanted. */
export interface ProjectFile {
  readonly path: string;
  /** Normalised; undefined when the file names no project. */
  readonly name?: string;
  /** Requirement lines of the project; undefined when the file states none. */
  readonly dependencies?: readonly string[];
  /** Whether the dependencies are computed by a build backend. */
  readonly dynamicDependencies: boolean;
  /** Requirement lines by normalised extra. */
  readonly extras: ReadonlyMap<string, readonly string[]>;
  /** Entries by normalised group, includes still inside. */
  readonly groups: ReadonlyMap<string, readonly unknown[]>;
  /** The `[tool.…]` tables. */
  readonly tools: Table;
}

export function readProject(file: string): ProjectFile {
  const document = parseToml(readText(file), file);
  const project = tableOf(document.project);
  const tools = tableOf(document.tool);
  const name = textOf(project.name) ?? textOf(tableOf(tools.poetry).name);
  return {
    path: file,
    name: name === undefined ? undefined : normalizeName(name),
    dependencies: isTable(document.project) ? textsOf(project.dependencies) : undefined,
    dynamicDependencies: textsOf(project.dynamic).includes('dependencies'),
    extras: new Map(Object.entries(tableOf(project['optional-dependencies'])).map(([extra, lines]) => [normalizeName(extra), textsOf(lines)])),
    groups: new Map(Object.entries(tableOf(document['dependency-groups'])).map(([group, lines]) => [normalizeName(group), listOf(lines)])),
    tools,
  };
}

/** Requirement lines of a group, with those of the groups that it includes (PEP 735). */
export function groupLines(project: ProjectFile, group: string, trail: readonly string[] = []): string[] {
  const name = normalizeName(group);
  const entries = project.groups.get(name);
  if (entries === undefined || trail.includes(name)) {
    throw new FaultError({
      what: `the dependency group '${group}' of ${project.path} cannot be read`,
      got: entries === undefined ? 'there is no such group' : `it includes itself: ${[...trail, name].join(' > ')}`,
      allowed: 'groups that include other groups without a circle',
      fix: 'mend the include-group entries',
    });
  }
  return entries.flatMap((entry) => {
    const included = textOf(tableOf(entry)['include-group']);
    return typeof entry === 'string' ? [entry] : included === undefined ? [] : groupLines(project, included, [...trail, name]);
  });
}

/** Name of the project in a folder, as its pyproject.toml states it, else as the folder is called. */
export function projectNameOf(directory: string): string {
  const file = path.join(directory, 'pyproject.toml');
  const stated = fs.existsSync(file) ? readProject(file).name : undefined;
  return stated ?? normalizeName(path.basename(directory));
}
