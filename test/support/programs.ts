import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Sandbox } from './sandbox';
import { extractZip } from '../../lib/archive/read-zip';

/** What an extension of the layer in an output folder prints when it is started with nothing around it. */
export async function printedBy(sandbox: Sandbox, extension: string, outdir = 'out'): Promise<string> {
  const archive = fs.readdirSync(sandbox.path(outdir)).find((name) => name.endsWith('.zip'))!;
  const opt = fs.mkdtempSync(sandbox.path('opt-'));
  await extractZip(sandbox.path(outdir, archive), opt);
  const program = path.join(opt, 'extensions', extension);
  fs.chmodSync(program, 0o755);
  return execFileSync(program, { encoding: 'utf8', env: {} });
}

/** Everything below a folder, with what each file holds. */
export function snapshotOf(folder: string): Record<string, string> {
  const all = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(all.map((one) => {
    const file = path.join(one.parentPath, one.name);
    return [path.relative(folder, file), one.isFile() ? fs.readFileSync(file, 'latin1') : ''];
  }));
}
