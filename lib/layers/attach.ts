import { Function as LambdaFunction, SingletonFunction, type IFunction, type ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { renderFaults, type Fault } from '../common/fault';

const attached = new WeakMap<IFunction, Set<ILayerVersion>>();

/** Adds a layer to each function once, or says for each that cannot take it why. */
export function attachLayer(layer: ILayerVersion, functions: readonly IFunction[]): void {
  const refused = functions.flatMap((fn) => (takesLayers(fn) ? [] : [renderFaults(layer.node.path, [cannotTake(fn)])]));
  if (refused.length > 0) {
    throw new Error(refused.join('\n'));
  }
  for (const fn of functions.filter(takesLayers)) {
    const layers = attached.get(fn) ?? new Set();
    if (!layers.has(layer)) {
      fn.addLayers(layer);
      attached.set(fn, layers.add(layer));
    }
  }
}

function takesLayers(fn: IFunction): fn is LambdaFunction | SingletonFunction {
  return fn instanceof LambdaFunction || fn instanceof SingletonFunction || typeof (fn as Partial<LambdaFunction>).addLayers === 'function';
}

function cannotTake(fn: IFunction): Fault {
  return {
    what: 'this function cannot take layers',
    got: `${fn.node.path}, an imported function, a version or an alias`,
    allowed: 'a function made in this app',
    fix: 'attach the layer to the function itself, where it is made',
  };
}
