import * as fs from 'node:fs';
import * as path from 'node:path';

import { readProject } from './pyproject';
import { readText, unreadable } from './read-text';
import { isTable, tableOf } from './shape';
import { FaultError } from '../common/fault';
import type { PythonContentSpec } from '../content/content-spec';

/** The most exact statement comes first. */
const MANIFESTS = ['uv.lock', 'pylock.toml', 'poetry.lock', 'Pipfile.lock', 'requirements.txt', 'pyproject.toml'] as const;

/** They mean something beside the project that they lock only. */
const NEED_PROJECT: readonly string[] = ['uv.lock', 'poetry.lock'];

/** The file that says what goes into a layer. */
export interface Manifest {
  readonly kind: typeof MANIFESTS[number] | 'inline';
  /** Absolute; of no meaning for an inline list. */
  readonly path: string;
  readonly notes: readonly string[];
}

/** Finds the most exact lock of a folder, or fails with what was there. */
export function detectManifest(spec: PythonContentSpec): Manifest {
  if (spec.requirements !== undefined) {
    return { kind: 'inline', path: spec.directory, notes: [] };
  }
  const files = listFolder(spec.directory);
  const hasProject = files.includes('pyproject.toml');
  const present = MANIFESTS.filter((name) => files.includes(name));
  const usable = present.filter((name) => hasProject || !NEED_PROJECT.includes(name));
  const workspaceLock = hasProject && !present.includes('uv.lock') ? findWorkspaceLock(spec.directory) : undefined;
  if (workspaceLock !== undefined) {
    return { kind: 'uv.lock', path: workspaceLock, notes: choiceNotes('uv.lock of the workspace', usable, spec.directory) };
  }
  const [kind] = usable;
  if (kind === undefined) {
    throw noManifest(spec.directory, files, present);
  }
  return { kind, path: path.join(spec.directory, kind), notes: choiceNotes(kind, usable.slice(1), spec.directory) };
}

function listFolder(directory: string): string[] {
  try {
    return fs.readdirSync(directory).sort();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const isFile = fs.existsSync(directory);
      throw new FaultError({
        what: isFile ? 'the Python content is a file, not a folder' : 'the folder of the Python content does not exist',
        got: directory,
        allowed: 'a folder with a lock or a requirements.txt',
        fix: isFile ? `give its folder: ${path.dirname(directory)}` : 'correct the path; a relative one starts from the working directory',
      });
    }
    throw unreadable(directory, error);
  }
}

/** pyproject.toml belongs to uv.lock and poetry.lock, so that it is no competitor of any lock. */
function choiceNotes(winner: string, others: readonly string[], directory: string): string[] {
  const left = others.filter((name) => name !== 'pyproject.toml');
  return left.length === 0 ? [] : [`${winner} is used for ${directory}; left aside: ${left.join(', ')}`];
}

/** A member of a workspace has its lock at the root of the workspace. */
function findWorkspaceLock(directory: string): string | undefined {
  for (let parent = path.dirname(directory); ; parent = path.dirname(parent)) {
    const lock = path.join(parent, 'uv.lock');
    const project = path.join(parent, 'pyproject.toml');
    if (fs.existsSync(lock) && fs.existsSync(project)) {
      const member = path.relative(parent, directory).split(path.sep).join('/');
      const isWorkspace = isTable(tableOf(readProject(project).tools.uv).workspace);
      return isWorkspace && readText(lock).includes(` = "${member}" }`) ? lock : undefined;
    }
    if (parent === path.dirname(parent)) {
      return undefined;
    }
  }
}

function noManifest(directory: string, files: readonly string[], present: readonly string[]): FaultError {
  const [orphan] = present;
  const more = files.length > 10 ? ` and ${files.length - 10} more` : '';
  const fix = orphan !== undefined
    ? `put the pyproject.toml that ${orphan} belongs to beside it`
    : files.includes('Pipfile')
      ? 'run pipenv lock and commit Pipfile.lock'
      : 'add a requirements.txt, or give the folder that holds one';
  return new FaultError({
    what: `no lock and no requirements in ${directory}`,
    got: files.length === 0 ? 'an empty folder' : `${files.slice(0, 10).join(', ')}${more}`,
    allowed: MANIFESTS.map((name) => NEED_PROJECT.includes(name) ? `${name} with pyproject.toml` : name).join(', '),
    fix,
  });
}
