import * as fs from 'node:fs';
import * as path from 'node:path';
import { run, type Command, type Run } from './measure';
import { lockFolder, type PackageSet, type RuntimeName } from './sets';
import type { Workspace } from './workspace';

const APP = path.join(__dirname, 'apps', 'synth.js');

/** What `apps/synth.js` reads. */
export interface SynthApp {
  readonly runtime: RuntimeName;
  readonly outdir: string;
  readonly layers: readonly LayerWish[];
  readonly pythonLayerVersions: readonly PythonLayerVersionWish[];
}

export interface LayerWish {
  readonly id: string;
  /** With a lock inside. */
  readonly folder: string;
  /** Files besides. */
  readonly files?: string;
  readonly bytecode?: 'none' | 'source-and-bytecode' | 'bytecode-only';
}

export interface PythonLayerVersionWish {
  readonly id: string;
  readonly folder: string;
  /** A file beside the `node_modules` that has the package. */
  readonly installedIn: string;
  /** Instead of the runtime's own build image. */
  readonly image: string;
}

export type Wishes = Partial<Pick<SynthApp, 'layers' | 'pythonLayerVersions'>>;

export function layerOf(set: PackageSet, runtime: RuntimeName, bytecode?: LayerWish['bytecode']): LayerWish {
  return { id: `Layer${set.name}`, folder: lockFolder(set, runtime), bytecode };
}

export interface Synth extends Run {
  readonly outdir: string;
  readonly peakKib: number;
}

/** Synthesises in a process and an output folder of its own. */
export function synth(workspace: Workspace, runtime: RuntimeName, wishes: Wishes, env: NodeJS.ProcessEnv): Synth {
  const { outdir, ...command } = synthCommand(workspace, runtime, wishes, env);
  const result = run(command);
  return { ...result, outdir, peakKib: (JSON.parse(result.stdout) as { peakKib: number }).peakKib };
}

export interface SynthCommand extends Command {
  readonly outdir: string;
}

export function synthCommand(workspace: Workspace, runtime: RuntimeName, wishes: Wishes, env: NodeJS.ProcessEnv): SynthCommand {
  const outdir = workspace.fresh('cdk.out');
  const app: SynthApp = { runtime, outdir, layers: [], pythonLayerVersions: [], ...wishes };
  const file = `${outdir}.json`;
  fs.writeFileSync(file, JSON.stringify(app));
  return { command: process.execPath, args: [APP, file], cwd: workspace.root, env: { ...workspace.env, ...env }, outdir };
}

/** The archive of the one layer that was synthesised. */
export function archiveIn(outdir: string): string {
  const [archive, ...others] = fs.readdirSync(outdir).filter((name) => /^asset\..*\.zip$/.test(name));
  if (archive === undefined || others.length > 0) {
    throw new Error(`${outdir} has ${others.length + (archive === undefined ? 0 : 1)} archives instead of one`);
  }
  return path.join(outdir, archive);
}
