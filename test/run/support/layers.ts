import * as fs from 'node:fs';
import * as path from 'node:path';
import { performUnpack } from '../../../lib/pipeline/perform';

/** Puts layers, archives or folders, into one folder as Lambda does at /opt: in their order, so that the file of a later layer wins. */
export async function unpackLayers(layers: readonly string[], folder: string): Promise<void> {
  fs.mkdirSync(folder);
  for (const layer of layers) {
    if (fs.statSync(layer).isDirectory()) {
      addTree(layer, folder);
      continue;
    }
    const aside = `${folder}-unpacked`;
    await performUnpack(layer, aside);
    addTree(aside, folder);
    fs.rmSync(aside, { recursive: true });
  }
}

function addTree(tree: string, folder: string): void {
  for (const name of fs.readdirSync(tree)) {
    fs.cpSync(path.join(tree, name), path.join(folder, name), { recursive: true, verbatimSymlinks: true });
  }
}
