import { createHash } from 'node:crypto';
import type { BuildSettings, LayerPlan } from './layer-plan';
import type { ResolvedNodejs, ResolvedPlan } from './read-plan';
import { architecturesOf, programArchitecture, pythonTargetsOf } from './targets';
import { fileDigest } from '../cache/file-digest';
import { collectFaults, failOn, type Fault } from '../common/fault';
import type { FilesContentSpec, ProgramContentSpec } from '../content/content-spec';
import { destinationPrefix } from '../content/destination';
import { isArchive, listFiles, listSources, type ContentFile } from '../content/list-files';
import { findProgram } from '../content/program-files';
import { sourceContents } from '../content/python-sources';
import { resolutionKey } from '../resolve/requirement-lines';

/** Raised whenever a build of the same input would leave other bytes, or other facts in the manifest. */
const BUILDER_VERSION = 3;

/**
 * The name of a layer's bytes: everything that decides them, and nothing that does not. No absolute path, no index, no secret,
 * nor where it is built: those change no byte.
 */
export function layerKey(plan: LayerPlan, resolved: ResolvedPlan, settings: BuildSettings, bytecode: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (...parts: readonly string[]): void => parts.forEach((part) => hash.update(`${Buffer.byteLength(part)}:`).update(part));
  add(`builder ${BUILDER_VERSION}`, JSON.stringify(plan.slim), ...bytecode, settings.image ?? '');
  add(...pythonTargetsOf(plan).map((target) => `${target.runtime} ${target.architecture}`), String(plan.architectures.length));
  const faults: Fault[] = [];
  for (const [content, spec] of plan.contents.entries()) {
    add(spec.kind);
    if (spec.kind === 'files') {
      collectFaults(faults, () => addFiles(add, spec));
      continue;
    }
    if (spec.kind === 'manifest') {
      add(spec.path, spec.layer?.name ?? '', spec.layer?.digest ?? '');
      continue;
    }
    if (spec.kind === 'program') {
      collectFaults(faults, () => addProgram(add, plan, spec));
      continue;
    }
    if (spec.kind === 'nodejs') {
      addNodejs(add, plan, resolved.nodejs.find((one) => one.content === content)!);
      continue;
    }
    add(spec.include);
    const locals = new Set<string>();
    for (const one of resolved.python.filter((candidate) => candidate.content === content)) {
      const named = spec.sourceBuilds.filter((name) => one.resolution.packages.some((locked) => locked.name === name));
      add(resolutionKey(one.resolution, spec.directory), named.sort().join(','));
      one.resolution.localPackages.forEach((local) => locals.add(local.directory));
    }
    for (const directory of [...locals].sort()) {
      addFiles(add, { kind: 'files', path: directory, destination: '', exclude: [] });
    }
    if (spec.buildConstraints !== undefined) {
      add(fileDigest(spec.buildConstraints));
    }
    if (spec.include === 'sources') {
      sourceContents(spec.directory).forEach((source) => addFiles(add, source));
    }
  }
  failOn(faults);
  return hash.digest('hex');
}

/** Where a package is fetched from changes no byte: its digest is in the lock. The runtimes change none either, but the manifest names them. */
function addNodejs(add: (...parts: readonly string[]) => void, plan: LayerPlan, { resolution, spec }: ResolvedNodejs): void {
  add(...new Set(plan.runtimes));
  add(JSON.stringify(resolution.packages), JSON.stringify(spec.exclude), ...resolution.dependsOnMachine ? architecturesOf(plan) : []);
}

/** The toolchain is not in it, as asking for its version would start a process: a project names the one that it needs. */
function addProgram(add: (...parts: readonly string[]) => void, plan: LayerPlan, spec: ProgramContentSpec): void {
  findProgram(spec);
  const { path, source } = spec;
  const architecture = programArchitecture(plan, source);
  add(path, source.type, ...new Set(plan.runtimes));
  switch (source.type) {
    case 'script': return add(fileDigest(source.file));
    case 'binaries': case 'ready-made': return add(architecture, fileDigest(source[architecture]!));
    case 'link': case 'launcher': return add(source.target);
    case 'go': case 'rust':
      add(architecture, (source.type === 'go' ? source.package : source.binary) ?? '');
      return addListed(add, listSources(source.directory));
  }
}

function addFiles(add: (...parts: readonly string[]) => void, spec: FilesContentSpec): void {
  add(destinationPrefix(spec.destination), String(isArchive(spec)));
  addListed(add, listFiles(spec));
}

function addListed(add: (...parts: readonly string[]) => void, files: readonly ContentFile[]): void {
  files.forEach((file) => add(file.path, file.link === undefined ? fileDigest(file.source) : `-> ${file.link}`));
}
