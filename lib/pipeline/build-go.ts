import * as path from 'node:path';
import type { LayerBuild } from './layer-build';
import { compileGo } from '../build/go';
import type { ArchitectureName } from '../target/target';

/** Compiles a Go module into a file. */
export async function buildGo(
  build: LayerBuild, source: { readonly directory: string; readonly package: string }, architecture: ArchitectureName, program: string,
): Promise<void> {
  const what = `compiling ${path.basename(source.directory)} with Go for ${architecture}`;
  await build.progress.step(what, () => compileGo(source.directory, source.package, architecture, program));
}
