import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Fault } from '../common/fault';
import { isOptional, packageNameAt } from '../resolve/npm-places';
import type { Table } from '../resolve/shape';

/**
 * Packages with a recipe for node-gyp and nothing compiled: they would need their install script, and a compiler on Lambda's own system.
 * Optional ones are left to those that try to load them, as when npm fails to compile one.
 */
export async function uncompiledFaults(
  modules: string,
  entries: ReadonlyMap<string, Table>,
  needed: ReadonlySet<string>,
): Promise<{ faults: Fault[]; optional: string[] }> {
  const files = (await fs.readdir(modules, { recursive: true })).map((file) => `node_modules/${file.split(path.sep).join('/')}`);
  const native = files.filter((file) => file.endsWith('.node'));
  // Packages that test themselves or hold examples have recipes deeper inside.
  const recipes = files.filter((file) => file.endsWith('/binding.gyp')).map((file) => path.posix.dirname(file)).filter((place) => needed.has(place));
  const uncompiled = recipes.filter((place) => !native.some((file) => isOf(file, place)));
  return {
    faults: uncompiled.filter((place) => !isOptional(entries.get(place) ?? {})).map((place) => ({
      what: `the package ${packageNameAt(place)} has native code that is not compiled`,
      got: 'binding.gyp, and no .node file: it compiles in an install script, which is not run',
      allowed: 'packages that bring compiled files',
      fix: 'choose a version or package with prebuilt binaries, or build it on Amazon Linux and bring it by `LayerContent.files`',
    })),
    optional: uncompiled.filter((place) => isOptional(entries.get(place) ?? {})).map(packageNameAt),
  };
}

/** In the package's folder, or in a package of its own scope or name that holds the binaries, as `sharp` and `@img/sharp-linux-x64`. */
function isOf(file: string, place: string): boolean {
  return file.startsWith(`${place}/`) || file.includes(`/${packageNameAt(place)}-linux`) || file.includes(`/${path.posix.basename(place)}-linux`);
}
