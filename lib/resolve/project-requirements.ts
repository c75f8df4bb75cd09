import * as path from 'node:path';

import { unknownChoiceFaults } from './lock-faults';
import { groupLines, readProject } from './pyproject';
import type { ProjectFile } from './pyproject';
import { parseRequirement, requirementName } from './requirement';
import type { Requirement } from './requirement';
import type { RequirementList } from './requirement-file';
import { tableOf } from './shape';
import type { Fault } from '../common/fault';
import { failOn } from '../common/fault';
import type { PythonContentSpec } from '../content/content-spec';
import { normalizeName } from '../content/package-name';

/** What a pyproject.toml without a lock asks for: its dependencies, and the chosen extras and groups. */
export function projectRequirements(file: string, spec: Pick<PythonContentSpec, 'extras' | 'groups'>): RequirementList {
  const project = readProject(file);
  failOn([
    ...unlockableFaults(project),
    ...unknownChoiceFaults('extra', spec.extras, project.extras.keys(), file),
    ...unknownChoiceFaults('group', spec.groups, project.groups.keys(), file),
  ]);
  const lines = [
    ...project.dependencies ?? [],
    ...spec.groups.flatMap((group) => groupLines(project, group)),
  ];
  // An extra may name others, as in `acme[fast,safe]`; a set that grows while it is walked takes each once.
  const extras = new Set(spec.extras.map(normalizeName));
  const requirements: Requirement[] = [];
  const faults: Fault[] = [];
  const take = (line: string): void => {
    const requirement = parseRequirement(line, path.dirname(file), file);
    if (requirement === undefined) {
      faults.push({ what: `${file} has a dependency that is no requirement`, got: line, allowed: 'a PEP 508 requirement', fix: 'mend it' });
    } else if (requirement.name === project.name) {
      faults.push(...unknownChoiceFaults('extra', requirement.extras, project.extras.keys(), file));
      requirement.extras.forEach((extra) => extras.add(extra));
    } else {
      requirements.push(requirement);
    }
  };
  lines.forEach(take);
  for (const extra of extras) {
    project.extras.get(extra)?.forEach(take);
  }
  failOn(faults);
  return { requirements, constraints: [], notes: [] };
}

/** What only the project's own tool can resolve. */
function unlockableFaults(project: ProjectFile): Fault[] {
  const poetry = tableOf(project.tools.poetry);
  if (project.dependencies === undefined || project.dynamicDependencies) {
    const tool = poetry.dependencies === undefined ? 'uv' : 'poetry';
    return [{
      what: `${project.path} does not state its dependencies in project.dependencies, and no lock is beside it`,
      got: tool === 'poetry' ? 'dependencies in tool.poetry' : project.dynamicDependencies ? 'dynamic dependencies' : 'no [project] table',
      allowed: 'a lock, or static project.dependencies',
      fix: `run ${tool} lock and commit ${tool}.lock`,
    }];
  }
  const sources = Object.keys(tableOf(tableOf(project.tools.uv).sources)).map(normalizeName);
  const names = new Set([...project.dependencies, ...[...project.extras.values()].flat()].map(requirementName));
  const redirected = sources.filter((name) => names.has(name));
  return redirected.length === 0 ? [] : [{
    what: `${project.path} takes dependencies from tool.uv.sources and has no uv.lock`,
    got: redirected.join(', '),
    allowed: 'tool.uv.sources together with uv.lock',
    fix: 'run uv lock and commit uv.lock',
  }];
}
