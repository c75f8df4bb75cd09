import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { claimedNames } from './claimed-names';
import { explainUvFailure } from './explain-uv';
import { claims, indexArguments, requestAccess } from './package-indexes';
import type { Workbench } from './workbench';
import { FaultError } from '../common/fault';
import { normalizeName } from '../content/package-name';
import type { IndexSpec } from '../resolve/index-spec';
import { readPythonLock } from '../resolve/read-python-lock';
import { requirementName } from '../resolve/requirement';
import type { LockedPackage } from '../resolve/resolution';
import type { Target } from '../target/target';

export interface LockRequest {
  readonly requirements: readonly string[];
  readonly constraints: readonly string[];
  readonly target: Target;
  readonly sourceBuilds: readonly string[];
  readonly indexes: readonly IndexSpec[];
  readonly excludeNewerDays?: number;
  /** Folder below the work folder, relative, POSIX. */
  readonly folder: string;
}

export interface LockResult {
  readonly packages: readonly LockedPackage[];
  /** Lines for the user, such as a version that is older for want of a wheel. */
  readonly notes: readonly string[];
}

/** A platform that takes every wheel for Linux: what would be resolved if the runtime's system were new enough. */
const NEWEST_MANYLINUX = 'manylinux_2_40';

/** How often a resolution may bring up further names that an index claims. */
const MAX_ROUNDS = 5;

/** Resolves requirements for a target to packages with hashes, wheels only but for the named source builds. */
export async function lockPython(bench: Workbench, workFolder: string, request: LockRequest): Promise<LockResult> {
  const claimed = await claimedNames(bench, workFolder, request);
  const packages = await resolveClaimed(bench, workFolder, request, request.target.uvPlatform, claimed);
  return { packages, notes: await olderForWantOfWheel(bench, workFolder, request, packages, claimed) };
}

/**
 * An index that claims names is asked for those alone, which uv can only be told name by name. Names that still come up on the way,
 * such as those that only an older release needs, are added until there are no more: none is ever taken from another index.
 */
async function resolveClaimed(
  bench: Workbench,
  workFolder: string,
  request: LockRequest,
  platform: string,
  known: ReadonlySet<string>,
): Promise<LockedPackage[]> {
  const claiming = request.indexes.filter((index) => index.only.length > 0);
  const isClaimed = (name: string): boolean => claiming.some((index) => claims(index, name));
  const claimed = new Set(known);
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const outcome = await compile(bench, workFolder, request, platform, claimed);
    const names =
      outcome.packages?.map((one) => one.name) ??
      [...(outcome.error?.message ?? '').matchAll(/[A-Za-z0-9][A-Za-z0-9._-]*/g)].map((match) => normalizeName(match[0]));
    const further = names.filter((name) => isClaimed(name) && !claimed.has(name));
    if (further.length === 0) {
      if (outcome.packages === undefined) {
        throw outcome.error;
      }
      return outcome.packages;
    }
    further.forEach((name) => claimed.add(name));
  }
  throw new FaultError({
    what: 'the requirements bring up private packages without end',
    got: [...claimed].join(', '),
    fix: 'name them in the requirements',
  });
}

async function compile(
  bench: Workbench,
  workFolder: string,
  request: LockRequest,
  platform: string,
  claimed: ReadonlySet<string>,
): Promise<{ packages?: LockedPackage[]; error?: FaultError }> {
  const folder = path.join(workFolder, request.folder);
  const access = await requestAccessOf(request);
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(folder, { recursive: true });
  await fs.writeFile(path.join(folder, 'constraints.txt'), request.constraints.map((line) => `${line}\n`).join(''));
  await fs.writeFile(path.join(folder, 'pyproject.toml'), projectFile(request, claimed, access.urls));
  await bench.provide(request.folder);
  const args = [
    'pip',
    'compile',
    `${request.folder}/pyproject.toml`,
    '-c',
    `${request.folder}/constraints.txt`,
    '-o',
    `${request.folder}/pylock.toml`,
    '--python-platform',
    platform,
    '--python-version',
    request.target.pythonVersion,
    '--only-binary',
    ':all:',
    ...request.sourceBuilds.flatMap((name) => ['--no-binary', name]),
    '--no-progress',
    '--color',
    'never',
    '--quiet',
    '--no-header',
    ...(request.excludeNewerDays === undefined ? [] : ['--exclude-newer', daysAgo(request.excludeNewerDays)]),
    ...indexArguments({ packages: [] }, request.indexes, access.urls),
  ];
  const run = await bench.uv(args, access.env);
  if (run.code !== 0) {
    return { error: new FaultError(explainUvFailure(run, request, access)) };
  }
  await bench.collect(request.folder);
  await fs.rm(path.join(folder, 'pyproject.toml'));
  const reading = readPythonLock(
    { kind: 'python', directory: folder, include: 'dependencies', sourceBuilds: [], groups: [], extras: [] },
    request.target,
  );
  return { packages: 'reason' in reading ? [] : [...reading.packages] };
}

async function requestAccessOf(request: LockRequest): Promise<{ env: Record<string, string>; secrets: string[]; urls: Map<string, string> }> {
  const groups = [undefined, ...request.indexes.filter((index) => index.only.length > 0)];
  const all = await Promise.all(groups.map((onlyFrom) => requestAccess({ packages: [], onlyFrom }, request.indexes)));
  const env = Object.assign({}, ...all.map((one) => Object.fromEntries(Object.entries(one.env).filter(([, value]) => value !== '')))) as Record<
    string,
    string
  >;
  return { env, secrets: all.flatMap((one) => [...one.secrets]), urls: new Map(all.flatMap((one) => [...one.urls])) };
}

function projectFile(request: LockRequest, claimed: ReadonlySet<string>, urls: ReadonlyMap<string, string>): string {
  const claiming = request.indexes.filter((index) => index.only.length > 0);
  const direct = new Set(request.requirements.map(requirementName));
  // uv heeds the index of a name only where the project itself asks for that name.
  const dependencies = [...request.requirements, ...[...claimed].filter((name) => !direct.has(name))];
  return [
    '[project]',
    'name = "layer"',
    'version = "0"',
    `requires-python = "==${request.target.pythonVersion}.*"`,
    'dependencies = [',
    ...dependencies.map((line) => `  ${JSON.stringify(line)},`),
    ']',
    '[tool.uv.sources]',
    ...[...claimed].map((name) => `${JSON.stringify(name)} = { index = ${JSON.stringify(claiming.find((index) => claims(index, name))?.name)} }`),
    ...claiming.flatMap((index) => [
      '[[tool.uv.index]]',
      `name = ${JSON.stringify(index.name)}`,
      `url = ${JSON.stringify(index.url ?? urls.get(index.name))}`,
      'explicit = true',
    ]),
    '',
  ].join('\n');
}

/** Says where the runtime's old system is why a version is not the newest. */
async function olderForWantOfWheel(
  bench: Workbench,
  workFolder: string,
  request: LockRequest,
  packages: readonly LockedPackage[],
  claimed: ReadonlySet<string>,
): Promise<string[]> {
  const platform = request.target.uvPlatform.replace(/manylinux.*$/, NEWEST_MANYLINUX);
  const unbound = await resolveClaimed(bench, workFolder, { ...request, folder: `${request.folder}-newest` }, platform, claimed).catch(() => []);
  const { runtime, architecture, glibc } = request.target;
  const runtimeText = `${runtime} on ${architecture} (glibc ${glibc})`;
  const newest = new Map(unbound.map((one) => [one.name, one.version]));
  return packages.flatMap((one) => {
    const better = newest.get(one.name);
    return better === undefined || better === one.version
      ? []
      : [
        `${one.name} ${one.version} instead of ${better}, which has no wheel for ${runtimeText}`,
      ];
  });
}

function daysAgo(days: number): string {
  const DAY = 24 * 60 * 60 * 1000;
  return new Date(Date.now() - days * DAY).toISOString();
}
