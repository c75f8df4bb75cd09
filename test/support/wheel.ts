import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeZip } from '../../lib/archive/write-zip';
import type { OptEntry } from '../../lib/inspect/opt-tree';

export interface WheelSpec {
  readonly name: string;
  readonly version: string;
  readonly requires?: readonly string[];
  /** Such as `cp313-cp313-win_amd64`; pure Python when left out. */
  readonly tag?: string;
}

/** A file of a package index. */
export interface Artifact {
  readonly name: string;
  readonly file: string;
  readonly content: Buffer;
  readonly sha256: string;
}

/** A wheel of one module that holds its version. */
export async function makeWheel(spec: WheelSpec): Promise<Artifact> {
  const { name, version, requires = [], tag = 'py3-none-any' } = spec;
  const module = name.replace(/-/g, '_');
  const info = `${module}-${version}.dist-info`;
  const files = {
    [`${module}.py`]: `VERSION = '${version}'\n`,
    [`${info}/METADATA`]: [
      'Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`, ...requires.map((one) => `Requires-Dist: ${one}`), '',
    ].join('\n'),
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
  };
  const record = `${Object.entries(files).map(([file, text]) => `${file},sha256=${base64(text)},${text.length}\n`).join('')}${info}/RECORD,,\n`;
  return artifact(name, `${module}-${version}-${tag}.whl`, await zip({ ...files, [`${info}/RECORD`]: record }));
}

/** A file as an index offers it. */
export function artifact(name: string, file: string, content: Buffer): Artifact {
  return { name, file, content, sha256: createHash('sha256').update(content).digest('hex') };
}

async function zip(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wheel-'));
  try {
    const entries = Object.entries(files).map(([file, text], index): OptEntry => {
      const source = path.join(folder, String(index));
      fs.writeFileSync(source, text);
      return { kind: 'file', path: file, mode: 0o644, source };
    });
    const archive = path.join(folder, 'wheel.zip');
    await writeZip(entries, archive);
    return fs.readFileSync(archive);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function base64(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
