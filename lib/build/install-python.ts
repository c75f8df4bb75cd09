import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { explainUvFailure } from './explain-uv';
import { groupByIndex, groupEnvironment, indexArguments, requestAccess, type IndexGroup } from './package-indexes';
import { parseWheelTags, wheelFit } from './wheel-tags';
import type { Workbench } from './workbench';
import { failOn, type Fault } from '../common/fault';
import type { IndexSpec } from '../resolve/index-spec';
import { renderRequirements } from '../resolve/requirement-lines';
import type { LockedPackage, PythonResolution } from '../resolve/resolution';
import type { Target } from '../target/target';

/** Build backends that source builds may use, pinned with hashes; `npm run update:build-requirements` renews it. */
export const BUILD_REQUIREMENTS = path.join(__dirname, 'build-requirements.txt');

export interface PythonInstall {
  readonly resolution: PythonResolution;
  readonly target: Target;
  readonly sourceBuilds: readonly string[];
  readonly buildConstraints?: string;
  readonly indexes: readonly IndexSpec[];
  /** Folder below the work folder, relative, POSIX: holds what the tools read and, in `site`, what they install. */
  readonly folder: string;
}

/** What was installed and cannot be used as it is, since it was compiled for the system that built it. */
export interface InstalledPython {
  /** Absolute folder of the installed packages. */
  readonly site: string;
  readonly localNative: readonly string[];
}

/** Installs a resolution into `<folder>/site`, wheels only but for the named source builds and local packages, hashes enforced. */
export async function installPython(bench: Workbench, workFolder: string, install: PythonInstall): Promise<InstalledPython> {
  const folder = path.join(workFolder, install.folder);
  const site = path.join(folder, 'site');
  await fs.rm(site, { recursive: true, force: true });
  await fs.mkdir(site, { recursive: true });
  const constraints = await stageBuildConstraints(folder, install);

  const groups = groupByIndex(install.resolution.packages, install.indexes);
  const lists = await Promise.all(groups.map((group, number) => stageRequirements(folder, install, group, number)));
  const locals = await stageLocalPackages(folder, install);
  await bench.provide(install.folder);

  for (const [number, group] of groups.entries()) {
    await installGroup(bench, install, group, lists[number], constraints);
  }
  for (const local of locals) {
    await runUv(bench, install, { packages: [] }, [
      ...commonArguments(install, constraints),
      '--no-deps',
      '--no-binary',
      local.name,
      ...local.argument,
    ]);
  }
  await bench.collect(install.folder);
  return { site, localNative: await checkWheels(site, install) };
}

async function stageRequirements(folder: string, install: PythonInstall, group: IndexGroup<LockedPackage>, number: number): Promise<string> {
  const file = `requirements-${number}.txt`;
  await fs.writeFile(path.join(folder, file), renderRequirements(group.packages));
  return `${install.folder}/${file}`;
}

async function installGroup(
  bench: Workbench,
  install: PythonInstall,
  group: IndexGroup<LockedPackage>,
  list: string,
  constraints: readonly string[],
): Promise<void> {
  // A list that may lack a dependency is completed by uv, which then finds no hash for it and says which.
  const closed = install.resolution.closed || group.onlyFrom !== undefined || install.indexes.some((index) => index.only.length > 0);
  const named = group.packages.filter((one) => install.sourceBuilds.includes(one.name)).map((one) => one.name);
  await runUv(bench, install, group, [
    ...commonArguments(install, constraints),
    '--require-hashes',
    ...(closed ? ['--no-deps'] : []),
    ...[...new Set(named)].flatMap((name) => ['--no-binary', name]),
    '-r',
    list,
  ]);
}

function commonArguments(install: PythonInstall, constraints: readonly string[]): string[] {
  const { target } = install;
  return [
    'pip',
    'install',
    '--target',
    `${install.folder}/site`,
    '--python-platform',
    target.uvPlatform,
    '--python-version',
    target.pythonVersion,
    '--only-binary',
    ':all:',
    '--no-installer-metadata',
    '--no-compile-bytecode',
    '--no-progress',
    '--color',
    'never',
    ...constraints.flatMap((file) => ['--build-constraints', `${install.folder}/${file}`]),
    '--require-build-hashes',
    '--preview-features',
    'build-dependency-hashes',
  ];
}

/** What is cached is found without asking an index again; only what must be fetched needs the network and credentials. */
async function runUv(bench: Workbench, install: PythonInstall, group: IndexGroup<LockedPackage>, args: readonly string[]): Promise<void> {
  const offline = await bench.uv([...args, '--offline', ...indexArguments(group, install.indexes)], groupEnvironment(group));
  if (offline.code === 0) {
    return;
  }
  const access = await requestAccess(group, install.indexes);
  const online = await bench.uv([...args, ...access.args], access.env);
  if (online.code !== 0) {
    failOn([explainUvFailure(online, install, access)]);
  }
}

async function stageBuildConstraints(folder: string, install: PythonInstall): Promise<string[]> {
  const files = [BUILD_REQUIREMENTS, ...(install.buildConstraints === undefined ? [] : [install.buildConstraints])];
  return Promise.all(
    files.map(async (file, number) => {
      const name = `build-requirements-${number}.txt`;
      await fs.copyFile(file, path.join(folder, name));
      return name;
    }),
  );
}

/** Copies local packages aside: build backends write into the folder that they build, which must not be the user's. */
async function stageLocalPackages(folder: string, install: PythonInstall): Promise<{ name: string; argument: string[] }[]> {
  return Promise.all(
    install.resolution.localPackages.map(async (local, number) => {
      const name = `local-${number}`;
      await fs.cp(local.directory, path.join(folder, name), { recursive: true, filter: (source) => !isBuildLeftover(path.basename(source)) });
      const requirement = `./${install.folder}/${name}`;
      if (local.marker === undefined) {
        return { name: local.name, argument: [requirement] };
      }
      const file = `${name}.txt`;
      await fs.writeFile(path.join(folder, file), `${requirement} ; ${local.marker}\n`);
      return { name: local.name, argument: ['-r', `${install.folder}/${file}`] };
    }),
  );
}

function isBuildLeftover(name: string): boolean {
  return ['.git', '.venv', 'venv', 'node_modules', '__pycache__', 'cdk.out', 'build', 'dist'].includes(name) || name.endsWith('.egg-info');
}

/** Fails for wheels of another interpreter, system or machine; returns the names of those compiled for the building system. */
async function checkWheels(site: string, install: PythonInstall): Promise<string[]> {
  const faults: Fault[] = [];
  const localNative: string[] = [];
  for (const entry of await fs.readdir(site)) {
    if (!entry.endsWith('.dist-info')) {
      continue;
    }
    const tags = parseWheelTags(await fs.readFile(path.join(site, entry, 'WHEEL'), 'utf8').catch(() => ''));
    const fit = wheelFit(tags, install.target);
    const name = entry.replace(/-[^-]*\.dist-info$/, '');
    if (fit === 'local-native') {
      localNative.push(name);
    } else if (fit === 'foreign') {
      faults.push({
        what: `the wheel of ${entry.replace(/\.dist-info$/, '').replace('-', ' ')} does not fit the runtime`,
        got: tags.length === 0 ? 'no tag' : tags.join(', '),
        allowed: `${install.target.runtime} on ${install.target.architecture}, glibc ${install.target.glibc}`,
        fix: 'choose a version with a fitting wheel, or another runtime or architecture',
      });
    }
  }
  failOn(faults);
  return localNative;
}
