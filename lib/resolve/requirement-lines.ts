import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

import { sortLocalPackages, sortPackages } from './locked-package';
import type { LockedPackage, PythonResolution } from './resolution';

/** A requirements.txt with hashes, as uv reads it. */
export function renderRequirements(packages: readonly LockedPackage[]): string {
  return sortPackages(packages).map((locked) => {
    const parts = [requirementOf(locked, locked.url), ...[...locked.hashes].sort().map((hash) => `    --hash=${hash}`)];
    return `${parts.join(' \\\n')}\n`;
  }).join('');
}

/**
 * Text that is the same for the same packages, whichever file said so and wherever the project lies.
 *
 * @param directory the content's folder, from which the paths in the text start
 */
export function resolutionKey(resolution: PythonResolution, directory: string): string {
  const packages = sortPackages(resolution.packages)
    .map((locked) => [requirementOf(locked, portableUrl(locked.url, directory)), [...locked.hashes].sort()]);
  const localPackages = sortLocalPackages(resolution.localPackages)
    .map((local) => [local.name, relativePosix(directory, local.directory), local.marker ?? '']);
  return JSON.stringify({ closed: resolution.closed, packages, localPackages });
}

function requirementOf({ name, version, extras, marker }: LockedPackage, url: string | undefined): string {
  const bracket = extras.length === 0 ? '' : `[${[...extras].sort().join(',')}]`;
  const what = url === undefined ? `${name}${bracket}==${version ?? ''}` : `${name}${bracket} @ ${url}`;
  return marker === undefined ? what : `${what} ; ${marker}`;
}

function portableUrl(url: string | undefined, directory: string): string | undefined {
  return url?.startsWith('file:') === true ? `file:${relativePosix(directory, fileURLToPath(url))}` : url;
}

function relativePosix(from: string, to: string): string {
  return path.relative(from, to).split(path.sep).join('/');
}
