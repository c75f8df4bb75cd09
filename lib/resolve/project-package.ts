import * as fs from 'node:fs';
import * as path from 'node:path';

import type { Manifest } from './detect';
import { readProject } from './pyproject';
import type { LocalPackage } from './resolution';
import { FaultError } from '../common/fault';
import type { PythonContentSpec } from '../content/content-spec';

/** Adds the folder's own project where the content asks for it and the lock does not list it already, which only uv.lock and pylock.toml do. */
export function withProject(localPackages: readonly LocalPackage[], spec: PythonContentSpec, manifest: Manifest): readonly LocalPackage[] {
  if (spec.include !== 'project' || manifest.kind === 'inline' || localPackages.some(({ directory }) => directory === spec.directory)) {
    return localPackages;
  }
  const file = path.join(spec.directory, 'pyproject.toml');
  const name = fs.existsSync(file) ? readProject(file).name : undefined;
  if (name === undefined) {
    throw new FaultError({
      what: `${spec.directory} holds no project that could be built as a wheel`,
      got: fs.existsSync(file) ? 'a pyproject.toml without a name' : 'no pyproject.toml',
      allowed: 'PythonInclude.PROJECT for a folder whose pyproject.toml has a [project] with a name',
      fix: 'add one, or use PythonInclude.SOURCES to copy the modules',
    });
  }
  return [...localPackages, { name, directory: spec.directory }];
}
