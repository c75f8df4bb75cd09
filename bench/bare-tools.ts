import * as fs from 'node:fs';
import * as path from 'node:path';
import { run, settle } from './measure';
import { lockFolder, targetOf, type PackageSet, type RuntimeName } from './sets';
import type { Workspace } from './workspace';
import { BUILD_REQUIREMENTS } from '../lib/build/stage-install';

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

export interface BareTools {
  /** `uv pip install`, then `zip -6`. */
  readonly seconds: number;
  /** The same with `--offline`, where uv's cache has all wheels: nothing is asked of an index. */
  readonly offlineSeconds?: number;
}

/** What a script would do, without this library. */
export function bareTools(workspace: Workspace, set: PackageSet, runtime: RuntimeName, env: NodeJS.ProcessEnv, uvCache: 'full' | 'empty'): BareTools {
  const install = (folder: string, extra: readonly string[]): number => {
    fs.mkdirSync(folder);
    settle();
    return uvInstall(workspace, set, runtime, folder, env, extra);
  };
  const folder = workspace.fresh('bare');
  const installed = install(folder, []);
  const zipped = zip(workspace, folder, `${folder}.zip`);
  const offline = `${folder}-offline`;
  const offlineSeconds = uvCache === 'full' ? install(offline, ['--offline']) + zipped : undefined;
  [folder, `${folder}.zip`, offline].forEach((one) => workspace.remove(one));
  return { seconds: installed + zipped, offlineSeconds };
}
