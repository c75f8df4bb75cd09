import type { Function as LambdaFunction, IFunction, ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { renderFaults, type Fault } from '../common/fault';

type LayerTaker = IFunction & Pick<LambdaFunction, 'addLayers'>;

const attached = new WeakMap<ILayerVersion, WeakSet<IFunction>>();

/** Adds a layer to each function once, or says for each that cannot take it why. */
export function attachLayer(layer: ILayerVersion, functions: readonly IFunction[]): void {
  const refused = functions.filter((fn) => !takesLayers(fn)).map((fn) => renderFaults(layer.node.path, [cannotTake(fn)]));
  if (refused.length > 0) {
    throw new Error(refused.join('\n'));
  }
  const known = attached.get(layer) ?? new WeakSet();
  attached.set(layer, known);
  for (const fn of functions.filter(takesLayers)) {
    if (!known.has(fn)) {
      fn.addLayers(layer);
      known.add(fn);
    }
  }
}

/** Functions and singleton functions; not what only refers to one. */
function takesLayers(fn: IFunction): fn is LayerTaker {
  return typeof (fn as Partial<LayerTaker>).addLayers === 'function';
}

function cannotTake(fn: IFunction): Fault {
  return {
    what: 'this function cannot take layers',
    got: `${fn.node.path}: an imported function, a version or an alias`,
    allowed: 'a function made in this app',
    fix: 'attach the layer to the function itself, where it is made',
  };
}
