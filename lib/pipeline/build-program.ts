import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { compileProgram } from './compile-program';
import type { LayerBuild } from './layer-build';
import { programArchitecture } from './targets';
import { failOn, type Fault } from '../common/fault';
import type { ProgramContentSpec } from '../content/content-spec';
import { readElf } from '../inspect/elf';
import type { OptEntry } from '../inspect/opt-tree';
import type { ArchitectureName } from '../target/target';

/** A program as an entry of the layer, compiled where it is source. */
export async function buildProgram(build: LayerBuild, spec: ProgramContentSpec, workFolder: string): Promise<OptEntry> {
  const { source } = spec;
  if (source.type === 'link') {
    return { kind: 'link', path: spec.path, target: source.target };
  }
  await fs.mkdir(workFolder, { recursive: true });
  return { kind: 'file', path: spec.path, mode: 0o755, source: await programFile(build, spec, workFolder) };
}

/** @returns where the bytes lie: in the work folder where they are new */
async function programFile(build: LayerBuild, { path: place, source }: ProgramContentSpec, workFolder: string): Promise<string> {
  const made = path.join(workFolder, 'program');
  const architecture = programArchitecture(build.plan, source);
  switch (source.type) {
    case 'script':
      return source.file;
    case 'binaries':
      failOn(machineFaults(place, source[architecture]!, architecture));
      return source[architecture]!;
    case 'ready-made':
      await fs.writeFile(made, await promisify(brotliDecompress)(await fs.readFile(source[architecture])));
      return made;
    case 'launcher':
      await fs.writeFile(made, `#!/bin/sh\nexec "\${0%/*}/${source.target}" ${path.posix.basename(place)}\n`);
      return made;
    case 'go': case 'rust':
      await compileProgram(build, source, architecture, path.join(workFolder, 'compile'), made);
      return made;
    case 'link':
      throw new Error('a link has no bytes');
  }
}

/** A program that was given for another machine than it is for. */
function machineFaults(place: string, file: string, architecture: ArchitectureName): Fault[] {
  const machine = readElf(file)?.machine ?? architecture;
  return machine === architecture ? [] : [{
    what: 'the program of an extension is for another machine than it was given for',
    got: `${place}: ${file} is for ${machine}`,
    allowed: architecture,
    fix: 'give `ExtensionCode.binary` the program that was built for that machine',
  }];
}
