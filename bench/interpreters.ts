import { spawnSync } from 'node:child_process';
import { targetOf, type RuntimeName } from './sets';
import type { Workspace } from './workspace';

/** This machine's interpreter of a runtime's version, or undefined. */
export function findInterpreter({ uv, root, env }: Workspace, runtime: RuntimeName): string | undefined {
  const args = [...uv.prefix, 'python', 'find', '--no-project', '--offline', targetOf(runtime).pythonVersion];
  const found = spawnSync(uv.command, args, { cwd: root, env, encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}
