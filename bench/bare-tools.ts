import * as fs from 'node:fs';
import * as path from 'node:path';
import { run, settle } from './measure';
import { lockFolder, targetOf, type PackageSet, type RuntimeName } from './sets';
import type { Workspace } from './workspace';
import { BUILD_REQUIREMENTS } from '../lib/build/install-python';

/** uv with the flags that the library gives it, into a folder that looks like a layer. */
export function uvInstall(
  workspace: Workspace, set: PackageSet, runtime: RuntimeName, folder: string, env: NodeJS.ProcessEnv, extra: readonly string[],
): number {
  const target = targetOf(runtime);
  const { command, prefix } = workspace.uv;
  return run({
    command,
    args: [
      ...prefix, 'pip', 'install',
      '--target', path.join(folder, 'python'),
      '--python-platform', target.uvPlatform,
      '--python-version', target.pythonVersion,
      '--only-binary', ':all:', '--no-binary', 'pyshorteners',
      '--no-installer-metadata', '--no-compile-bytecode',
      '--no-progress', '--color', 'never',
      '--build-constraints', BUILD_REQUIREMENTS, '--require-build-hashes', '--preview-features', 'build-dependency-hashes',
      '--require-hashes', '-r', path.join(lockFolder(set, runtime), 'requirements.txt'),
      ...extra,
    ],
    cwd: workspace.root,
    env: { ...workspace.env, ...env },
  }).seconds;
}

/** Zips a folder as a script would. */
export function zip(workspace: Workspace, folder: string, archive: string): number {
  return run({ command: 'zip', args: ['-6', '-q', '-r', '-X', archive, '.'], cwd: folder, env: workspace.env }).seconds;
}

/** `uv pip install`, then `zip -6`. */
export function bareTools(workspace: Workspace, set: PackageSet, runtime: RuntimeName, env: NodeJS.ProcessEnv, extra: readonly string[]): number {
  const folder = workspace.fresh('bare');
  const archive = `${folder}.zip`;
  fs.mkdirSync(folder);
  settle();
  const seconds = uvInstall(workspace, set, runtime, folder, env, extra) + zip(workspace, folder, archive);
  workspace.remove(folder);
  workspace.remove(archive);
  return seconds;
}
