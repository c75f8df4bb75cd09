import * as fs from 'node:fs';
import { LayerStore } from '../../../lib/cache/layer-store';
import { leaveLayer } from '../support';

/** Publishes a layer and kills itself right before the given step that changes something on the disk; prints the number of steps. */
const [root, key, archive, lastStep] = process.argv.slice(2);
let steps = 0;

function step(): void {
  steps += 1;
  if (steps === Number(lastStep)) {
    process.kill(process.pid, 'SIGKILL');
  }
}

function watch<T extends object>(owner: T, names: (keyof T)[]): void {
  for (const name of names) {
    const original = owner[name] as (...args: unknown[]) => unknown;
    owner[name] = ((...args: unknown[]) => {
      step();
      return original.apply(owner, args);
    }) as T[keyof T];
  }
}

watch(fs.promises, ['mkdir', 'mkdtemp', 'open', 'rename', 'rm', 'writeFile']);
watch(fs, ['mkdirSync', 'renameSync', 'writeFileSync']);

async function main(): Promise<void> {
  await new LayerStore(root).publish(key, async (folder) => leaveLayer(folder, archive));
  process.stdout.write(String(steps));
}

void main();
