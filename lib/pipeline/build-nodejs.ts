import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { LayerBuild } from './layer-build';
import type { ResolvedNodejs } from './read-plan';
import { architecturesOf } from './targets';
import { openNpm } from './workbenches';
import { installNodejs } from '../build/install-nodejs';
import { counted } from '../common/counted';
import { FaultError } from '../common/fault';
import { newIgnore } from '../content/git-ignore';
import { hashFile } from '../inspect/hash-file';
import type { OptFile } from '../inspect/opt-tree';
import { slimNodejs } from '../slim/nodejs-rules';
import type { SlimSaving } from '../slim/python-rules';
import { listModuleFiles, type SiteFile } from '../slim/site-files';
import type { ArchitectureName } from '../target/target';

/** Where every Node.js runtime looks for packages. */
const OPT_FOLDER = 'nodejs/node_modules';

const FILES_NAMED = 5;

/** Node.js content as entries of the layer. */
export interface NodejsEntries {
  readonly entries: readonly OptFile[];
  readonly bytesBefore: number;
  readonly savings: readonly SlimSaving[];
}

/** Installs and slims one Node.js content. Where npm chooses packages by the machine, it is installed for each, and must come out the same. */
export async function buildNodejs(build: LayerBuild, resolved: ResolvedNodejs): Promise<NodejsEntries> {
  const { withScripts, dependsOnMachine } = resolved.resolution;
  if (withScripts.length > 0) {
    build.progress.line(`install scripts do not run; these packages have one: ${withScripts.join(', ')}`);
  }
  const architectures = architecturesOf(build.plan);
  const needed = dependsOnMachine ? architectures : architectures.slice(0, 1);
  const trees = await Promise.all(needed.map((architecture) => install(build, resolved, architecture)));
  await failOnDifferences(trees);
  const [installed] = trees;
  const excluded = newIgnore().add([...resolved.spec.exclude]);
  const { kept, savings } = slimNodejs(installed.filter((file) => !excluded.ignores(file.path)), build.plan.slim);
  return {
    entries: kept.map((file) => ({ kind: 'file', path: `${OPT_FOLDER}/${file.path}`, mode: file.executable ? 0o755 : 0o644, source: file.source })),
    bytesBefore: installed.reduce((sum, file) => sum + file.bytes, 0),
    savings,
  };
}

async function install(build: LayerBuild, resolved: ResolvedNodejs, architecture: ArchitectureName): Promise<SiteFile[]> {
  const folder = path.join(build.workFolder, `content-${resolved.content}`, `nodejs-${architecture}`);
  await fs.mkdir(folder, { recursive: true });
  const npm = await openNpm(build, architecture);
  try {
    const what = `installing ${counted(resolved.resolution.packages.length, 'package')} for Node.js on ${architecture} with ${npm.description}`;
    const modules = await build.progress.step(what, () => installNodejs(npm, resolved.spec.directory, architecture, folder));
    return await listModuleFiles(modules);
  } finally {
    await npm.dispose();
  }
}

async function failOnDifferences([first, ...others]: readonly SiteFile[][]): Promise<void> {
  const known = new Map(await digests(first));
  for (const other of others) {
    const found = new Map(await digests(other));
    const different = [...new Set([...known.keys(), ...found.keys()])].filter((file) => known.get(file) !== found.get(file)).sort();
    if (different.length > 0) {
      throw new FaultError({
        what: 'one layer cannot serve both architectures: its Node.js packages differ between them',
        got: different.slice(0, FILES_NAMED).join('\n'),
        allowed: 'both architectures when nothing native is inside',
        fix: 'make one layer for each architecture: `compatibleArchitectures: [lambda.Architecture.ARM_64]` and `[lambda.Architecture.X86_64]`',
      });
    }
  }
}

function digests(files: readonly SiteFile[]): Promise<[string, string][]> {
  return Promise.all(files.map(async (file): Promise<[string, string]> => [file.path, (await hashFile(file.source)).sha256]));
}
