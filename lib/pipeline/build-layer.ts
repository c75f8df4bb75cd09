import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { buildFiles } from './build-files';
import { buildPython, type PythonEntries } from './build-python';
import type { BuildJob } from './layer-plan';
import type { ResolvedPython } from './read-plan';
import { writeZip } from '../archive/write-zip';
import type { LayerSummary } from '../cache/layer-record';
import { failOn, type Fault } from '../common/fault';
import { importableModules, sourceContents } from '../content/python-sources';
import type { Progress } from '../common/progress';
import { checkPaths, mergeEntries } from '../inspect/collisions';
import { inspectTree, type TreeFacts } from '../inspect/inspect-tree';
import type { LayerManifest, ManifestSaving } from '../inspect/manifest';
import type { OptEntry } from '../inspect/opt-tree';
import { readPythonPackages } from '../inspect/python-packages';
import { targetsOf } from './targets';
import type { ArchitectureName } from '../target/target';

export const ARCHIVE_NAME = 'layer.zip';
export const MANIFEST_NAME = 'manifest.json';

/**
 * Builds a layer's archive and manifest into a folder: resolve ▶ build ▶ slim ▶ normalise ▶ inspect ▶ archive ▶ manifest.
 *
 * @returns the manifest without its list of files
 */
export async function buildLayer(job: BuildJob, resolved: readonly ResolvedPython[], cacheRoot: string, folder: string, progress: Progress): Promise<LayerSummary> {
  const { plan, settings, place } = job;
  const workFolder = path.join(folder, 'work');
  await fs.mkdir(workFolder, { recursive: true });
  noteChoices(resolved, progress);

  const lists: OptEntry[][] = [];
  const pythons: PythonEntries[] = [];
  for (const [content, spec] of plan.contents.entries()) {
    if (spec.kind === 'files') {
      lists.push(await buildFiles(spec, path.join(workFolder, `content-${content}`)));
      continue;
    }
    const python = await buildPython({ workFolder, cacheRoot, plan, settings, place, progress }, resolved.filter((one) => one.content === content));
    pythons.push(python);
    lists.push([...python.entries]);
    if (spec.include === 'sources') {
      const sources = sourceContents(spec.directory).map((source) => ({ ...source, destination: path.posix.join('python', source.destination) }));
      lists.push(...await Promise.all(sources.map((source) => buildFiles(source, workFolder))));
    }
  }
  const entries = await mergeEntries(lists);
  failOn(checkPaths(entries));

  const archivePath = path.join(folder, ARCHIVE_NAME);
  const [facts, archive] = await progress.step(`inspecting and zipping ${entries.length} files`, () => Promise.all([inspectTree(entries), writeZip(entries, archivePath)]));
  const manifest = await describe(job, entries, facts, archive.bytes, pythons, resolved);
  await fs.writeFile(path.join(folder, MANIFEST_NAME), JSON.stringify(manifest));
  await fs.rm(workFolder, { recursive: true, force: true });
  const { files: _files, ...summary } = manifest;
  return summary;
}

async function describe(
  job: BuildJob, entries: readonly OptEntry[], facts: TreeFacts, archiveBytes: number, pythons: readonly PythonEntries[], resolved: readonly ResolvedPython[],
): Promise<LayerManifest> {
  const owners = new Map(pythons.flatMap((python) => [...python.owners]));
  const sourceBuilt = new Set(pythons.flatMap((python) => [...python.sourceBuilt]));
  const savings = sumSavings(pythons.flatMap((python) => python.savings));
  const bytecode = pythons.map((python) => python.bytecodeVersion).find((version) => version !== undefined);
  return {
    digest: facts.digest,
    unzippedBytes: facts.unzippedBytes,
    archiveBytes,
    bytesBeforeSlimming: facts.unzippedBytes + savings.reduce((sum, saving) => sum + saving.bytes, 0),
    runtimes: [...job.plan.runtimes],
    architecture: nativeArchitecture(job, facts, resolved),
    bytecodeVersion: bytecode,
    packages: await readPythonPackages(entries, facts, { owners, sourceBuilt, locked: resolved.flatMap((one) => one.resolution.packages) }),
    nativeFiles: facts.nativeFiles,
    savings,
    files: facts.files,
  };
}

/** The one machine of native content; undefined when any machine will do. */
function nativeArchitecture(job: BuildJob, facts: TreeFacts, resolved: readonly ResolvedPython[]): string | undefined {
  const declared = job.plan.architectures;
  const machines = new Set(facts.nativeFiles.map((file) => file.machine).filter((machine): machine is ArchitectureName => machine === 'x86_64' || machine === 'arm64'));
  const wrong = facts.nativeFiles.filter((file) => machines.has(file.machine as ArchitectureName) && declared.length > 0 && (declared.length > 1 || file.machine !== declared[0]));
  const faults: Fault[] = wrong.length === 0 ? [] : [{
    what: declared.length > 1 ? 'a layer with native files serves one architecture' : 'native files are for another architecture than the layer declares',
    got: wrong.slice(0, 3).map((file) => `${file.path}: ${file.machine}`).join('\n'),
    allowed: declared.length > 1 ? 'both architectures when nothing native is inside' : declared.join(', '),
    fix: 'make one layer for each architecture, each with the files built for it',
  }];
  if (machines.size > 1) {
    faults.push({
      what: 'native files for two architectures are in one layer',
      got: facts.nativeFiles.slice(0, 5).map((file) => `${file.path}: ${file.machine}`).join('\n'),
      allowed: 'one architecture',
      fix: 'make one layer for each architecture',
    });
  }
  failOn(faults);
  const [machine] = machines;
  // Pure files can still be the choice of one machine: a marker that asks for it.
  const chosenByMachine = resolved.some((one) => one.resolution.packages.some((locked) => /platform_machine/.test(locked.marker ?? '')));
  return machine ?? (chosenByMachine && declared.length < 2 ? targetsOf(job.plan)[0]?.architecture : undefined);
}

function sumSavings(savings: readonly ManifestSaving[]): ManifestSaving[] {
  const byRule = new Map<string, ManifestSaving>();
  for (const saving of savings) {
    const known = byRule.get(saving.rule) ?? { rule: saving.rule, files: 0, bytes: 0 };
    byRule.set(saving.rule, { rule: saving.rule, files: known.files + saving.files, bytes: known.bytes + saving.bytes });
  }
  return [...byRule.values()];
}

/** Lines that explain a choice, once for a layer. */
function noteChoices(resolved: readonly ResolvedPython[], progress: Progress): void {
  const notes = new Set(resolved.flatMap((one) => one.resolution.notes));
  for (const { spec } of resolved) {
    const modules = spec.include === 'dependencies' && spec.requirements === undefined ? importableModules(spec.directory) : [];
    if (modules.length > 0) {
      notes.add(`${modules.map((file) => path.basename(file)).join(', ')} beside the lock stays out of the layer; PythonInclude.SOURCES or PROJECT takes it in`);
    }
  }
  notes.forEach((note) => progress.line(note));
}
