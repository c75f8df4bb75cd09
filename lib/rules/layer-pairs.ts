import type { FunctionFacts, LayerFacts } from './facts';

/** Each two layers of a function that are not the same, the one below first: later layers lie above earlier ones. */
export function layerPairs({ layers }: FunctionFacts): (readonly [LayerFacts, LayerFacts])[] {
  return layers.flatMap((upper, place) => layers.slice(0, place).filter((lower) => lower !== upper).map((lower) => [lower, upper] as const));
}
