import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { LayerBuild } from './layer-build';
import type { ResolvedPython } from './read-plan';
import { openWorkbench, type WorkbenchChoice } from './workbenches';
import { installPython } from '../build/install-python';
import { counted } from '../common/counted';
import { FaultError } from '../common/fault';
import type { OptFile } from '../inspect/opt-tree';
import { readRecordOwners } from '../inspect/python-packages';
import { compileBytecode } from '../slim/bytecode';
import type { SlimSaving } from '../slim/python-rules';
import { listSiteFiles, type SiteFile } from '../slim/site-files';
import { slimSite } from '../slim/slim-site';
import type { Target } from '../target/target';

/** Python content of all targets as entries of the layer. */
export interface PythonEntries {
  readonly entries: readonly OptFile[];
  /** The dist-info folder that each path of the layer belongs to. */
  readonly owners: ReadonlyMap<string, string>;
  readonly bytesBefore: number;
  readonly savings: readonly SlimSaving[];
  readonly bytecodeVersion?: string;
  /** Names that were built from a source distribution. */
  readonly sourceBuilt: ReadonlySet<string>;
}

/** One target's packages after slimming. */
interface Site {
  readonly target: Target;
  readonly folder: string;
  readonly files: readonly SiteFile[];
  readonly owners: ReadonlyMap<string, string>;
  readonly bytesBefore: number;
  readonly savings: readonly SlimSaving[];
}

/** Installs, slims and compiles one Python content for every target, and lays the result out so that each runtime finds it. */
export async function buildPython(build: LayerBuild, resolved: readonly ResolvedPython[]): Promise<PythonEntries> {
  const sites = await Promise.all(resolved.map((one) => buildSite(build, one)));
  const perRuntime = await distinctByRuntime(sites);
  const shared = perRuntime.length === 1;
  const bytecodeOnly = build.plan.slim.bytecode === 'bytecode-only' && new Set(sites.map((site) => site.target.runtime)).size > 1;
  const laidOut =
    shared && !bytecodeOnly
      ? await Promise.all(oneOfEachRuntime(sites).map((site) => layOut(build, site, 'python')))
      : await Promise.all(oneOfEachRuntime(sites).map((site) => layOut(build, site, site.target.searchPaths[0])));

  const entries = new Map<string, OptFile>();
  const owners = new Map<string, string>();
  for (const one of laidOut) {
    one.entries.forEach((entry) => entries.set(entry.path, entry));
    one.owners.forEach((owner, file) => owners.set(file, owner));
  }
  const laid = shared ? sites.slice(0, 1) : perRuntime;
  return {
    entries: [...entries.values()],
    owners,
    bytesBefore: laid.reduce((sum, site) => sum + site.bytesBefore, 0),
    savings: laid.flatMap((site) => site.savings),
    bytecodeVersion:
      laidOut
        .map((one) => one.interpreter)
        .filter((one) => one !== undefined)
        .join(', ') || undefined,
    sourceBuilt: new Set(resolved.flatMap((one) => one.resolution.localPackages.map((local) => local.name).concat(one.spec.sourceBuilds))),
  };
}

async function buildSite(build: LayerBuild, one: ResolvedPython): Promise<Site> {
  const folder = `content-${one.content}/${one.target.runtime}-${one.target.architecture}`;
  await fs.mkdir(path.join(build.workFolder, folder), { recursive: true });
  const site = await installSite(build, one, folder);
  const installed = await listSiteFiles(site);
  const owners = await readRecordOwners(site, '');
  const slimmed = await slimSite(installed, build.plan.slim, owners, path.join(build.workFolder, folder));
  slimmed.notes.forEach((note) => build.progress.line(note));
  return {
    target: one.target,
    folder,
    files: slimmed.kept,
    owners,
    bytesBefore: installed.reduce((sum, file) => sum + file.bytes, 0),
    savings: slimmed.savings,
  };
}

/** Installs locally or in Docker, as the mode says; a package that had to be compiled is installed once more where the runtime's system is. */
async function installSite(build: LayerBuild, one: ResolvedPython, folder: string): Promise<string> {
  const choice: WorkbenchChoice = { ...build, target: one.target };
  const bench = await openWorkbench(choice);
  try {
    const count = one.resolution.packages.length + one.resolution.localPackages.length;
    const what = `installing ${counted(count, 'package')} for ${one.target.runtime} on ${one.target.architecture} with ${bench.description}`;
    const install = { ...one, ...one.spec, indexes: build.settings.indexes, folder };
    const installed = await build.progress.step(what, () => installPython(bench, build.workFolder, install));
    if (installed.localNative.length === 0 || bench.onRuntimeSystem) {
      return installed.site;
    }
    const reason = `${installed.localNative.join(', ')} must be compiled on the runtime's own system`;
    if (build.settings.mode === 'local') {
      throw new FaultError({
        what: `${installed.localNative.join(', ')} has native code that was compiled on this machine`,
        got: 'a wheel that nothing proves to run on Lambda',
        allowed: 'wheels for manylinux, or pure Python',
        fix: 'use BundlingMode.AUTO or DOCKER, or a version that ships a wheel',
      });
    }
    const container = await openWorkbench({ ...choice, dockerReason: reason });
    try {
      const again = await build.progress.step(`installing again with ${container.description}: ${reason}`, () =>
        installPython(container, build.workFolder, install),
      );
      return again.site;
    } finally {
      await container.dispose();
    }
  } finally {
    await bench.dispose();
  }
}

/** One site for each runtime whose files differ; a single one when the same files serve all. Architectures must not differ. */
async function distinctByRuntime(sites: readonly Site[]): Promise<Site[]> {
  if (sites.length === 1) {
    return [...sites];
  }
  const digests = await Promise.all(sites.map((site) => digestSite(site.files)));
  const native = sites.filter((site, index) =>
    sites.some((other, place) => other.target.runtime === site.target.runtime && digests[place] !== digests[index]),
  );
  if (native.length > 0) {
    throw new FaultError({
      what: 'one layer cannot serve both architectures: its packages differ between them',
      got: `${await differingPackages(sites)} for ${[...new Set(native.map((site) => site.target.architecture))].join(' and ')}`,
      allowed: 'both architectures when nothing native is inside',
      fix: 'make one layer for each architecture: `compatibleArchitectures: [lambda.Architecture.ARM_64]` and `[lambda.Architecture.X86_64]`',
    });
  }
  const runtimes = oneOfEachRuntime(sites);
  return new Set(digests).size === 1 ? runtimes.slice(0, 1) : runtimes;
}

function oneOfEachRuntime(sites: readonly Site[]): Site[] {
  return sites.filter((site, index) => sites.findIndex((other) => other.target.runtime === site.target.runtime) === index);
}

async function digestSite(files: readonly SiteFile[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file.path}\0${file.executable}\0${file.bytes}\0`).update(
      createHash('sha256')
        .update(await fs.readFile(file.source))
        .digest(),
    );
  }
  return hash.digest('hex');
}

async function differingPackages(sites: readonly Site[]): Promise<string> {
  const [first, ...others] = sites;
  const known = new Map(await Promise.all(first.files.map(async (file) => [file.path, await digestSite([file])] as const)));
  const names = new Set<string>();
  for (const site of others) {
    for (const file of site.files) {
      if (known.get(file.path) !== (await digestSite([file]))) {
        names.add((site.owners.get(file.path) ?? file.path).replace(/-[^-]*\.dist-info$/, ''));
      }
    }
  }
  return [...names].sort().slice(0, 5).join(', ');
}

interface LaidOut {
  readonly entries: readonly OptFile[];
  readonly owners: ReadonlyMap<string, string>;
  readonly interpreter?: string;
}

/** Gives a site its place in the layer, with bytecode that knows the place. */
async function layOut(build: LayerBuild, site: Site, optFolder: string): Promise<LaidOut> {
  const compiled = await compileSite(build, site, optFolder);
  const owners = new Map<string, string>();
  const entries = compiled.files.map((file): OptFile => {
    const opt = `${optFolder}/${file.path}`;
    const owner = site.owners.get(file.path) ?? site.owners.get(sourceOf(file.path));
    if (owner !== undefined) {
      owners.set(opt, owner);
    }
    return { kind: 'file', path: opt, mode: file.executable ? 0o755 : 0o644, source: file.source };
  });
  return { entries, owners, interpreter: compiled.interpreter };
}

async function compileSite(build: LayerBuild, site: Site, optFolder: string): Promise<{ files: readonly SiteFile[]; interpreter?: string }> {
  const mode = build.plan.slim.bytecode;
  if (mode === 'none') {
    return { files: site.files };
  }
  const request = { mode, target: site.target, folder: site.folder, optFolder: `/opt/${optFolder}` };
  const compileWith = async (choice: WorkbenchChoice): Promise<{ files: readonly SiteFile[]; interpreter: string }> => {
    const bench = await openWorkbench(choice);
    try {
      return await build.progress.step('compiling bytecode', () => compileBytecode(bench, build.workFolder, site.files, request));
    } finally {
      await bench.dispose();
    }
  };
  const choice: WorkbenchChoice = { ...build, target: site.target, needsInterpreter: true };
  return compileWith(choice);
}

/** The module that bytecode was compiled from. */
function sourceOf(file: string): string {
  return file.replace(/__pycache__\/([^/]+)\.cpython-\d+\.pyc$/, '$1.py').replace(/\.pyc$/, '.py');
}
