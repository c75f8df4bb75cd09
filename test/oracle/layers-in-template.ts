import { isPublished, isRaw, PARAMETER, type AppModel, type Entry, type FunctionModel, type LayerList } from './model';

/** The list of layers that CloudFormation gets, by what CDK and the documentation of `attachTo` say of the doors. */
export function layersInTemplate(app: AppModel, fn: FunctionModel): LayerList {
  if (fn.aspect?.how === 'override') {
    return fn.aspect.list;
  }
  return fn.override ?? fn.aspect?.list ?? givenLayers(app, fn);
}

function givenLayers(app: AppModel, fn: FunctionModel): Entry[] {
  const taken: Entry[] = fn.given.filter(({ door, entry }) => door !== 'attachTo' && !cdkRefuses(app, fn, entry)).map(({ entry }) => entry);
  for (const { door, entry } of fn.given) {
    const isThere = taken.some((other) => other.kind === 'layer' && entry.kind === 'layer' && other.layer === entry.layer);
    if (door === 'attachTo' && !isThere) {
      taken.push(entry);
    }
  }
  return taken;
}

/** CDK itself throws for a layer that does not serve the runtime of a `Function`. */
export function cdkRefuses(app: AppModel, fn: FunctionModel, entry: Entry): boolean {
  if (isRaw(fn) || fn.runtime === PARAMETER || entry.kind !== 'layer') {
    return false;
  }
  const layer = app.layers[entry.layer];
  const { runtimes } = layer;
  const tellsCdk = isPublished(layer) ? layer.kind !== 'raw' : layer.kind === 'imported';
  return tellsCdk && runtimes.length > 0 && !runtimes.includes(fn.runtime);
}
