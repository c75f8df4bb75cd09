import { collectApp } from './collect-app';
import { reportFaults, type JobResult } from './side-by-side';
import { FaultError } from '../common/fault';
import { performLock } from '../pipeline/perform';

/** `lock -- <app command>`: one layer after another, since several may share a lock. */
export async function lock(app: readonly string[], json: boolean): Promise<void> {
  const results: JobResult<string[]>[] = [];
  for (const job of await collectApp(app)) {
    try {
      results.push({ job, result: await performLock(job), faults: [] });
    } catch (error) {
      if (!(error instanceof FaultError)) {
        throw error;
      }
      results.push({ job, faults: error.faults });
    }
  }
  const written = [...new Set(results.flatMap((result) => result.result ?? []))];
  if (json) {
    process.stdout.write(`${JSON.stringify({ written, faults: results.flatMap((result) => result.faults) }, undefined, 2)}\n`);
  } else {
    process.stdout.write(written.length === 0 ? 'every layer has its lock\n' : `${written.map((file) => `wrote ${file}`).join('\n')}\n`);
  }
  reportFaults(results);
}
