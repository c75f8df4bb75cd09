import type { ProjectFile } from './pyproject';
import { tableOf } from './shape';
import type { Table } from './shape';
import { normalizeName } from '../content/package-name';

/** Names of the groups that a project defines for Poetry, in any of the three ways. */
export function poetryGroups(project: ProjectFile): string[] {
  const poetry = tableOf(project.tools.poetry);
  return [
    ...Object.keys(tableOf(poetry.group)).map(normalizeName),
    ...poetry['dev-dependencies'] === undefined ? [] : ['dev'],
    ...project.groups.keys(),
  ];
}

/** Dependencies of a group as `[tool.poetry…]` states them; `main` are the project's own. */
export function poetryDependencies(project: ProjectFile, group: string): Table {
  const poetry = tableOf(project.tools.poetry);
  if (group === 'main') {
    return tableOf(poetry.dependencies);
  }
  const [, table] = Object.entries(tableOf(poetry.group)).find(([name]) => normalizeName(name) === group) ?? [];
  return { ...group === 'dev' ? tableOf(poetry['dev-dependencies']) : {}, ...tableOf(tableOf(table).dependencies) };
}
