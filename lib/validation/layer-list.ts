import type { Stack } from 'aws-cdk-lib';
import type { ArnContext } from './arn';
import type { LayerCatalogue } from './layer-catalogue';
import type { PropertyReader } from './properties';
import { textOf } from './text-of';
import type { FunctionFacts, LayerFacts } from '../rules/facts';

interface ListContext {
  readonly stack: Stack;
  readonly reader: PropertyReader;
  readonly catalogue: LayerCatalogue;
  readonly arnContext: ArnContext;
}

type Layers = Pick<FunctionFacts, 'layers' | 'mayHaveMoreLayers'>;

/** Reads a function's `Layers`, as far as they are known before deployment. */
export function layersOf(value: unknown, context: ListContext): Layers {
  if (value === undefined || isNoValue(value)) {
    return { layers: [], mayHaveMoreLayers: false };
  }
  if (!Array.isArray(value)) {
    return { layers: [], mayHaveMoreLayers: true };
  }
  const certain = value.filter((one) => !isNoValue(one) && !mayVanish(one));
  return {
    layers: certain.map((one) => layerOf(one, context)),
    mayHaveMoreLayers: value.some(mayVanish),
  };
}

function layerOf(value: unknown, { stack, reader, catalogue, arnContext }: ListContext): LayerFacts {
  const resource = typeof value === 'object' ? reader.layerAt(value) ?? catalogue.byLogicalId(stack, (value as { Ref?: unknown }).Ref) : undefined;
  return resource === undefined ? catalogue.ofArn(textOf(value), arnContext) : catalogue.ofResource(resource);
}

function isNoValue(value: unknown): boolean {
  return (value as { Ref?: unknown } | null)?.Ref === 'AWS::NoValue';
}

function mayVanish(value: unknown): boolean {
  const branches = (value as { 'Fn::If'?: unknown } | null)?.['Fn::If'];
  return Array.isArray(branches) && branches.slice(1).some((branch) => isNoValue(branch) || mayVanish(branch));
}
