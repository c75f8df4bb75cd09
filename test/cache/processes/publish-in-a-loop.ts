import { LayerStore } from '../../../lib/cache/layer-store';
import { keyOf, leaveLayer } from '../support';

/** Publishes one layer after the other until it is killed. */
const store = new LayerStore(process.argv[2]);

async function main(): Promise<void> {
  process.stdout.write('ready\n');
  for (let number = 0; ; number += 1) {
    const name = `${process.pid} ${number}`;
    await store.publish(keyOf(name), async (folder) => leaveLayer(folder, name.repeat(10_000)));
  }
}

void main();
