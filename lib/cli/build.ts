import { collectApp } from './collect-app';
import { reportFaults, sideBySide } from './side-by-side';
import type { CachedLayer } from '../cache/layer-record';
import { FaultError } from '../common/fault';
import { findCached } from '../pipeline/find-cached';
import type { BuildJob } from '../pipeline/layer-plan';
import { performBuild, performLock } from '../pipeline/perform';
import { frozenLockFaults, readLockedPlan, readPlan } from '../pipeline/read-plan';

interface BuiltJob {
  readonly layer: CachedLayer;
  readonly built: boolean;
}

/** `build -- <app command>`: the layers that the cache lacks, side by side. */
export async function build(app: readonly string[], json: boolean): Promise<void> {
  const jobs = await collectApp(app);
  const results = await sideBySide(jobs, buildOne);
  if (json) {
    process.stdout.write(`${JSON.stringify(results.map(({ job, result, faults }) => ({
      layer: job.place,
      built: result?.built ?? false,
      key: result?.layer.key,
      digest: result?.layer.summary.digest,
      unzippedBytes: result?.layer.summary.unzippedBytes,
      faults,
    })), undefined, 2)}\n`);
  } else {
    const built = results.filter((result) => result.result?.built === true).length;
    const failed = results.filter((result) => result.faults.length > 0).length;
    process.stdout.write(`${results.length} layers: ${built} built, ${results.length - built - failed} cached, ${failed} failed\n`);
  }
  reportFaults(results);
}

async function buildOne(job: BuildJob): Promise<BuiltJob> {
  const reading = readPlan(job.plan);
  if ('lockNeeded' in reading) {
    if (job.settings.frozen) {
      throw new FaultError(...frozenLockFaults(reading.lockNeeded));
    }
    await performLock(job);
  }
  const built = findCached(job, readLockedPlan(job.plan)).state !== 'cached';
  return { layer: await performBuild(job), built };
}
