import * as fs from 'node:fs';
import * as path from 'node:path';
import type { LayerPlan } from './layer-plan';

/**
 * The interpreters that compiled bytecode last, so that a warm synth knows their full versions, which are part of a layer's key,
 * without starting one. A local interpreter that was replaced since is asked anew.
 */
interface KnownInterpreter {
  readonly version: string;
  /** Absolute path of a local interpreter; undefined for one in an image. */
  readonly path?: string;
  readonly mtimeMs?: number;
  readonly image?: string;
}

/** The runtimes whose modules get compiled. */
export function bytecodeRuntimes(plan: LayerPlan): string[] {
  const compiles = plan.slim.bytecode !== 'none' && plan.contents.some((content) => content.kind === 'python');
  return compiles ? [...new Set(plan.runtimes)].filter((runtime) => runtime.startsWith('python')) : [];
}

/** Runtime and full version of each interpreter, or undefined when one of them must be asked. */
export function knownInterpreters(plan: LayerPlan, cacheRoot: string, image: string | undefined): string[] | undefined {
  const runtimes = bytecodeRuntimes(plan);
  if (runtimes.length === 0) {
    return [];
  }
  const known = readKnown(cacheRoot);
  const versions = runtimes.map((runtime) => {
    const entry = known[nameOf(runtime, image)];
    return entry !== undefined && isUnchanged(entry) ? `${runtime} ${entry.version}` : undefined;
  });
  return versions.every((version) => version !== undefined) ? versions : undefined;
}

/** Remembers an interpreter. A cache that cannot be written makes the next synth ask again. */
export function rememberInterpreter(
  cacheRoot: string,
  runtime: string,
  image: string | undefined,
  version: string,
  executable: string | undefined,
): void {
  const entry: KnownInterpreter =
    executable === undefined ? { version, image } : { version, path: executable, mtimeMs: fs.statSync(executable).mtimeMs };
  const file = fileOf(cacheRoot);
  const aside = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(cacheRoot, { recursive: true, mode: 0o700 });
    fs.writeFileSync(aside, JSON.stringify({ ...readKnown(cacheRoot), [nameOf(runtime, image)]: entry }));
    fs.renameSync(aside, file);
  } catch {
    fs.rmSync(aside, { force: true });
  }
}

function nameOf(runtime: string, image: string | undefined): string {
  return image === undefined ? runtime : `${runtime} in ${image}`;
}

function isUnchanged(entry: KnownInterpreter): boolean {
  return entry.path === undefined || fs.statSync(entry.path, { throwIfNoEntry: false })?.mtimeMs === entry.mtimeMs;
}

function readKnown(cacheRoot: string): Record<string, KnownInterpreter | undefined> {
  try {
    return JSON.parse(fs.readFileSync(fileOf(cacheRoot), 'utf8')) as Record<string, KnownInterpreter>;
  } catch {
    return {};
  }
}

function fileOf(cacheRoot: string): string {
  return path.join(cacheRoot, 'interpreters.json');
}
