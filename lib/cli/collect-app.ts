import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { UsageError } from './usage';
import { describeFailure, runTool } from '../build/run-tool';
import { FaultError } from '../common/fault';
import { COLLECT_VARIABLE, collectedJobs } from '../pipeline/collect-jobs';
import type { BuildJob } from '../pipeline/layer-plan';

/** Runs an app that writes its layers down instead of building them. Its output goes to a folder that is thrown away. */
export async function collectApp(app: readonly string[]): Promise<BuildJob[]> {
  const command = app.length > 0 ? app : appOfCdkJson();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-lambda-layers-'));
  try {
    const file = path.join(folder, 'jobs');
    fs.writeFileSync(file, '');
    // The app is the user's own program, so it gets the user's own environment.
    const env = { ...process.env, [COLLECT_VARIABLE]: file, CDK_OUTDIR: path.join(folder, 'cdk.out') } as Record<string, string>;
    const run = await runTool(command[0], command.slice(1), { env }).catch((error: Error) => {
      throw new UsageError(`the app command cannot be started: ${error.message}`);
    });
    if (run.code !== 0) {
      throw new FaultError({
        what: 'the app did not synthesise',
        got: describeFailure(command.join(' '), run),
        fix: 'make the app command work alone first',
      });
    }
    const jobs = collectedJobs(file);
    if (jobs.length === 0) {
      throw new FaultError({
        what: 'the app has no layers to build',
        got: command.join(' '),
        allowed: 'an app with at least one layer of cdk-lambda-layers',
        fix: 'give the command that synthesises the app, as in cdk.json',
      });
    }
    return jobs;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function appOfCdkJson(): string[] {
  const file = path.resolve('cdk.json');
  const app: unknown = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as { app?: unknown }).app : undefined;
  if (typeof app !== 'string') {
    throw new UsageError(`no app command after --, and none in ${file}`);
  }
  return process.platform === 'win32' ? ['cmd', '/d', '/s', '/c', app] : ['sh', '-c', app];
}
