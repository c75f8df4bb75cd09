import { UsageError } from './usage';
import { LayerStore } from '../cache/layer-store';
import { cacheLocation } from '../cache/location';
import { sayOnce } from '../common/say-once';

/** `cache path|verify|prune` */
export async function cache(args: readonly string[], json: boolean): Promise<void> {
  const [action, ...rest] = args;
  const { root, warning } = cacheLocation(process.env, undefined);
  if (warning !== undefined) {
    sayOnce(warning);
  }
  const store = new LayerStore(root);
  if (rest.length > 0) {
    throw new UsageError(`unexpected: ${rest.join(' ')}`);
  }
  switch (action) {
    case 'path':
      return print(json, { path: root }, root);
    case 'verify': {
      const result = await store.verify();
      process.exitCode = result.damaged.length > 0 ? 1 : 0;
      return print(json, result, `${result.ok} entries are sound, ${result.damaged.length} were damaged and are removed`);
    }
    case 'prune':
      await store.prune();
      return print(json, { entries: store.entries().length }, `${store.entries().length} entries are left`);
    default:
      throw new UsageError('cache takes path, verify or prune');
  }
}

function print(json: boolean, data: unknown, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(data, undefined, 2) : text}\n`);
}
