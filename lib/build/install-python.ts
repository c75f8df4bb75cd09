import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { explainUvFailure } from './explain-uv';
import { groupEnvironment, indexArguments, requestAccess } from './package-indexes';
import { stageBuildTools, stageLocalPackages, stagePackages, type BuildTools, type InstallRun } from './stage-install';
import { parseWheelTags, wheelFit } from './wheel-tags';
import type { Workbench } from './workbench';
import { failOn, FaultError, type Fault } from '../common/fault';
import { normalizeName } from '../content/package-name';
import type { IndexSpec } from '../resolve/index-spec';
import type { PythonResolution } from '../resolve/resolution';
import type { Target } from '../target/target';

/** What uv says when a build gave native code for the interpreter or the machine that it ran on. */
const BUILT_FOR_ANOTHER = /built wheel[^\n]* is not compatible with the target/i;

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
  const tools = await stageBuildTools(folder, install);
  const runs = [...(await stagePackages(folder, install)), ...(await stageLocalPackages(folder, install))];
  await bench.provide(install.folder);

  const misbuilt: string[] = [];
  for (const run of runs) {
    misbuilt.push(...(await installRun(bench, install, run, tools)));
  }
  await bench.collect(install.folder);
  return { site, localNative: [...misbuilt, ...(await checkWheels(site, install))] };
}

/**
 * What is cached is found without asking an index again; only what must be fetched needs the network and credentials.
 *
 * @returns names whose build fits the system that built them, and not the target
 */
async function installRun(bench: Workbench, install: PythonInstall, run: InstallRun, tools: BuildTools): Promise<readonly string[]> {
  const builds = run.builds.length > 0;
  const args = [...commonArguments(install), ...(builds ? tools.args : []), ...run.args];
  const env = builds ? await bench.buildCache(tools.digest) : {};
  const offline = await bench.uv([...args, '--offline', ...indexArguments(run.group, install.indexes)], { ...groupEnvironment(run.group), ...env });
  if (offline.code === 0) {
    return [];
  }
  const access = await requestAccess(run.group, install.indexes);
  const online = await bench.uv([...args, ...access.args], { ...access.env, ...env });
  if (online.code === 0) {
    return [];
  }
  if (builds && BUILT_FOR_ANOTHER.test(online.stderr)) {
    return run.builds;
  }
  throw new FaultError(explainUvFailure(online, install, access));
}

function commonArguments(install: PythonInstall): string[] {
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
  ];
}

/** Fails for wheels of another interpreter, system or machine; returns the names of those compiled for the building system. */
async function checkWheels(site: string, install: PythonInstall): Promise<string[]> {
  const faults: Fault[] = [];
  const localNative: string[] = [];
  const built = new Set([...install.sourceBuilds, ...install.resolution.localPackages.map((local) => local.name)].map(normalizeName));
  for (const entry of await fs.readdir(site)) {
    if (!entry.endsWith('.dist-info')) {
      continue;
    }
    const tags = parseWheelTags(await fs.readFile(path.join(site, entry, 'WHEEL'), 'utf8').catch(() => ''));
    const fit = wheelFit(tags, install.target);
    const name = normalizeName(entry.replace(/-[^-]*\.dist-info$/, ''));
    if (fit === 'local-native') {
      // A wheel that was published has its tag in its file name, which uv has checked; some say less inside (torch).
      localNative.push(...(built.has(name) ? [name] : []));
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
