import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Npm } from './npm';
import { describeFailure } from './run-tool';
import { failOn, FaultError, type Fault } from '../common/fault';
import type { ArchitectureName } from '../target/target';

/** What npm reads of a project. */
const READ = ['package.json', 'package-lock.json', '.npmrc'];

/** What npm calls the machines. */
const CPUS: Readonly<Record<ArchitectureName, string>> = { x86_64: 'x64', arm64: 'arm64' };

const ARGUMENTS = [
  'ci', '--omit=dev', '--ignore-scripts', '--no-bin-links', '--no-audit', '--no-fund', '--no-update-notifier',
  '--prefer-offline', '--install-strategy=hoisted', '--os=linux', '--libc=glibc', '--loglevel=error', '--no-color',
];

/**
 * Installs the production dependencies of a lock into a folder, for Lambda's system and a machine. No script of a package runs.
 *
 * @param folder absolute, new and private: the project's own folder stays as it is
 * @returns absolute path of its `node_modules`
 */
export async function installNodejs(npm: Npm, directory: string, architecture: ArchitectureName, folder: string): Promise<string> {
  for (const name of READ) {
    await fs.copyFile(path.join(directory, name), path.join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (name !== '.npmrc' || error.code !== 'ENOENT') {
        throw error;
      }
    });
  }
  const run = await npm.run(folder, [...ARGUMENTS, `--cpu=${CPUS[architecture]}`]);
  if (run.code !== 0) {
    throw new FaultError({
      what: 'npm cannot install the packages of the lock',
      got: describeFailure('npm', { ...run, stderr: withoutLogHint(run.stderr) }),
      allowed: `what ${path.join(directory, 'package-lock.json')} pins, from the registry that .npmrc names`,
      fix: 'try `npm ci --omit=dev` in that folder: it must succeed',
    });
  }
  const modules = path.join(folder, 'node_modules');
  failOn(await uncompiledFaults(modules));
  return modules;
}

/** npm points to a log in its cache, which tells users nothing more. */
function withoutLogHint(stderr: string): string {
  return stderr.split('\n').filter((line) => !/complete log of this run|debug-0\.log/.test(line)).join('\n');
}

/** A package with a recipe for node-gyp and nothing compiled would need its install script, and a compiler on Lambda's own system. */
async function uncompiledFaults(modules: string): Promise<Fault[]> {
  const files = (await fs.readdir(modules, { recursive: true })).map((file) => file.split(path.sep).join('/'));
  const recipes = files.filter((file) => /(?:^|\/)binding\.gyp$/.test(file)).map((file) => path.posix.dirname(file));
  // Packages that test themselves or hold examples have recipes deeper inside.
  const roots = recipes.filter((folder) => /^(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+$/.test(folder));
  return roots.filter((root) => !files.some((file) => file.endsWith('.node') && isOf(file, root))).map((root) => ({
    what: `the package ${root} has native code that is not compiled`,
    got: 'binding.gyp, and no .node file: it compiles in an install script, which is not run',
    allowed: 'packages that bring compiled files',
    fix: 'choose a version or package with prebuilt binaries, or build it on Amazon Linux and bring it by `LayerContent.files`',
  }));
}

/** In the package's folder, or in a package of its own scope or name that holds the binaries, as `sharp` and `@img/sharp-linux-x64`. */
function isOf(file: string, root: string): boolean {
  return file.startsWith(`${root}/`) || file.includes(`${path.posix.basename(root)}-linux`);
}
