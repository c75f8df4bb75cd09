import { createHash } from 'node:crypto';

import { detectManifest } from './detect';
import type { Manifest } from './detect';
import { compareText } from './names';
import { projectRequirements } from './project-requirements';
import type { Requirement } from './requirement';
import { readRequirementFile, readRequirementLines } from './requirement-file';
import type { RequirementList } from './requirement-file';
import { readRequirements } from './requirements';
import type { RequirementReading } from './requirements';
import type { PythonContentSpec } from '../content/content-spec';

/** Requirements as PEP 508 writes them, which a locker has to resolve; sorted, in one spelling, without paths. */
export interface UnlockedRequirements {
  readonly requirements: string[];
  readonly constraints: string[];
}

/** What the content asks for, where no lock answers it. */
export function unlockedRequirements(spec: PythonContentSpec): UnlockedRequirements {
  return renderOpen(wantedRequirements(spec, detectManifest(spec)));
}

/** Digest of what an own lock is made for: what is asked for in any order and spelling, and the constraints. */
export function inputDigest(spec: PythonContentSpec): string {
  return digestOf(wantedRequirements(spec, detectManifest(spec)));
}

/** What the content asks for in a file that is not a tool's lock. */
export function wantedRequirements(spec: PythonContentSpec, manifest: Manifest): RequirementReading {
  return readRequirements(listOf(spec, manifest), manifest.kind === 'inline' ? 'the list of requirements' : manifest.path);
}

export function digestOf(reading: RequirementReading): string {
  const { requirements, constraints } = renderOpen(reading);
  const hashes = reading.kind === 'open' ? reading.toLock.requirements.flatMap((one) => one.hashes.map((hash) => `${one.name ?? ''} ${hash}`)) : [];
  const lines = [...requirements, ...constraints.map((line) => `-c ${line}`), ...hashes];
  return createHash('sha256').update(lines.sort(compareText).join('\n')).digest('hex');
}

function listOf(spec: PythonContentSpec, manifest: Manifest): RequirementList {
  switch (manifest.kind) {
    case 'inline':
      return readRequirementLines(spec.requirements ?? [], spec.directory);
    case 'requirements.txt':
      return readRequirementFile(manifest.path);
    case 'pyproject.toml':
      return projectRequirements(manifest.path, spec);
    default:
      throw new Error(`${manifest.path} is a lock; it has no requirements to resolve`);
  }
}

function renderOpen(reading: RequirementReading): UnlockedRequirements {
  if (reading.kind === 'locked') {
    return { requirements: [], constraints: [] };
  }
  const render = (requirements: readonly Requirement[]): string[] => [...new Set(requirements.map(renderRequirement))].sort(compareText);
  return { requirements: render(reading.toLock.requirements), constraints: render(reading.toLock.constraints) };
}

function renderRequirement({ name, extras, specifier, source, marker }: Requirement): string {
  const named = `${name ?? ''}${extras.length === 0 ? '' : `[${extras.join(',')}]`}`;
  const what = source?.kind === 'url' ? `${named} @ ${source.url}` : `${named}${specifier}`;
  return marker === undefined ? what : `${what} ; ${marker}`;
}
