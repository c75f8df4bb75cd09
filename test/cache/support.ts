import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { BuiltLayer } from '../../lib/cache/layer-store';

/** A new folder; its real path, so that paths can be compared. */
export function makeFolder(): string {
  return fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'cache-test-'));
}

export function removeFolder(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true });
}

/** A key as the library makes them. */
export function keyOf(name: string): string {
  return sha256(name);
}

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A whole second, which every file system keeps exactly. */
const BUILT_AT = new Date('2025-01-01T00:00:00Z');

/** Writes what a builder leaves behind, with an archive of the given content. */
export function leaveLayer(folder: string, archive: string | Buffer): BuiltLayer {
  fs.writeFileSync(path.join(folder, 'layer.zip'), archive);
  fs.writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify({ files: [], digest: sha256(archive) }));
  for (const name of ['layer.zip', 'manifest.json']) {
    fs.utimesSync(path.join(folder, name), BUILT_AT, BUILT_AT);
  }
  return {
    summary: {
      digest: sha256(archive),
      unzippedBytes: 2 * archive.length,
      archiveBytes: archive.length,
      bytesBeforeSlimming: 3 * archive.length,
      runtimes: ['python3.13'],
      packages: [],
      nativeFiles: [],
      programs: [],
      savings: [],
    },
  };
}

/** Where an entry lies. */
export function entryFolder(root: string, key: string): string {
  return path.join(root, 'layers', key.slice(0, 2), key);
}

const started: ChildProcess[] = [];

/** Starts one of the programs in `processes/`. */
export function startProcess(name: string, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, 'processes', `${name}.ts`), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  return child;
}

/** Ends what a failed test left running. */
export function killProcesses(): void {
  started.splice(0).forEach((child) => child.kill('SIGKILL'));
}

/** Kills a process and waits until it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  const finished = finish(child);
  child.kill('SIGKILL');
  await finished;
}

/** Waits for the end of a process: what it wrote, and how it ended. */
export async function finish(child: ChildProcess): Promise<{ stdout: string; code: number | null; signal: string | null }> {
  let stdout = '';
  child.stdout?.on('data', (chunk) => { stdout += chunk; });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ stdout, code, signal }));
  });
}

/** Waits for the first thing a process writes. */
export async function firstOutput(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.stdout?.once('data', (chunk) => resolve(String(chunk)));
  });
}
