import { knownInterpreters } from './interpreters';
import { layerKey } from './layer-key';
import type { BuildJob } from './layer-plan';
import type { ResolvedPlan } from './read-plan';
import type { CachedLayer } from '../cache/layer-record';
import { LayerStore } from '../cache/layer-store';
import { cacheLocation, fallbackLocation, type CacheLocation } from '../cache/location';
import { sayOnce } from '../common/say-once';

export type Finding =
  | { readonly state: 'cached'; readonly layer: CachedLayer }
  | { readonly state: 'missing'; readonly key: string }
  | { readonly state: 'interpreter-unknown' };

/** The store that a job fills. It is the shared one, unless that can only be read. */
export function openStore(job: BuildJob): LayerStore {
  const location = cacheLocation(process.env, job.outputFolder);
  return location.readOnly
    ? storeAt(job, fallbackLocation(`the cache ${location.root} can only be read and lacks a layer`, job.outputFolder))
    : storeAt(job, location);
}

/** Looks a layer up by its key. Starts no process. */
export function findCached(job: BuildJob, resolved: ResolvedPlan): Finding {
  const location = cacheLocation(process.env, job.outputFolder);
  const store = storeAt(job, location);
  const interpreters = knownInterpreters(job.plan, store.root, job.settings.image);
  if (interpreters === undefined) {
    return { state: 'interpreter-unknown' };
  }
  const key = layerKey(job.plan, resolved, job.settings, interpreters);
  const layer = store.lookup(key) ?? (location.readOnly ? openStore(job).lookup(key) : undefined);
  return layer === undefined ? { state: 'missing', key } : { state: 'cached', layer };
}

function storeAt(job: BuildJob, location: CacheLocation): LayerStore {
  if (location.warning !== undefined) {
    sayOnce(location.warning);
  }
  return new LayerStore(location.root, {
    onDamaged: (key, why) => sayOnce(`${job.place}: the cached layer ${key.slice(0, 12)} is damaged (${why}) and is built again`),
    onWait: () => sayOnce(`${job.place}: waiting for another process that builds the same layer`),
  });
}
