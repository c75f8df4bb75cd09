import * as fs from 'node:fs';
import * as path from 'node:path';
import { run } from './measure';
import { lockFolder, targetOf, type PackageSet, type RuntimeName } from './sets';
import { archiveIn, layerOf, synth, type LayerWish } from './synth';
import type { Workspace } from './workspace';
import type { LayerManifest } from '../lib/inspect/manifest';

/** The first date that a zip can hold, which stands in for the fixed date of Lambda's. */
const ZIP_EPOCH = new Date(1980, 0, 1);

export interface FileSize {
  /** Relative to the layer's root. */
  readonly path: string;
  readonly bytes: number;
}

/** A layer as Lambda lays it out. */
export interface LayerFolder {
  readonly root: string;
  readonly files: readonly FileSize[];
  readonly bytes: number;
}

export interface OurLayer extends LayerFolder {
  readonly manifest: LayerManifest;
}

/** Makes layers and keeps them, since several sections read the same. */
export class LayerFolders {
  private readonly made = new Map<string, OurLayer | LayerFolder>();

  constructor(private readonly workspace: Workspace) {}

  /** Our archive, unpacked with its own dates. */
  public ours(set: PackageSet, runtime: RuntimeName, bytecode: LayerWish['bytecode'] = 'none'): OurLayer {
    return this.once(`${set.name} ${runtime} ${bytecode}`, () => {
      const { workspace } = this;
      const cache = workspace.fresh('cache');
      const { outdir } = synth(workspace, runtime, { layers: [layerOf(set, runtime, bytecode)] }, { CDK_LAMBDA_LAYERS_CACHE: cache });
      const archive = archiveIn(outdir);
      const root = workspace.fresh('ours');
      run({ command: 'unzip', args: ['-q', archive, '-d', root], env: workspace.env });
      const manifest = JSON.parse(fs.readFileSync(archive.replace(/\.zip$/, '.manifest.json'), 'utf8')) as LayerManifest;
      workspace.remove(outdir);
      workspace.remove(cache);
      return { ...describe(root), manifest };
    });
  }

  /** What PythonLayerVersion leaves: the work of the pip of the runtime's interpreter, with the dates that a zip of it has on Lambda. */
  public theirs(set: PackageSet, runtime: RuntimeName, interpreter: string): LayerFolder {
    return this.once(`${set.name} ${runtime} pip`, () => {
      const { workspace } = this;
      const root = workspace.fresh('theirs');
      run({
        command: interpreter,
        args: ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--target', path.join(root, 'python'),
          '-r', path.join(lockFolder(set, runtime), 'requirements.txt')],
        cwd: workspace.root,
        env: { ...workspace.env, PYTHONPATH: this.glibcOf(runtime), PYTHONDONTWRITEBYTECODE: '' },
      });
      const layer = describe(root);
      layer.files.forEach((file) => fs.utimesSync(path.join(root, file.path), ZIP_EPOCH, ZIP_EPOCH));
      return layer;
    });
  }

  private once<T extends LayerFolder>(name: string, make: () => T): T {
    const layer = this.made.get(name) as T | undefined ?? make();
    this.made.set(name, layer);
    return layer;
  }

  /** A module that makes pip choose wheels for the runtime's glibc and not for this machine's (PEP 600). */
  private glibcOf(runtime: RuntimeName): string {
    const folder = this.workspace.fresh('glibc');
    const [major, minor] = targetOf(runtime).glibc.split('.');
    const module = `def manylinux_compatible(major, minor, arch):\n    return (major, minor) <= (${major}, ${minor})\n`;
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, '_manylinux.py'), module);
    return folder;
  }
}

function describe(root: string): LayerFolder {
  const files = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return { path: path.relative(root, file), bytes: fs.statSync(file).size };
  });
  return { root, files, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}
