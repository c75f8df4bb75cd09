import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Where what a function sees lies on this machine. */
export interface Places {
  /** An empty folder, or one with `opt`, what the function's layers hold. */
  readonly work: string;
  readonly lang: string;
  readonly runtime: string;
  readonly code: string;
  readonly emulator: string;
}

export interface EnterCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The command that runs another one where the file system looks like Lambda's (enter.sh).
 *
 * It needs no root where the system lets users make namespaces. When it ends, for whatever reason, all processes in there are killed:
 * it is killed itself when our process dies, and its kernel namespace of processes ends with it.
 */
export function enter(places: Places, inner: readonly string[]): EnterCommand {
  for (const folder of ['var', 'opt']) {
    fs.mkdirSync(path.join(places.work, folder), { recursive: true });
  }
  const root = process.getuid?.() === 0;
  return {
    command: 'setpriv',
    args: [
      '--pdeathsig', 'KILL',
      'unshare', ...(root ? [] : ['--map-root-user']), '--mount', '--pid', '--kill-child',
      'sh', path.join(__dirname, 'enter.sh'),
      places.work, places.lang, places.runtime, places.code, os.homedir(), places.emulator, __dirname,
      ...inner,
    ],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
  };
}
