import { isPublished, isRaw, type AppModel, type Entry, type FunctionModel, type LayerList } from './model';

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
    if (door === 'attachTo' && !taken.some((other) => identity(app, other) === identity(app, entry))) {
      taken.push(entry);
    }
  }
  return taken;
}

/** The same for the same layer version, as far as its spelling tells. */
function identity(app: AppModel, entry: Entry): string {
  const layer = entry.kind === 'layer' ? app.layers[entry.layer] : undefined;
  return JSON.stringify(layer === undefined || isPublished(layer) ? entry : { kind: 'arn', arn: layer.arn });
}

/** CDK itself throws for a layer that does not serve the runtime of a `Function`. */
export function cdkRefuses(app: AppModel, fn: FunctionModel, entry: Entry): boolean {
  if (isRaw(fn) || entry.kind !== 'layer') {
    return false;
  }
  const layer = app.layers[entry.layer];
  const { runtimes } = layer;
  const tellsCdk = isPublished(layer) ? layer.kind !== 'raw' : layer.kind === 'imported';
  return tellsCdk && runtimes.length > 0 && !runtimes.includes(fn.runtime);
}
