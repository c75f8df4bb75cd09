import type { LayerBuild } from './layer-build';
import { FaultError } from '../common/fault';
import type { ArchitectureName } from '../target/target';

/** Compiles a Rust crate into a file. */
export async function buildRust(
  _build: LayerBuild, source: { readonly directory: string; readonly binary?: string }, _architecture: ArchitectureName, _program: string,
): Promise<void> {
  throw new FaultError({ what: 'Rust crates are not compiled yet', got: source.directory });
}
