import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { explainUvFailure } from './explain-uv';
import type { LockRequest } from './lock-python';
import { groupByIndex, requestAccess, type IndexGroup } from './package-indexes';
import type { Workbench } from './workbench';
import { FaultError, type Fault } from '../common/fault';
import { normalizeName } from '../content/package-name';

interface Wanted {
  readonly name: string;
  /** As uv reads it: a name, and perhaps versions. */
  readonly line: string;
}

/**
 * The names that indexes claim among the requirements and all that those need, as the newest releases say it. A resolver has to be told
 * each of them before it starts: it would ask the other indexes for a name that it meets on the way.
 */
export async function claimedNames(bench: Workbench, workFolder: string, request: LockRequest): Promise<Set<string>> {
  const known = new Set<string>();
  let wanted = claimedOf(request.requirements.map(toWanted), request);
  for (let round = 0; wanted.length > 0; round++) {
    wanted.forEach((one) => known.add(one.name));
    const found = await Promise.all(groupsToFetch(wanted, request, round).map((group, place) =>
      requirementsOf(bench, workFolder, request, group, `${request.folder}-claimed-${round}-${place}`)));
    const faults = found.flatMap((one) => ('fault' in one ? [one.fault] : []));
    // What a package may need, by an extra that nobody asked for, does not have to be there.
    if (round === 0 && faults.length > 0) {
      throw new FaultError(...faults);
    }
    const needed = found.flatMap((one) => ('lines' in one ? one.lines : []));
    wanted = claimedOf(needed.map(toWanted), request).filter((one) => !known.has(one.name));
  }
  return known;
}

/** The user's own requirements index by index, so that they are chosen to fit each other; what they bring up one by one. */
function groupsToFetch(wanted: readonly Wanted[], request: LockRequest, round: number): IndexGroup<Wanted>[] {
  const fetched = wanted.filter((one) => !one.line.includes('@') && !request.sourceBuilds.includes(one.name));
  const groups = groupByIndex(fetched, request.indexes);
  return round === 0 ? groups : groups.flatMap((group) => group.packages.map((one) => ({ ...group, packages: [one] })));
}

function claimedOf(wanted: readonly Wanted[], request: LockRequest): Wanted[] {
  return groupByIndex(wanted, request.indexes).flatMap((group) => (group.onlyFrom === undefined ? [] : group.packages));
}

/** What the newest fitting releases of packages require, from the index that claims them and with no other in sight. */
async function requirementsOf(
  bench: Workbench,
  workFolder: string,
  request: LockRequest,
  group: IndexGroup<Wanted>,
  folder: string,
): Promise<{ readonly lines: string[] } | { readonly fault: Fault }> {
  const access = await requestAccess(group, request.indexes);
  await fs.mkdir(path.join(workFolder, folder, 'site'), { recursive: true });
  await fs.writeFile(path.join(workFolder, folder, 'requirements.txt'), group.packages.map((one) => `${one.line}\n`).join(''));
  await bench.provide(folder);
  const run = await bench.uv([
    'pip', 'install', '--target', `${folder}/site`, '--no-deps', '--only-binary', ':all:', '--no-progress', '--color', 'never',
    '--python-platform', request.target.uvPlatform, '--python-version', request.target.pythonVersion,
    '-r', `${folder}/requirements.txt`, ...access.args,
  ], access.env);
  if (run.code !== 0) {
    return { fault: explainUvFailure(run, request, access) };
  }
  await bench.collect(folder);
  return { lines: await readRequirements(path.join(workFolder, folder, 'site')) };
}

async function readRequirements(site: string): Promise<string[]> {
  const packages = (await fs.readdir(site)).filter((name) => name.endsWith('.dist-info'));
  const texts = await Promise.all(packages.map((name) => fs.readFile(path.join(site, name, 'METADATA'), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/^Requires-Dist:\s*([^;\r\n]+)/gm)].map((match) => match[1].trim()));
}

function toWanted(line: string): Wanted {
  return { name: normalizeName(/^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(line)?.[1] ?? ''), line };
}
