import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { describeFailure, runTool, type ToolRun } from './run-tool';
import { ToolUnavailable } from './workbench';
import { toolFolder } from '../cache/tool-store';
import { sayOnce } from '../common/say-once';

/** The first uv that can check the hashes of build requirements. */
const OLDEST_UV = [0, 13, 0];

/** The uv that is installed when there is none, with its hashes. */
export const UV_REQUIREMENTS = path.join(__dirname, 'uv-requirements.txt');

/** A command that is uv, with the arguments that come before uv's own. */
export interface Uv {
  readonly command: string;
  readonly prefix: readonly string[];
  readonly version: string;
}

/** Runs a command where uv shall run. Rejects when it is not there. */
export type RunCommand = (command: string, args: readonly string[]) => Promise<ToolRun>;

export interface FindUvOptions {
  readonly env: Record<string, string>;
  readonly cacheRoot: string;
  /** Whether the pinned uv may be installed into the tool cache. */
  readonly install: boolean;
}

/** uv on the path, else as a module of Python, else the pinned one in the tool cache, where pip puts it the first time. */
export async function findUv(options: FindUvOptions): Promise<Uv> {
  const run: RunCommand = (command, args) => runTool(command, args, { env: options.env });
  const onPath = await asUv(run, 'uv');
  if (onPath !== undefined) {
    return onPath;
  }
  const python = await findPython(run);
  if (python === undefined) {
    throw new ToolUnavailable(`neither uv ${OLDEST_UV.join('.')} or newer nor Python 3.9 or newer is on the path`);
  }
  const asModule = await asUv(run, python, ['-m', 'uv']);
  if (asModule !== undefined) {
    return asModule;
  }
  if (!options.install) {
    throw new ToolUnavailable(`there is no uv ${OLDEST_UV.join('.')} or newer, and installing one is forbidden by \`installTools: false\``);
  }
  return installPinned(python, run, options.cacheRoot);
}

/** The command as uv, or undefined when it is not there or too old. */
export async function asUv(run: RunCommand, command: string, prefix: readonly string[] = []): Promise<Uv | undefined> {
  const result = await run(command, [...prefix, '--version']).catch(() => undefined);
  const version = /^uv (\d+)\.(\d+)\.(\d+)/.exec(result?.code === 0 ? result.stdout : '')?.slice(1).map(Number);
  return version !== undefined && !isOlder(version, OLDEST_UV) ? { command, prefix, version: version.join('.') } : undefined;
}

function isOlder(version: readonly number[], than: readonly number[]): boolean {
  const different = version.findIndex((part, index) => part !== than[index]);
  return different >= 0 && version[different] < than[different];
}

/** Any Python that can run today's pip. */
async function findPython(run: RunCommand): Promise<string | undefined> {
  for (const command of ['python3', 'python']) {
    const result = await run(command, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).catch(() => undefined);
    if (result?.code === 0) {
      return command;
    }
  }
  return undefined;
}

async function installPinned(python: string, run: RunCommand, cacheRoot: string): Promise<Uv> {
  const pinned = /^uv==(\S+)/m.exec(await fs.readFile(UV_REQUIREMENTS, 'utf8'))?.[1];
  const folder = await toolFolder(cacheRoot, `uv-${pinned}`, async (target) => {
    sayOnce(`fetching uv ${pinned}, which is kept in ${cacheRoot}`);
    const installed = await run(python, pipArguments(UV_REQUIREMENTS, target));
    if (installed.code !== 0) {
      throw new ToolUnavailable(`the pinned uv could not be installed: ${describeFailure('pip', installed)}`);
    }
  });
  const command = path.join(folder, 'bin', process.platform === 'win32' ? 'uv.exe' : 'uv');
  const uv = await asUv(run, command);
  if (uv === undefined) {
    throw new ToolUnavailable(`the pinned uv in ${folder} does not run`);
  }
  return uv;
}

/** Python's arguments to install a hashed list into a folder. */
export function pipArguments(requirements: string, target: string): string[] {
  const strict = ['--require-hashes', '--only-binary', ':all:', '--no-deps'];
  return ['-m', 'pip', 'install', '--quiet', '--no-input', '--no-compile', ...strict, '--target', target, '-r', requirements];
}
