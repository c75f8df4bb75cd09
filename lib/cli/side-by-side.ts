import * as os from 'node:os';
import { renderFault, FaultError, type Fault } from '../common/fault';
import { systemFault } from '../common/system-fault';
import type { BuildJob } from '../pipeline/layer-plan';

/** A job and what came of it. */
export interface JobResult<T> {
  readonly job: BuildJob;
  readonly result?: T;
  readonly faults: readonly Fault[];
}

/**
 * Works on jobs side by side, as many as the machine has cores and one more, since installing waits for the network.
 * All of them run, whatever fails.
 */
export async function sideBySide<T>(jobs: readonly BuildJob[], work: (job: BuildJob) => Promise<T>): Promise<JobResult<T>[]> {
  const results: JobResult<T>[] = new Array(jobs.length);
  const queue = [...jobs.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, job] = next;
      results[index] = await attempt(job, work);
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() + 1 }, worker));
  return results;
}

async function attempt<T>(job: BuildJob, work: (job: BuildJob) => Promise<T>): Promise<JobResult<T>> {
  try {
    return { job, result: await work(job), faults: [] };
  } catch (error) {
    const fault = systemFault(error);
    const faults = error instanceof FaultError ? error.faults : fault === undefined ? undefined : [fault];
    if (faults === undefined) {
      throw error;
    }
    return { job, faults };
  }
}

/** Writes what went wrong, layer by layer, and leaves the exit code behind. */
export function reportFaults(results: readonly JobResult<unknown>[]): void {
  for (const { job, faults } of results) {
    for (const fault of faults) {
      process.stderr.write(`${job.place}: ${renderFault(fault)}\n`);
    }
  }
  if (results.some((result) => result.faults.length > 0)) {
    process.exitCode = 1;
  }
}
