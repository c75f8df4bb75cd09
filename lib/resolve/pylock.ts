import * as path from 'node:path';

import { ConditionReader, either, markerOf, NEVER } from './condition';
import { malformedLock, markerFault, noHashFault, pythonRangeFaults, unknownChoiceFaults, versionControlFault } from './lock-faults';
import type { LockRequest } from './lock-request';
import { artifactsOf, fileUrl } from './locked-package';
import type { ArtifactLine, LockReading } from './locked-package';
import { anyFact, choiceFacts } from './marker';
import { platformFacts } from './platform-facts';
import { parseToml, readText } from './read-text';
import type { LocalPackage, LockedPackage } from './resolution';
import { isTable, tableOf, tablesOf, textOf, textsOf } from './shape';
import type { Table } from './shape';
import type { Fault } from '../common/fault';
import { failOn } from '../common/fault';
import { normalizeName } from '../content/package-name';

const RELOCK = 'the tool that wrote it, such as uv export --format pylock.toml';

/** Reads pylock.toml (PEP 751): a flat list whose markers say what extras and groups bring. */
export function readPylock({ lockPath, spec, target }: LockRequest): LockReading {
  const document = parseToml(readText(lockPath), lockPath);
  if (!/^1\./.test(textOf(document['lock-version']) ?? '')) {
    throw malformedLock(lockPath, `lock-version ${String(document['lock-version'])}; 1.x is known`, RELOCK);
  }
  const defaultGroups = textsOf(document['default-groups']);
  const faults: Fault[] = [
    ...pythonRangeFaults(textOf(document['requires-python']), target.pythonVersion, lockPath),
    ...unknownChoiceFaults('extra', spec.extras, textsOf(document.extras), lockPath),
    ...unknownChoiceFaults('group', spec.groups, [...textsOf(document['dependency-groups']), ...defaultGroups], lockPath),
  ];
  failOn(faults);

  const reader = new ConditionReader(anyFact(
    choiceFacts('extras', new Set(spec.extras.map(normalizeName))),
    choiceFacts('dependency_groups', new Set([...defaultGroups, ...spec.groups].map(normalizeName))),
    platformFacts(target),
  ));
  const packages: LockedPackage[] = [];
  const localPackages: LocalPackage[] = [];
  for (const entry of tablesOf(document.packages)) {
    const name = normalizeName(textOf(entry.name) ?? '');
    const written = textOf(entry.marker);
    const condition = reader.read(written);
    if (condition === undefined) {
      throw markerFault(written ?? '', lockPath);
    }
    if (condition.length === 0) {
      continue;
    }
    const marker = markerOf(either(NEVER, condition));
    const wanted = { name, ...marker === undefined ? {} : { marker } };
    const folder = textOf(tableOf(entry.directory).path);
    if (folder !== undefined) {
      const directory = path.resolve(path.dirname(lockPath), folder, textOf(tableOf(entry.directory).subdirectory) ?? '');
      localPackages.push(...directory === spec.directory && spec.include !== 'project' ? [] : [{ ...wanted, directory }]);
    } else if (entry.vcs !== undefined) {
      faults.push(versionControlFault(name, lockPath));
    } else {
      const locked = { ...wanted, ...artifactSource(entry, lockPath), extras: [], ...artifactsOf(artifactLines(entry)) };
      faults.push(...locked.hashes.length === 0 ? [noHashFault(name, lockPath, RELOCK)] : []);
      packages.push(locked);
    }
  }
  failOn(faults);
  return { packages, localPackages };
}

/** A version, or the one artefact that is not in an index: an archive, or a single wheel on disk. */
function artifactSource(entry: Table, lockPath: string): Pick<LockedPackage, 'version' | 'url'> {
  const wheels = tablesOf(entry.wheels);
  const direct = isTable(entry.archive) ? entry.archive : wheels.length === 1 && wheels[0]?.url === undefined ? wheels[0] : undefined;
  const file = textOf(direct?.path);
  const url = textOf(direct?.url) ?? (file === undefined ? undefined : fileUrl(path.dirname(lockPath), file));
  const subdirectory = textOf(direct?.subdirectory);
  return url === undefined ? { version: textOf(entry.version) } : { url: subdirectory === undefined ? url : `${url}#subdirectory=${subdirectory}` };
}

function artifactLines(entry: Table): ArtifactLine[] {
  return [...tablesOf(entry.wheels), ...[entry.sdist, entry.archive].filter(isTable)].flatMap((artifact) => {
    const location = textOf(artifact.name) ?? textOf(artifact.url) ?? textOf(artifact.path) ?? '';
    return Object.entries(tableOf(artifact.hashes)).map(([algorithm, digest]) => ({ location, hash: `${algorithm}:${String(digest)}` }));
  });
}
