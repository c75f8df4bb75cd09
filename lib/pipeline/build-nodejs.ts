import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { LayerBuild } from './layer-build';
import type { ResolvedNodejs } from './read-plan';
import { architecturesOf } from './targets';
import { openNpm } from './workbenches';
import { installNodejs, type InstalledNodejs } from '../build/install-nodejs';
import { counted } from '../common/counted';
import { FaultError } from '../common/fault';
import { newIgnore } from '../content/git-ignore';
import { hashFile } from '../inspect/hash-file';
import { mapParallel } from '../inspect/map-parallel';
import type { OptFile } from '../inspect/opt-tree';
import type { NodejsResolution } from '../resolve/npm-lock';
import { slimNodejs } from '../slim/nodejs-rules';
import type { SlimSaving } from '../slim/python-rules';
import { listModuleFiles, type SiteFile } from '../slim/site-files';
import type { ArchitectureName } from '../target/target';

/** Where every Node.js runtime looks for packages. */
const OPT_FOLDER = 'nodejs/node_modules';

/** The list of what is installed, for tools that take stock. */
const LIST = '.package-lock.json';

const FILES_NAMED = 5;
const PARALLEL_READS = 8;

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
  const trees: SiteFile[][] = [];
  // One after the other: when one fails, none still writes into a folder that is being removed.
  for (const architecture of dependsOnMachine ? architectures : architectures.slice(0, 1)) {
    trees.push(await install(build, resolved, architecture));
  }
  await failOnDifferences(trees);
  const [installed] = trees;
  const excluded = newIgnore().add([...resolved.spec.exclude]);
  const { kept, savings } = await slimNodejs(installed.filter((file) => !excluded.ignores(file.path)), build.plan.slim);
  return {
    entries: kept.map((file) => ({ kind: 'file', path: `${OPT_FOLDER}/${file.path}`, mode: file.executable ? 0o755 : 0o644, source: file.source })),
    bytesBefore: installed.reduce((sum, file) => sum + file.bytes, 0),
    savings,
  };
}

async function install(build: LayerBuild, resolved: ResolvedNodejs, architecture: ArchitectureName): Promise<SiteFile[]> {
  const { spec, resolution, content } = resolved;
  const folder = path.join(build.workFolder, `content-${content}`, `nodejs-${architecture}`);
  await fs.mkdir(folder, { recursive: true });
  const npm = await openNpm(build, spec.directory, architecture);
  try {
    const what = `installing ${counted(resolution.packages.length, 'package')} for Node.js on ${architecture} with ${npm.description}`;
    const installed = await build.progress.step(what, () => installNodejs(npm, spec.directory, resolution, architecture, folder));
    if (installed.uncompiled.length > 0) {
      build.progress.line(`optional packages that are not compiled, as their install scripts do not run: ${installed.uncompiled.join(', ')}`);
    }
    await writeList(installed, resolution);
    const files = await listModuleFiles(installed.modules);
    return files.filter((file) => !installed.places.others.has(placeOf(file.path, resolution)));
  } finally {
    await npm.dispose();
  }
}

/** In place of npm's own list, which says where packages were fetched from and differs between versions of npm. */
async function writeList({ modules, places }: InstalledNodejs, resolution: NodejsResolution): Promise<void> {
  const listed = resolution.packages.filter((one) => places.needed.has(one.path));
  const packages = Object.fromEntries(listed.map(({ path: place, version, integrity }) => [place, { version, integrity }]));
  await fs.writeFile(path.join(modules, LIST), `${JSON.stringify({ lockfileVersion: 3, requires: true, packages }, undefined, 2)}\n`);
}

/** The innermost package of the lock that a file lies in. */
function placeOf(file: string, { entries }: NodejsResolution): string {
  const parts = `node_modules/${file}`.split('/');
  const places = parts.map((_, index) => parts.slice(0, parts.length - 1 - index).join('/'));
  return places.find((place) => place !== '' && entries.has(place)) ?? '';
}

async function failOnDifferences([first, ...others]: readonly SiteFile[][]): Promise<void> {
  const known = others.length === 0 ? new Map<string, string>() : new Map(await digests(first));
  for (const other of others) {
    const found = new Map(await digests(other));
    const different = [...new Set([...known.keys(), ...found.keys()])]
      .filter((file) => file !== LIST && known.get(file) !== found.get(file))
      .sort();
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
  return mapParallel(files, PARALLEL_READS, async (file): Promise<[string, string]> => [file.path, (await hashFile(file.source)).sha256]);
}
