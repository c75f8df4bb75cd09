import { setTimeout as delay } from 'node:timers/promises';
import { LayerStore } from '../../../lib/cache/layer-store';
import { leaveLayer } from '../support';

/** Holds the lock of a key and leaves half a build until it is killed. */
const [root, key] = process.argv.slice(2);
const store = new LayerStore(root);

void store.once(key, () => store.publish(key, async (folder) => {
  const built = leaveLayer(folder, 'half');
  process.stdout.write('building\n');
  await delay(600_000);
  return built;
}));
