import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Uv } from './find-uv';
import { runTool } from './run-tool';

/** An interpreter of a version, or any that uv can use. */
export async function findInterpreter(uv: Uv, env: Record<string, string>, version?: string): Promise<string | undefined> {
  const args = ['python', 'find', '--no-project', '--offline', '--no-python-downloads', ...(version === undefined ? [] : [version])];
  const found = await runTool(uv.command, [...uv.prefix, ...args], { env });
  if (found.code === 0) {
    return found.stdout.trim();
  }
  return version === undefined ? undefined : pyenvInterpreter(version);
}

/** pyenv's interpreters are not on the path, and its stand-ins there refuse every version that is not switched on. */
function pyenvInterpreter(version: string): string | undefined {
  const versions = path.join(process.env.PYENV_ROOT ?? path.join(os.homedir(), '.pyenv'), 'versions');
  const names = fs.existsSync(versions) ? fs.readdirSync(versions) : [];
  const fitting = names.filter((name) => new RegExp(`^${version.replace('.', '\\.')}\\.\\d+$`).test(name));
  const newest = fitting.sort((a, b) => Number(a.split('.')[2]) - Number(b.split('.')[2])).at(-1);
  return newest === undefined ? undefined : path.join(versions, newest, 'bin', 'python');
}
