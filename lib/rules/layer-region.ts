import type { FunctionFacts, LayerFacts } from './facts';
import type { Finding, Rule } from './rule';
import { partitionOf } from '../target/partitions';

/** Lambda: "Layers are not in the same region as the function." */
export const layerRegion: Rule = {
  id: 'LayerRegion',
  checkFunction: (fn) => fn.region === undefined ? amongEachOther(fn) : againstFunction(fn, fn.region),
};

function againstFunction(fn: FunctionFacts, region: string): Finding[] {
  const partition = partitionOf(region);
  return fn.layers.flatMap((layer) => [
    ...(layer.region === undefined || layer.region === region ? [] : [finding(fn, layer, 'a layer is in another region than the function',
      `${layer.name}, for a function in ${region}`, `a layer in ${region}`, 'name the layer of the function\'s own region')]),
    ...(layer.partition === undefined || layer.partition === partition ? [] : [finding(fn, layer, 'a layer is in another partition than the function',
      `${layer.name}, for a function in ${region}`, `an ARN that begins with arn:${partition}:`, `write arn:${partition}:, or Aws.PARTITION`)]),
    ...ownMismatch(fn, layer),
  ]);
}

/** Where the function goes is not known, but it cannot be where both are. */
function amongEachOther(fn: FunctionFacts): Finding[] {
  const placed = fn.layers.filter((layer) => impliedPartition(layer) !== undefined);
  return [
    ...placed.flatMap((layer, place) => {
      const other = placed.slice(0, place).find((before) => areApart(before, layer));
      return other === undefined ? [] : [finding(
        fn, layer, 'two layers of the function are in different regions',
        `${other.name}\n${layer.name}`, 'layers of the function\'s own region', 'name the layers of one region')];
    }),
    ...fn.layers.flatMap((layer) => ownMismatch(fn, layer)),
  ];
}

function areApart(a: LayerFacts, b: LayerFacts): boolean {
  return (a.region !== undefined && b.region !== undefined && a.region !== b.region) || impliedPartition(a) !== impliedPartition(b);
}

function impliedPartition({ partition, region }: LayerFacts): string | undefined {
  return partition ?? (region === undefined ? undefined : partitionOf(region));
}

/** An ARN whose region and partition do not belong together. */
function ownMismatch(fn: FunctionFacts, layer: LayerFacts): Finding[] {
  const { region, partition } = layer;
  return region === undefined || partition === undefined || partitionOf(region) === partition || fn.region !== undefined ? [] : [
    finding(fn, layer, 'the ARN of a layer names a partition that does not have its region', layer.name,
      `arn:${partitionOf(region)}: for ${region}`, 'correct the ARN'),
  ];
}

function finding(fn: FunctionFacts, layer: LayerFacts, what: string, got: string, allowed: string, fix: string): Finding {
  return { severity: 'error', place: fn.place, about: [layer], fault: { what, got, allowed, fix } };
}
