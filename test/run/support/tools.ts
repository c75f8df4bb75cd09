import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { enter } from './enter';

/** What scripts/fetch-emulator.sh and scripts/fetch-node-runtime.sh fetch. */
const TOOLS = path.resolve(__dirname, '../../../.run-tools');

export const EMULATOR = path.join(TOOLS, 'aws-lambda-rie');

/** A runtime as the scripts fetched it. */
export interface RuntimeFolders {
  /** Stands for Lambda's /var/lang. */
  readonly lang: string;
  /** Stands for Lambda's /var/runtime. */
  readonly runtime: string;
}

export function runtimeFolders(runtime: string): RuntimeFolders {
  const folder = path.join(TOOLS, runtime);
  if (!fs.existsSync(folder)) {
    throw new Error(`the runtime ${runtime} was not fetched: see scripts/fetch-emulator.sh and scripts/fetch-node-runtime.sh`);
  }
  return { lang: fs.realpathSync(path.join(folder, 'lang')), runtime: path.join(folder, 'runtime') };
}

/** The Python runtimes that functions can be started with here: none where there is no emulator, or where namespaces are not allowed. */
export function pythonRuntimes(): string[] {
  return startable('python3.');
}

/** The same for Node.js. */
export function nodeRuntimes(): string[] {
  return startable('nodejs');
}

function startable(prefix: string): string[] {
  if (process.platform !== 'linux' || !fs.existsSync(EMULATOR)) {
    return [];
  }
  const fetched = fs.readdirSync(TOOLS).filter((name) => name.startsWith(prefix) && fs.existsSync(path.join(TOOLS, name, 'lang', 'bin')));
  return fetched.length > 0 && canEnter(fetched[0]) ? fetched.sort() : [];
}

/** Whether this user may make the namespaces and mounts that a function gets. */
function canEnter(runtime: string): boolean {
  const work = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'run-probe-'));
  try {
    const { command, args, env } = enter({ work, emulator: EMULATOR, ...runtimeFolders(runtime), code: work }, ['true']);
    return spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'ignore', 'pipe'], timeout: 10_000 }).status === 0;
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}
