import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { explainDiskFull } from './disk-full';
import { makePrivateFolder } from './private-folder';

/** After this time nobody works in a temporary folder any more. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** What `inTemporary` puts behind the name: process, machine, random letters. */
const OWNER = /\.(\d+)\.([0-9a-z]+)\.[^.]+$/;

const UNKNOWN_MACHINE = 'unknown';

/**
 * Runs work in a private folder of the cache that is removed afterwards. Its name tells others when its owner is gone,
 * so that what a killed process leaves behind is garbage that somebody sweeps.
 */
export async function inTemporary<T>(root: string, name: string, work: (folder: string) => Promise<T>): Promise<T> {
  let folder: string | undefined;
  try {
    folder = await fs.promises.mkdtemp(path.join(temporaryParent(root), `${name}.${process.pid}.${machineId()}.`));
    return await work(folder);
  } catch (error) {
    throw explainDiskFull(error, root);
  } finally {
    await removeQuietly(folder);
  }
}

/** The folder of a cache for what is not finished. */
export function temporaryParent(root: string): string {
  return makePrivateFolder(path.join(root, 'tmp'));
}

/** Removes what killed processes left behind. */
export async function sweepTemporary(root: string): Promise<void> {
  const parent = temporaryParent(root);
  for (const name of listFolder(parent)) {
    const folder = path.join(parent, name);
    if (isOrphan(name) || isAbandoned(folder)) {
      await removeQuietly(folder);
    }
  }
}

/** Whether nothing has happened to a file or folder for a day. */
export function isAbandoned(file: string): boolean {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && stat.mtimeMs < Date.now() - ABANDONED_MS;
}

/** The names in a folder, none when it cannot be read. */
export function listFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

/** What cannot be removed now is swept later, and is no reason to fail. */
async function removeQuietly(folder: string | undefined): Promise<void> {
  if (folder !== undefined) {
    await fs.promises.rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Whether the process that made a temporary folder ran on this machine, since it was started, and is gone. */
function isOrphan(name: string): boolean {
  const [, pid, owner] = OWNER.exec(name) ?? [];
  return owner !== undefined && owner !== UNKNOWN_MACHINE && owner === machineId() && !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

let machine: string | undefined;

/** Stands for all processes whose numbers mean the same: one boot of one machine and, with containers, one process namespace. */
function machineId(): string {
  machine ??= readMachineId();
  return machine;
}

function readMachineId(): string {
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return createHash('sha256').update(boot).update(fs.readlinkSync('/proc/self/ns/pid')).digest('hex').slice(0, 12);
  } catch {
    return UNKNOWN_MACHINE;
  }
}
