import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

/** Runs statements in a process of their own, with a file of this room as `tested`; returns what it wrote to stderr. */
export function stderrOf(tested: string, statements: string, env: NodeJS.ProcessEnv = {}): string {
  const program = `(async () => { const tested = require(${JSON.stringify(tested)}); ${statements} })()`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '-e', program], {
    cwd: path.join(__dirname, '../..'), env: { ...process.env, ...env }, encoding: 'utf8',
  });
  expect({ code: child.status, stdout: child.stdout, stderr: child.stderr }).toEqual({ code: 0, stdout: '', stderr: child.stderr });
  return child.stderr;
}
