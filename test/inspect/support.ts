import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { OptEntry } from '../../lib/inspect/opt-tree';

const made: string[] = [];

/** A new folder; removed by `removeFolders`. */
export function makeFolder(): string {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'inspect-test-'));
  made.push(folder);
  return folder;
}

export function removeFolders(): void {
  made.splice(0).forEach((folder) => fs.rmSync(folder, { recursive: true, force: true }));
}

export interface LeafSpec {
  readonly content: string | Buffer;
  readonly executable?: boolean;
}

/** Entries by their path in the layer: content is written to numbered files of a new folder, `{ link }` makes a link. */
export function entriesOf(tree: Readonly<Record<string, LeafSpec | { readonly link: string }>>): OptEntry[] {
  const folder = makeFolder();
  return Object.entries(tree).map(([entryPath, leaf], index): OptEntry => {
    if ('link' in leaf) {
      return { kind: 'link', path: entryPath, target: leaf.link };
    }
    const source = path.join(folder, String(index));
    fs.writeFileSync(source, leaf.content);
    return { kind: 'file', path: entryPath, mode: leaf.executable === true ? 0o755 : 0o644, source };
  });
}

/** Every file below a folder as an entry below `prefix`. */
export function entriesIn(folder: string, prefix: string): OptEntry[] {
  return filesIn(folder).map((source): OptEntry => ({
    kind: 'file', path: path.posix.join(prefix, path.relative(folder, source)), mode: 0o644, source,
  }));
}

export function filesIn(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Wheels of PyPI, unpacked into a new folder as the library's build does it. */
export function installWheels(uv: string, machine: 'x86_64' | 'aarch64', pythonVersion: string, packages: readonly string[]): string {
  const folder = makeFolder();
  execFileSync(uv, [
    'pip', 'install', '--quiet', '--target', folder, '--python-platform', `${machine}-manylinux_2_28`, '--python-version', pythonVersion,
    '--only-binary', ':all:', '--no-deps', '--no-installer-metadata', '--no-compile-bytecode', ...packages,
  ]);
  return folder;
}

/** `test`, or a skipped test when a tool that it needs is not there, which CI does not allow. */
export function testWith(...tools: readonly string[]): typeof test | typeof test.skip {
  return tools.every(isThere) ? test : test.skip;
}

function isThere(tool: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The message that a promise fails with. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(() => { throw new Error('it did not fail'); }, (error: Error) => error.message);
}
