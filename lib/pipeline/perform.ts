import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { buildLayer } from './build-layer';
import { findCached, openStore } from './find-cached';
import { bytecodeRuntimes, rememberInterpreter } from './interpreters';
import type { BuildJob } from './layer-plan';
import { readLockedPlan, readPlan, type NeededLock } from './read-plan';
import { pythonTargetsOf } from './targets';
import { openWorkbench, type WorkbenchChoice } from './workbenches';
import { extractZip } from '../archive/read-zip';
import { lockPython } from '../build/lock-python';
import type { CachedLayer } from '../cache/layer-record';
import { counted } from '../common/counted';
import { formatBytes } from '../common/format-bytes';
import { Progress } from '../common/progress';
import { targetKey, writeOwnLockEntry } from '../resolve/own-lock';
import type { LockedPackage } from '../resolve/resolution';
import { inputDigest, unlockedRequirements } from '../resolve/wanted';

/** Builds a layer into the cache, or waits for whoever builds it already. */
export async function performBuild(job: BuildJob): Promise<CachedLayer> {
  const resolved = readLockedPlan(job.plan);
  if (findCached(job, resolved).state === 'interpreter-unknown') {
    await rememberInterpreters(job);
  }
  const found = findCached(job, resolved);
  if (found.state === 'cached') {
    return found.layer;
  }
  if (found.state === 'interpreter-unknown') {
    throw new Error('the interpreter that was just found is unknown');
  }
  const { key } = found;
  const store = openStore(job);
  const progress = new Progress(job.place);
  return store.once(key, async () => {
    const layer = await store.publish(key, async (folder) => ({ summary: await buildLayer(job, resolved, store.root, folder, progress) }));
    progress.done(`built, ${counted(layer.summary.packages.length, 'package')}, ${formatBytes(layer.summary.unzippedBytes)} unzipped`);
    return layer;
  });
}

/** Writes the locks that a job lacks. */
export async function performLock(job: BuildJob): Promise<string[]> {
  const reading = readPlan(job.plan);
  const needed = 'lockNeeded' in reading ? reading.lockNeeded : [];
  const progress = new Progress(job.place);
  for (const one of needed) {
    await writeLock(job, one, progress);
  }
  return needed.map((one) => one.lockPath);
}

async function writeLock(job: BuildJob, needed: NeededLock, progress: Progress): Promise<void> {
  const { requirements, constraints } = unlockedRequirements(needed.spec);
  const packages: Record<string, readonly LockedPackage[]> = {};
  await inWorkFolder(async (workFolder) => {
    for (const target of needed.targets) {
      const bench = await openWorkbench(choiceOf(job, workFolder, progress, { target }));
      try {
        const { settings } = job;
        const request = {
          requirements,
          constraints,
          target,
          sourceBuilds: needed.spec.sourceBuilds,
          indexes: settings.indexes,
          excludeNewerDays: settings.excludeNewerDays,
          folder: targetKey(target),
        };
        const what = `locking ${counted(requirements.length, 'requirement')} for ${target.runtime} on ${target.architecture}`;
        const result = await progress.step(what, () => lockPython(bench, workFolder, request));
        result.notes.forEach((note) => progress.line(note));
        packages[targetKey(target)] = result.packages;
      } finally {
        await bench.dispose();
      }
    }
  });
  writeOwnLockEntry(needed.lockPath, inputDigest(needed.spec), requirements, packages, { replace: needed.spec.requirements === undefined });
  progress.line(`wrote ${path.relative(process.cwd(), needed.lockPath)}: commit this file`);
}

/** Finds the interpreters that will compile bytecode and remembers their versions. */
export async function rememberInterpreters(job: BuildJob): Promise<void> {
  const store = openStore(job);
  const progress = new Progress(job.place);
  const script = 'import os, platform, sys; print(platform.python_version(), os.path.realpath(sys.executable), sep="\\n")';
  await inWorkFolder(async (workFolder) => {
    for (const runtime of bytecodeRuntimes(job.plan)) {
      const target = pythonTargetsOf(job.plan).find((one) => one.runtime === runtime);
      if (target === undefined) {
        continue;
      }
      const bench = await openWorkbench(choiceOf(job, workFolder, progress, { target, needsInterpreter: true }));
      try {
        const run = await bench.python(target.pythonVersion, ['-c', script]);
        const [version, executable] = run.stdout.trim().split('\n');
        rememberInterpreter(store.root, runtime, job.settings.image, version, bench.onRuntimeSystem ? undefined : executable);
      } finally {
        await bench.dispose();
      }
    }
  });
}

/** Unpacks a layer's archive, links and modes included, and puts the folder in its place when it is whole. */
export async function performUnpack(archive: string, folder: string): Promise<void> {
  const aside = await fs.mkdtemp(`${folder}.`);
  try {
    for (const entry of await extractZip(archive, aside)) {
      const file = path.join(aside, ...entry.path.split('/'));
      if (entry.target !== undefined) {
        await fs.mkdir(path.dirname(file), { recursive: true });
        await fs.symlink(entry.target, file);
      } else {
        await fs.chmod(file, entry.executable ? 0o755 : 0o644);
      }
    }
    await fs.chmod(aside, 0o755);
    await fs.rename(aside, folder);
  } catch (error) {
    await fs.rm(aside, { recursive: true, force: true });
    throw error;
  }
}

function choiceOf(
  job: BuildJob,
  workFolder: string,
  progress: Progress,
  rest: Pick<WorkbenchChoice, 'target' | 'needsInterpreter'>,
): WorkbenchChoice {
  return { workFolder, cacheRoot: openStore(job).root, settings: job.settings, place: job.place, progress, ...rest };
}

async function inWorkFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'cdk-lambda-layers-'));
  try {
    await work(folder);
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}
