import * as path from 'node:path';

import { ConditionReader, either, markerOf, NEVER } from './condition';
import type { Condition } from './condition';
import { malformedLock, markerFault, noHashFault, pythonRangeFaults, unknownChoiceFaults, versionControlFault } from './lock-faults';
import type { LockRequest } from './lock-request';
import { artifactsOf, fileUrl } from './locked-package';
import type { LockReading } from './locked-package';
import { anyFact, choiceFacts } from './marker';
import { platformFacts } from './platform-facts';
import { poetryClosure } from './poetry-closure';
import { poetryGroups } from './poetry-project';
import { readProject } from './pyproject';
import { parseToml, readText } from './read-text';
import type { LocalPackage, LockedPackage } from './resolution';
import { isTable, tableOf, tablesOf, textOf, textsOf } from './shape';
import type { Table } from './shape';
import type { Fault } from '../common/fault';
import { failOn } from '../common/fault';
import { normalizeName } from '../content/package-name';

const RELOCK = 'poetry lock';

/** Reads poetry.lock. From 2.1 on (Poetry 2) it says of each package which groups want it; before, the dependencies are walked. */
export function readPoetryLock({ lockPath, spec, target }: LockRequest): LockReading {
  const document = parseToml(readText(lockPath), lockPath);
  const metadata = tableOf(document.metadata);
  const version = textOf(metadata['lock-version']) ?? '';
  if (!/^[12]\./.test(version)) {
    throw malformedLock(lockPath, `lock-version ${version === '' ? 'none' : version}; 1.x and 2.x are known`, RELOCK);
  }
  const project = readProject(path.join(spec.directory, 'pyproject.toml'));
  const entries = tablesOf(document.package);
  const listsGroups = entries.some((entry) => entry.groups !== undefined);
  const known = new Set([...poetryGroups(project), ...entries.flatMap((entry) => textsOf(entry.groups).map(normalizeName))]);
  known.delete('main');
  const faults: Fault[] = [
    ...pythonRangeFaults(textOf(metadata['python-versions']), target.pythonVersion, lockPath),
    ...unknownChoiceFaults('extra', spec.extras, Object.keys(tableOf(document.extras)), lockPath),
    ...unknownChoiceFaults('group', spec.groups, known, lockPath),
  ];
  failOn(faults);

  const extras = spec.extras.map(normalizeName);
  const groups = ['main', ...spec.groups.map(normalizeName)];
  const wanted = listsGroups
    ? listedPackages(entries, groups, new ConditionReader(anyFact(choiceFacts('extra', new Set(extras)), platformFacts(target))), lockPath)
    : poetryClosure({ lockPath, entries, project, extras, groups, lockExtras: tableOf(document.extras), target });

  const packages: LockedPackage[] = [];
  const localPackages: LocalPackage[] = [];
  for (const [entry, condition] of wanted) {
    const name = normalizeName(textOf(entry.name) ?? '');
    const marker = markerOf(condition);
    const common = { name, ...marker === undefined ? {} : { marker } };
    const source = tableOf(entry.source);
    if (source.type === 'git') {
      faults.push(versionControlFault(name, lockPath));
    } else if (source.type === 'directory') {
      localPackages.push({ ...common, directory: path.resolve(path.dirname(lockPath), textOf(source.url) ?? '') });
    } else {
      const locked = { ...common, ...artifactSource(entry, source, lockPath), extras: [], ...artifactsOf(artifactLines(entry, metadata)) };
      faults.push(...locked.hashes.length === 0 ? [noHashFault(name, lockPath, RELOCK)] : []);
      packages.push(locked);
    }
  }
  failOn(faults);
  return { packages, localPackages };
}

function listedPackages(entries: readonly Table[], groups: readonly string[], reader: ConditionReader, lockPath: string): Map<Table, Condition> {
  const wanted = new Map<Table, Condition>();
  for (const entry of entries) {
    let condition = NEVER;
    for (const group of textsOf(entry.groups).filter((name) => groups.includes(normalizeName(name)))) {
      const marker = textOf(isTable(entry.markers) ? entry.markers[group] : entry.markers);
      const inGroup = reader.read(marker);
      if (inGroup === undefined) {
        throw markerFault(marker ?? '', lockPath);
      }
      condition = either(condition, inGroup);
    }
    if (condition.length > 0) {
      wanted.set(entry, condition);
    }
  }
  return wanted;
}

function artifactSource(entry: Table, source: Table, lockPath: string): Pick<LockedPackage, 'version' | 'url'> {
  const url = textOf(source.url);
  if (url !== undefined && (source.type === 'url' || source.type === 'file')) {
    const subdirectory = textOf(source.subdirectory);
    const location = source.type === 'url' ? url : fileUrl(path.dirname(lockPath), url);
    return { url: subdirectory === undefined ? location : `${location}#subdirectory=${subdirectory}` };
  }
  return { version: textOf(entry.version) };
}

/** Until 1.1 the files were in one table at the end. */
function artifactLines(entry: Table, metadata: Table): { location: string; hash: string | undefined }[] {
  const files = entry.files ?? tableOf(metadata.files)[textOf(entry.name) ?? ''];
  return tablesOf(files).map((file) => ({ location: textOf(file.file) ?? '', hash: textOf(file.hash) }));
}
