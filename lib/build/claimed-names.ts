import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { explainUvFailure } from './explain-uv';
import type { LockRequest } from './lock-python';
import { groupByIndex, requestAccess, type IndexGroup } from './package-indexes';
import type { Workbench } from './workbench';
import { FaultError, type Fault } from '../common/fault';
import { normalizeName } from '../content/package-name';
import { anyFact, choiceFacts, parseMarker, specialize } from '../resolve/marker';
import { platformFacts } from '../resolve/platform-facts';
import { parseRequirement, type Requirement } from '../resolve/requirement';
import type { Target } from '../target/target';

type Named = Requirement & { readonly name: string };

/**
 * The names that indexes claim among the requirements and all that those need, as the newest releases say it. A resolver has to be told
 * each of them before it starts: it would ask the other indexes for a name that it meets on the way.
 */
export async function claimedNames(bench: Workbench, workFolder: string, request: LockRequest): Promise<Set<string>> {
  const known = new Map<string, Named>();
  let wanted = claimedOf(request.requirements.flatMap(parse), request);
  for (let round = 0; wanted.length > 0; round++) {
    wanted.forEach((one) => known.set(keyOf(one), one));
    const found = await Promise.all(groupsToFetch(wanted, request, round).map((group, place) =>
      needsOf(bench, workFolder, request, group, `${request.folder}-claimed-${round}-${place}`)));
    const faults = found.flatMap((one) => ('fault' in one ? [one.fault] : []));
    // What a package brings up is left to the resolver, which may choose another release of that package.
    if (round === 0 && faults.length > 0) {
      throw new FaultError(...faults);
    }
    const needed = found.flatMap((one) => ('needs' in one ? one.needs : []));
    wanted = claimedOf(needed, request).filter((one) => !known.has(keyOf(one)));
  }
  return new Set([...known.values()].map((one) => one.name));
}

/** The user's own requirements index by index, so that they are chosen to fit each other; what they bring up one by one. */
function groupsToFetch(wanted: readonly Named[], request: LockRequest, round: number): IndexGroup<Named>[] {
  const groups = groupByIndex(wanted.filter((one) => one.source === undefined && !request.sourceBuilds.includes(one.name)), request.indexes);
  return round === 0 ? groups : groups.flatMap((group) => group.packages.map((one) => ({ ...group, packages: [one] })));
}

function claimedOf(requirements: readonly Named[], request: LockRequest): Named[] {
  const applying = requirements.filter((one) => mayApply(one.marker, [], request.target));
  return groupByIndex(applying, request.indexes).flatMap((group) => (group.onlyFrom === undefined ? [] : group.packages));
}

/** What the newest fitting releases of packages need, from the index that claims them and with no other in sight. */
async function needsOf(
  bench: Workbench,
  workFolder: string,
  request: LockRequest,
  group: IndexGroup<Named>,
  folder: string,
): Promise<{ readonly needs: Named[] } | { readonly fault: Fault }> {
  const access = await requestAccess(group, request.indexes);
  await fs.mkdir(path.join(workFolder, folder, 'site'), { recursive: true });
  await fs.writeFile(path.join(workFolder, folder, 'requirements.txt'), group.packages.map((one) => `${one.name}${one.specifier}\n`).join(''));
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
  return { needs: await readNeeds(path.join(workFolder, folder, 'site'), group.packages, request.target) };
}

async function readNeeds(site: string, packages: readonly Named[], target: Target): Promise<Named[]> {
  const folders = (await fs.readdir(site)).filter((name) => name.endsWith('.dist-info'));
  const needs = await Promise.all(folders.map(async (folder) => {
    const metadata = await fs.readFile(path.join(site, folder, 'METADATA'), 'utf8');
    const name = normalizeName(folder.replace(/-[^-]*\.dist-info$/, ''));
    const extras = packages.filter((one) => one.name === name).flatMap((one) => one.extras);
    const lines = [...metadata.matchAll(/^Requires-Dist:\s*(.+)$/gm)].map((match) => match[1].trim());
    // The marker is answered here, where the extras are known.
    return lines.flatMap(parse).filter((one) => mayApply(one.marker, extras, target)).map((one) => ({ ...one, marker: undefined }));
  }));
  return needs.flat();
}

function mayApply(marker: string | undefined, extras: readonly string[], target: Target): boolean {
  const parsed = marker === undefined ? undefined : parseMarker(marker);
  return parsed === undefined || specialize(parsed, anyFact(choiceFacts('extra', new Set(extras)), platformFacts(target))) !== false;
}

function parse(line: string): Named[] {
  const requirement = parseRequirement(line, '/', line);
  return requirement?.name === undefined ? [] : [{ ...requirement, name: requirement.name }];
}

function keyOf({ name, extras }: Named): string {
  return `${name}[${extras.join(',')}]`;
}
