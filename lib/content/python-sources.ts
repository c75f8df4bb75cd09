import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FilesContentSpec } from './content-spec';
import { GitIgnore } from './git-ignore';

/** Modules that belong to a project's upkeep, not to what it offers. */
const UPKEEP = new Set(['tests', 'test', 'docs', 'examples', 'scripts', 'setup.py', 'conftest.py', 'noxfile.py', 'tasks.py', 'app.py']);

/** Top-level modules and packages of a project's folder, in `src` where there is one. Absolute paths, sorted. */
export function importableModules(directory: string): string[] {
  const source = path.join(directory, 'src');
  const inSource = fs.statSync(source, { throwIfNoEntry: false })?.isDirectory() ? modulesOf(source) : [];
  return inSource.length > 0 ? inSource : modulesOf(directory);
}

/** A project's modules as content that is copied. */
export function sourceContents(directory: string): FilesContentSpec[] {
  return importableModules(directory).map((file) => ({
    kind: 'files',
    path: file,
    destination: fs.statSync(file).isDirectory() ? path.basename(file) : '',
    exclude: [],
  }));
}

function modulesOf(folder: string): string[] {
  const git = GitIgnore.of(folder);
  return fs.readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !UPKEEP.has(entry.name) && !entry.name.startsWith('.') && !git.ignores(entry.name, entry.isDirectory()))
    .filter((entry) => (entry.isDirectory() ? fs.existsSync(path.join(folder, entry.name, '__init__.py')) : entry.name.endsWith('.py')))
    .map((entry) => path.join(folder, entry.name))
    .sort();
}
