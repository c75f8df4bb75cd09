import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { PythonInstall } from './install-python';
import { groupByIndex, type IndexGroup } from './package-indexes';
import { renderRequirements } from '../resolve/requirement-lines';
import type { LockedPackage } from '../resolve/resolution';

/** Build backends that source builds may use, pinned with hashes; `npm run update:build-requirements` renews it. */
export const BUILD_REQUIREMENTS = path.join(__dirname, 'build-requirements.txt');

/** What one run of uv installs. */
export interface InstallRun {
  readonly group: IndexGroup<LockedPackage>;
  readonly args: readonly string[];
  /** Names that are built from source; empty for wheels. */
  readonly builds: readonly string[];
}

/** Wheels and source builds of each index in runs of their own. */
export async function stagePackages(folder: string, install: PythonInstall): Promise<InstallRun[]> {
  // A list that may lack a dependency is completed by uv, which then finds no hash for it and says which.
  const closed = install.resolution.closed || install.indexes.some((index) => index.only.length > 0);
  const excluded = await stageFile(folder, install, 'source-builds.txt', install.sourceBuilds.map((name) => `${name}\n`).join(''));
  const runs = groupByIndex(install.resolution.packages, install.indexes).flatMap((group): InstallRun[] => {
    const isBuilt = (one: LockedPackage): boolean => install.sourceBuilds.includes(one.name);
    const built = { ...group, packages: group.packages.filter(isBuilt) };
    const wheels = { ...group, packages: group.packages.filter((one) => !isBuilt(one)) };
    const builds = [...new Set(built.packages.map((one) => one.name))];
    return [
      { group: wheels, args: closed ? ['--no-deps'] : ['--excludes', excluded], builds: [] },
      { group: built, args: ['--no-deps', ...builds.flatMap((name) => ['--no-binary', name])], builds },
    ];
  });
  const needed = runs.filter((run) => run.group.packages.length > 0);
  return Promise.all(
    needed.map(async (run, number) => {
      const list = await stageFile(folder, install, `requirements-${number}.txt`, renderRequirements(run.group.packages));
      return { ...run, args: [...run.args, '--require-hashes', '-r', list] };
    }),
  );
}

/** The pinned build backends, and the name of the cache of what was built with them. */
export interface BuildTools {
  readonly args: readonly string[];
  readonly digest: string;
}

export async function stageBuildTools(folder: string, install: PythonInstall): Promise<BuildTools> {
  const files = [BUILD_REQUIREMENTS, ...(install.buildConstraints === undefined ? [] : [install.buildConstraints])];
  const contents = await Promise.all(files.map((file) => fs.readFile(file, 'utf8')));
  const staged = await Promise.all(contents.map((content, number) => stageFile(folder, install, `build-requirements-${number}.txt`, content)));
  return {
    args: [...staged.flatMap((file) => ['--build-constraints', file]), '--require-build-hashes', '--preview-features', 'build-dependency-hashes'],
    digest: createHash('sha256').update(contents.join('\0')).digest('hex').slice(0, 16),
  };
}

/** Copies local packages aside: build backends write into the folder that they build, which must not be the user's. */
export async function stageLocalPackages(folder: string, install: PythonInstall): Promise<InstallRun[]> {
  return Promise.all(
    install.resolution.localPackages.map(async (local, number) => {
      const name = `local-${number}`;
      const isSource = (file: string): boolean => !isLeftover(path.relative(local.directory, file));
      await fs.cp(local.directory, path.join(folder, name), { recursive: true, filter: isSource });
      const marker = local.marker === undefined ? '' : ` ; ${local.marker}`;
      const list = await stageFile(folder, install, `${name}.txt`, `./${install.folder}/${name}${marker}\n`);
      return { group: { packages: [] }, args: ['--no-deps', '--no-binary', local.name, '-r', list], builds: [local.name] };
    }),
  );
}

/** What tools left in a project's folder, which would only be copied for nothing, or be taken for a part of it. */
function isLeftover(file: string): boolean {
  const name = path.basename(file);
  const anywhere = ['.git', '.venv', 'venv', 'node_modules', '__pycache__', 'cdk.out'].includes(name) || name.endsWith('.egg-info');
  return anywhere || file === 'build' || file === 'dist';
}

/** Writes a file that uv reads, and returns its path as uv gets it. */
async function stageFile(folder: string, install: PythonInstall, name: string, content: string): Promise<string> {
  await fs.writeFile(path.join(folder, name), content);
  return `${install.folder}/${name}`;
}
