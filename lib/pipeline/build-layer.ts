import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { buildFiles } from './build-files';
import { buildManifest } from './build-manifest';
import { buildNodejs, type NodejsEntries } from './build-nodejs';
import { buildProgram } from './build-program';
import { buildPython, type PythonEntries } from './build-python';
import { describeLayer } from './describe-layer';
import type { BuildJob } from './layer-plan';
import type { ResolvedPlan } from './read-plan';
import { writeZip } from '../archive/write-zip';
import type { LayerSummary } from '../cache/layer-record';
import { counted } from '../common/counted';
import { failOn, type Fault } from '../common/fault';
import type { Progress } from '../common/progress';
import { importableModules, sourceContents } from '../content/python-sources';
import { mergeEntries } from '../inspect/collisions';
import { inspectTree } from '../inspect/inspect-tree';
import type { OptEntry } from '../inspect/opt-tree';

export const ARCHIVE_NAME = 'layer.zip';
export const MANIFEST_NAME = 'manifest.json';

/**
 * Builds a layer's archive and manifest into a folder: resolve ▶ build ▶ slim ▶ normalise ▶ inspect ▶ archive ▶ manifest.
 *
 * @returns the manifest without its list of files
 */
export async function buildLayer(
  job: BuildJob,
  resolved: ResolvedPlan,
  cacheRoot: string,
  folder: string,
  progress: Progress,
): Promise<LayerSummary> {
  const { plan, settings, place } = job;
  const workFolder = path.join(folder, 'work');
  await fs.mkdir(workFolder, { recursive: true });
  noteChoices(resolved, progress);

  const lists: OptEntry[][] = [];
  const pythons: PythonEntries[] = [];
  const nodejs: NodejsEntries[] = [];
  const build = { workFolder, cacheRoot, plan, settings, place, progress };
  for (const [content, spec] of plan.contents.entries()) {
    if (spec.kind === 'files') {
      lists.push(await buildFiles(spec, path.join(workFolder, `content-${content}`)));
      continue;
    }
    if (spec.kind === 'manifest') {
      continue;
    }
    if (spec.kind === 'program') {
      lists.push([await buildProgram(build, spec, path.join(workFolder, `content-${content}`))]);
      continue;
    }
    if (spec.kind === 'nodejs') {
      const installed = await buildNodejs(build, resolved.nodejs.find((one) => one.content === content)!);
      nodejs.push(installed);
      lists.push([...installed.entries]);
      continue;
    }
    const python = await buildPython(build, resolved.python.filter((one) => one.content === content));
    pythons.push(python);
    lists.push([...python.entries]);
    if (spec.include === 'sources') {
      const sources = sourceContents(spec.directory).map((source) => ({ ...source, destination: path.posix.join('python', source.destination) }));
      lists.push(...(await Promise.all(sources.map((source) => buildFiles(source, workFolder)))));
    }
  }
  const merged = await mergeEntries(lists);
  const asked = plan.contents.filter((spec) => spec.kind === 'manifest');
  const manifests = await Promise.all(asked.map((spec) => buildManifest(spec, merged, workFolder)));
  const entries = await mergeEntries([merged, manifests]);
  failOn(emptyFaults(entries));

  const archivePath = path.join(folder, ARCHIVE_NAME);
  const [facts, archive] = await progress.step(`inspecting and zipping ${counted(entries.length, 'file')}`, () =>
    Promise.all([inspectTree(entries), writeZip(entries, archivePath)]),
  );
  const { summary, files } = await describeLayer({ job, entries, facts, archiveBytes: archive.bytes, pythons, nodejs, resolved });
  await fs.writeFile(path.join(folder, MANIFEST_NAME), JSON.stringify({ ...summary, files }));
  await fs.rm(workFolder, { recursive: true, force: true });
  return summary;
}

/** Lambda takes no empty archive. */
function emptyFaults(entries: readonly OptEntry[]): Fault[] {
  return entries.length > 0 ? [] : [{
    what: 'nothing is left for the layer',
    got: 'packages of which slimming removes every file, such as the AWS SDK with `awsSdk`',
    allowed: 'at least one file',
    fix: 'switch the slimming rule off, or leave the layer out',
  }];
}

/** Lines that explain a choice, once for a layer. */
function noteChoices({ python }: ResolvedPlan, progress: Progress): void {
  const notes = new Set(python.flatMap((one) => one.resolution.notes));
  for (const { spec } of python) {
    const modules = spec.include === 'dependencies' && spec.requirements === undefined ? importableModules(spec.directory) : [];
    if (modules.length > 0) {
      const names = modules.map((file) => path.basename(file)).join(', ');
      notes.add(`${names} beside the lock stays out of the layer; PythonInclude.SOURCES or PROJECT takes it in`);
    }
  }
  notes.forEach((note) => progress.line(note));
}
