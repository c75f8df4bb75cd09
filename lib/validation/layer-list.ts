import type { Stack } from 'aws-cdk-lib';
import type { ArnContext } from './arn';
import type { LayerCatalogue } from './layer-catalogue';
import { isNoValue } from './no-value';
import type { PropertyReader } from './properties';
import { textOf } from './text-of';
import type { FunctionFacts, LayerFacts } from '../rules/facts';

/** Where a list stands. */
export interface ListContext {
  readonly stack: Stack;
  readonly reader: PropertyReader;
  readonly catalogue: LayerCatalogue;
  readonly arnContext: ArnContext;
}

type Layers = Pick<FunctionFacts, 'layers' | 'mayHaveMoreLayers'>;

/** Beyond this many conditions in one list, what they choose counts as not known. */
const MAX_CONDITIONS = 4;

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

/** The lists that conditions can make of a function's `Layers`; undefined without conditions, and with too many. */
export function variantsOf(value: unknown, context: ListContext): Layers[] | undefined {
  const conditions = [...conditionsIn(value)];
  if (conditions.length === 0 || conditions.length > MAX_CONDITIONS) {
    return undefined;
  }
  return Array.from({ length: 2 ** conditions.length }, (_, number) => {
    const chosen = new Map(conditions.map((name, place) => [name, Math.floor(number / 2 ** place) % 2 === 0]));
    return layersOf(choose(value, chosen), context);
  });
}

function layerOf(value: unknown, { stack, reader, catalogue, arnContext }: ListContext): LayerFacts {
  const resource = typeof value === 'object' ? reader.layerAt(value) ?? catalogue.byLogicalId(stack, (value as { Ref?: unknown }).Ref) : undefined;
  return resource === undefined ? catalogue.ofArn(textOf(value), stack, arnContext) : catalogue.ofResource(resource);
}

function mayVanish(value: unknown): boolean {
  return branchesOf(value)?.slice(1).some((branch) => isNoValue(branch) || mayVanish(branch)) === true;
}

function conditionsIn(value: unknown): Set<string> {
  const branches = branchesOf(value);
  const parts = branches?.slice(1) ?? (Array.isArray(value) ? value : []);
  return new Set([...branches === undefined ? [] : [String(branches[0])], ...parts.flatMap((part) => [...conditionsIn(part)])]);
}

function choose(value: unknown, chosen: ReadonlyMap<string, boolean>): unknown {
  const branches = branchesOf(value);
  if (branches !== undefined) {
    return choose(branches[chosen.get(String(branches[0])) === true ? 1 : 2], chosen);
  }
  return Array.isArray(value) ? value.map((one) => choose(one, chosen)) : value;
}

/** Name of the condition, what holds when it does, and what holds else. */
function branchesOf(value: unknown): unknown[] | undefined {
  const branches = (value as { 'Fn::If'?: unknown } | null | undefined)?.['Fn::If'];
  return Array.isArray(branches) ? branches : undefined;
}
