import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LayerStore } from '../../../lib/cache/layer-store';
import { leaveLayer } from '../support';

/** Asks for a layer like an app does; writes a line to the file `builds` for each time that it has to build. */
const [root, key, builds] = process.argv.slice(2);

async function main(): Promise<void> {
  const store = new LayerStore(root);
  const layer = await store.once(key, () => store.publish(key, async (folder) => {
    fs.appendFileSync(builds, `${process.pid}\n`);
    await delay(300);
    return leaveLayer(folder, 'the same for all');
  }));
  process.stdout.write(fs.readFileSync(layer.archivePath, 'utf8') + path.basename(layer.manifestPath));
}

void main();
