import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { ManifestContentSpec } from '../content/content-spec';
import { inspectTree } from '../inspect/inspect-tree';
import type { LayerManifest, ManifestFile } from '../inspect/manifest';
import type { OptEntry, OptFile } from '../inspect/opt-tree';

/** The name of a manifest that is of the layer which it lies in. */
const OWN_NAME = 'this layer';

/** Writes what the files of a layer are, without what only matters at synth. */
export async function buildManifest({ path: place, layer }: ManifestContentSpec, others: readonly OptEntry[], workFolder: string): Promise<OptFile> {
  const { digest, files } = layer === undefined ? await inspectTree(others) : JSON.parse(await fs.readFile(layer.file, 'utf8')) as LayerManifest;
  const source = path.join(workFolder, path.posix.basename(place));
  await fs.writeFile(source, JSON.stringify({ name: layer?.name ?? OWN_NAME, digest, files: files.map(fileFacts) }));
  return { kind: 'file', path: place, mode: 0o644, source };
}

function fileFacts({ path: file, bytes, mode, sha256 }: ManifestFile): ManifestFile {
  return { path: file, bytes, mode, sha256 };
}
