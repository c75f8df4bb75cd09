import type { FunctionFacts, LayerFacts } from './facts';
import { severityFor, type Rule } from './rule';

/** A layer that does not declare the function's machine. Lambda takes it, and native code fails to load. */
export const layerArchitecture: Rule = {
  id: 'LayerArchitecture',
  checkFunction: (fn) => fn.layers.filter((layer) => declaresOther(fn, layer)).map((layer) => ({
    severity: severityFor(layer),
    place: fn.place,
    about: [layer],
    fault: {
      what: 'a layer is not made for the function\'s architecture',
      got: `the function is ${fn.architecture}; ${layer.name} declares ${layer.architectures!.join(', ')}`,
      allowed: 'a layer that declares the function\'s architecture',
      fix: 'make a layer for each architecture, by `compatibleArchitectures`, and attach the one that fits, or change that of the function',
    },
  })),
};

export function declaresOther(fn: FunctionFacts, layer: LayerFacts): boolean {
  return fn.architecture !== undefined && layer.architectures !== undefined && !layer.architectures.includes(fn.architecture);
}
