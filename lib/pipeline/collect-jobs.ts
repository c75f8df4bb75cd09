import * as fs from 'node:fs';
import type { BuildJob } from './layer-plan';

/** Names the file that the command line wants an app's layers written to, instead of having them built one after another. */
export const COLLECT_VARIABLE = 'CDK_LAMBDA_LAYERS_COLLECT';

/** Writes a job down when the command line collects, and says whether it does. */
export function collectJob(job: BuildJob): boolean {
  const file = process.env[COLLECT_VARIABLE];
  if (file === undefined || file === '') {
    return false;
  }
  fs.appendFileSync(file, `${JSON.stringify(job)}\n`);
  return true;
}

/** The jobs that an app wrote down. */
export function collectedJobs(file: string): BuildJob[] {
  return fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as BuildJob);
}
