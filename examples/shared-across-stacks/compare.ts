import type { SynthesisedFunction, Synthesis } from './synthesise';

/** What a new content of one layer changed for a function. */
export interface FunctionChange {
  readonly before: SynthesisedFunction;
  readonly after: SynthesisedFunction;
}

/** Functions before and after a change of a layer's content. */
export function changesBetween(before: Synthesis, after: Synthesis): FunctionChange[] {
  return before.functions.map((fn) => ({ before: fn, after: after.functions.find((one) => one.path === fn.path)! }));
}

/**
 * What does not hold of all that this example promises, in a sentence each.
 *
 * @param layer path of the one layer whose content is another in `after`
 */
export function brokenPromises(before: Synthesis, after: Synthesis, layer: string): string[] {
  return [
    ...[...before.templates, ...after.templates].filter(([, text]) => /"Export"|"Fn::ImportValue"/.test(text))
      .map(([stack]) => `the template of ${stack} has an export, or imports one`),
    ...[...after.deployedBefore].filter(([, stacks]) => !stacks.includes(layer.split('/')[0]))
      .map(([stack]) => `CDK does not know that ${stack} is deployed after the owner of the layer`),
    ...changesBetween(before, after).flatMap((change) => broken(change, layer)),
    ...[...before.templates].flatMap(([stack, text]) => {
      const usesLayer = before.functions.some((fn) => fn.path.startsWith(`${stack}/`) && fn.layers.includes(layer));
      const ownsLayer = layer.startsWith(`${stack}/`);
      return mustMove(`the template of ${stack}`, usesLayer || ownsLayer, text, after.templates.get(stack));
    }),
  ];
}

function broken({ before, after }: FunctionChange, layer: string): string[] {
  return [
    ...before.layers.flatMap((one, place) => {
      return mustMove(`the parameter that ${before.path} reads ${one} from`, one === layer, before.parameters[place], after.parameters[place]);
    }),
    ...(before.version === undefined ? [] : mustMove(`the version of ${before.path}`, before.layers.includes(layer), before.version, after.version)),
  ];
}

function mustMove(what: string, must: boolean, before: string, after: string | undefined): string[] {
  const moved = before !== after;
  return moved === must ? [] : [`${what} ${must ? 'is still the same' : 'changed, though the layer has nothing to do with it'}`];
}
