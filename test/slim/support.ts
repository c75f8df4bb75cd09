import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { LocalWorkbench } from '../../lib/build/local-workbench';
import { cacheLocation } from '../../lib/cache/location';
import { listSiteFiles, type SiteFile } from '../../lib/slim/site-files';
import type { SlimPlan } from '../../lib/slim/slim-plan';
import { pythonTarget } from '../../lib/target/runtimes';
import type { Target } from '../../lib/target/target';

/** The switch of a rule that removes something. */
export type RuleName = Exclude<keyof SlimPlan, 'bytecode'>;

const RULES: readonly RuleName[] = [
  'testFolders', 'caches', 'typeStubs', 'nativeSources', 'headers', 'nativeSymbols', 'browserModules', 'installerFiles', 'documentation', 'awsSdk',
];

/** A plan with these rules switched on. */
export function planWith(rules: readonly RuleName[]): SlimPlan {
  const switches = Object.fromEntries(RULES.map((rule) => [rule, rules.includes(rule)])) as Record<RuleName, boolean>;
  return { bytecode: 'none', ...switches };
}

export const ALL_RULES = planWith(RULES);

const folders: string[] = [];

/** A new folder; its real path, so that paths can be compared. */
export function makeFolder(): string {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'slim-test-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  folders.splice(0).forEach((folder) => fs.rmSync(folder, { recursive: true, force: true }));
}

/** Writes files, given as their content by path. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
}

/** The files of an installed folder, given as their content by path. */
export async function siteOf(files: Readonly<Record<string, string>>): Promise<SiteFile[]> {
  const site = makeFolder();
  writeFiles(site, files);
  return listSiteFiles(site);
}

/** The same for files whose content does not matter. */
export async function siteWith(...files: readonly string[]): Promise<SiteFile[]> {
  return siteOf(Object.fromEntries(files.map((file) => [file, '#'])));
}

/** Lays kept files out in a folder of their own: nothing that is left behind can be found by accident. */
export function layOut(files: readonly SiteFile[]): string {
  const folder = makeFolder();
  for (const file of files) {
    fs.mkdirSync(path.dirname(path.join(folder, file.path)), { recursive: true });
    fs.linkSync(file.source, path.join(folder, file.path));
  }
  return folder;
}

/** The machine's tools in a new work folder: the uv of the environment variable UV, else as the library finds it. */
export async function openBench(workFolder = makeFolder()): Promise<LocalWorkbench> {
  const [named, searched = ''] = [process.env.UV, process.env.PATH];
  if (named !== undefined && !searched.startsWith(path.dirname(named))) {
    process.env.PATH = [path.dirname(named), searched].join(path.delimiter);
  }
  return LocalWorkbench.open(workFolder, cacheLocation(process.env, undefined).root, true);
}

/** An interpreter of a Python version; undefined when this machine has none. */
export async function findInterpreter(bench: LocalWorkbench, version: string): Promise<string | undefined> {
  const found = await bench.python(version, ['-c', 'import sys; print(sys.executable)']).catch(() => undefined);
  return found?.code === 0 ? found.stdout.trim() : undefined;
}

/** The runtime of a Python version on this machine's processor. */
export function targetOf(version: string): Target {
  return pythonTarget(`python${version}`, process.arch === 'arm64' ? 'arm64' : 'x86_64') as Target;
}

/** Installs wheels for a runtime as the library does; returns the folder. */
export async function install(bench: LocalWorkbench, version: string, requirements: readonly string[]): Promise<string> {
  const site = makeFolder();
  const installed = await bench.uv([
    'pip', 'install', '--target', site, '--python-platform', targetOf(version).uvPlatform, '--python-version', version,
    '--only-binary', ':all:', '--no-installer-metadata', '--no-compile-bytecode', ...requirements,
  ]);
  if (installed.code !== 0) {
    throw new Error(installed.stderr);
  }
  return site;
}

/** Runs a command; rejects with what it wrote when it fails. */
export async function run(command: string, args: readonly string[], options: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<string> {
  const running = promisify(execFile)(command, [...args], { env: options.env ?? process.env, maxBuffer: 64 * 1024 * 1024 });
  running.child.stdin?.end(options.input ?? '');
  return (await running).stdout;
}
