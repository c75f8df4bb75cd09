import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Npm } from './npm';
import { describeFailure, type ToolRun } from './run-tool';
import { uncompiledFaults } from './uncompiled';
import { failOn, FaultError } from '../common/fault';
import type { NodejsResolution } from '../resolve/npm-lock';
import { placesOn, type NpmPlaces } from '../resolve/npm-places';
import type { ArchitectureName } from '../target/target';

const PACKAGE = 'package.json';
const LOCK = 'package-lock.json';

/** What npm compares with the lock. Nothing else of the project's package.json is its business: not its scripts, nor the tools that it asks for. */
const COMPARED = [
  'name', 'version', 'dependencies', 'optionalDependencies', 'devDependencies', 'peerDependencies', 'peerDependenciesMeta', 'bundleDependencies',
  'bundledDependencies', 'overrides',
];

/** What npm calls the machines. */
const CPUS: Readonly<Record<ArchitectureName, string>> = { x86_64: 'x64', arm64: 'arm64' };

/** Said here, they count more than an .npmrc, be it the project's or the user's. */
const ARGUMENTS = [
  'ci', '--ignore-scripts', '--omit=dev', '--include=prod', '--include=optional', '--include=peer', '--install-strategy=hoisted',
  '--no-bin-links', '--no-dry-run', '--no-force', '--no-global', '--no-engine-strict', '--os=linux', '--libc=glibc', '--umask=0022',
  '--no-audit', '--no-fund', '--no-update-notifier', '--prefer-offline', '--loglevel=error', '--no-color', '--logs-max=0',
];

export interface InstalledNodejs {
  /** Absolute path of the `node_modules` folder. */
  readonly modules: string;
  /** What of it belongs in the layer. */
  readonly places: NpmPlaces;
  /** Names of optional packages that would have to be compiled. */
  readonly uncompiled: readonly string[];
}

/**
 * Installs the production dependencies of a lock into a folder, for Lambda's system and a machine. No script of a package runs.
 *
 * @param folder absolute, new and private: the project's own folder stays as it is
 */
export async function installNodejs(
  npm: Npm,
  directory: string,
  resolution: NodejsResolution,
  architecture: ArchitectureName,
  folder: string,
): Promise<InstalledNodejs> {
  await provide(directory, folder);
  const run = await npm.run(folder, [...ARGUMENTS, `--cpu=${CPUS[architecture]}`]);
  if (run.code !== 0) {
    throw npmFailure(npm, run, directory);
  }
  // npm makes none when nothing is for this machine.
  const modules = path.join(folder, 'node_modules');
  await fs.mkdir(modules, { recursive: true });
  const places = placesOn(resolution.entries, { os: 'linux', cpu: CPUS[architecture], libc: 'glibc' });
  await failOnMissing(folder, places, architecture);
  const { faults, optional } = await uncompiledFaults(modules, resolution.entries, places.needed);
  failOn(faults);
  return { modules, places, uncompiled: optional };
}

/** Puts what npm reads into its folder. */
async function provide(directory: string, folder: string): Promise<void> {
  const project = JSON.parse((await fs.readFile(path.join(directory, PACKAGE), 'utf8')).replace(/^\ufeff/, '')) as Record<string, unknown>;
  const compared = Object.fromEntries(COMPARED.filter((name) => name in project).map((name) => [name, project[name]]));
  await fs.writeFile(path.join(folder, PACKAGE), JSON.stringify(compared));
  await fs.copyFile(path.join(directory, LOCK), path.join(folder, LOCK));
  await fs.copyFile(path.join(directory, '.npmrc'), path.join(folder, '.npmrc')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') {
      throw error;
    }
  });
}

function npmFailure(npm: Npm, run: ToolRun, directory: string): FaultError {
  const isOther = /EINTEGRITY/.test(run.stderr);
  return new FaultError({
    what: isOther ? 'a package is not the one that the lock pins' : 'npm cannot install the packages of the lock',
    got: describeFailure('npm', { ...run, stderr: withoutLogHint(run.stderr) }, npm.secrets),
    allowed: `what ${path.join(directory, LOCK)} pins, from the registry that .npmrc names`,
    fix: isOther
      ? 'find out why the registry has other bytes under this version before you trust them'
      : 'try `npm ci --omit=dev --ignore-scripts` in that folder: it must succeed',
  });
}

/** npm points to a log in its cache, which tells users nothing more. */
function withoutLogHint(stderr: string): string {
  return stderr.split('\n').filter((line) => !/complete log of this run|debug-0\.log|[Ll]og files were not written/.test(line)).join('\n');
}

/** npm says nothing when it leaves an optional package out, and a layer without it would be cached. */
async function failOnMissing(folder: string, { needed }: NpmPlaces, architecture: ArchitectureName): Promise<void> {
  const found = await Promise.all([...needed].map((place) => fs.access(path.join(folder, place, PACKAGE)).then(() => true, () => false)));
  const missing = [...needed].filter((_, index) => !found[index]);
  if (missing.length > 0) {
    throw new FaultError({
      what: 'npm left out packages that the lock pins',
      got: `for Linux on ${architecture}: ${missing.slice(0, 5).join(', ')}`,
      allowed: 'every package that fits the machine, optional ones too',
      fix: 'try again when the registry answers; else look whether `engines` of these packages exclude the Node.js here, or npm is older than 10',
    });
  }
}
