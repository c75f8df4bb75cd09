import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { RUNTIMES, targetOf } from './sets';
import { findUv, type Uv } from '../lib/build/find-uv';

/** Where everything that is measured happens: one folder, thus one disk, for all contenders. */
export interface Workspace {
  readonly root: string;
  readonly uv: Uv;
  /** The environment of all contenders: uv and the interpreters on the path, uv's cache in the workspace. */
  readonly env: NodeJS.ProcessEnv;
  /** A new name below the root. */
  fresh(purpose: string): string;
  remove(folder: string): void;
}

export async function openWorkspace(): Promise<Workspace> {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-lambda-layers-bench-')));
  const env = { ...process.env };
  // The machine's own choices for this library, which the measurements make themselves.
  delete env.CDK_LAMBDA_LAYERS_BUNDLING;
  delete env.CDK_LAMBDA_LAYERS_CACHE;
  env.UV_CACHE_DIR = path.join(root, 'uv-cache');
  env.PATH = [...pyenvFolders(env), env.PATH].join(path.delimiter);
  const uv = await findUv({ env: env as Record<string, string>, cacheRoot: path.join(root, 'tools'), install: true });
  if (path.isAbsolute(uv.command)) {
    // It had to be installed: nobody shall have to do that again.
    env.PATH = `${path.dirname(uv.command)}${path.delimiter}${env.PATH}`;
  }
  let count = 0;
  return {
    root,
    uv,
    env,
    fresh: (purpose) => path.join(root, `${purpose}-${++count}`),
    remove: (folder) => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

/** Where pyenv keeps the interpreters that are measured. Its shims for those that are not switched on fail. */
function pyenvFolders(env: NodeJS.ProcessEnv): string[] {
  const versions = path.join(env.PYENV_ROOT ?? path.join(os.homedir(), '.pyenv'), 'versions');
  const installed = fs.existsSync(versions) ? fs.readdirSync(versions) : [];
  return RUNTIMES.flatMap((runtime) => installed.filter((version) => version.startsWith(`${targetOf(runtime).pythonVersion}.`)))
    .map((version) => path.join(versions, version, 'bin'));
}
