import type { Rule } from './rule';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_LAYERS = 5;

/** Lambda: "Cannot reference more than 5 layers." */
export const layerCount: Rule = {
  id: 'LayerCount',
  checkFunction: (fn) => fn.layers.length <= MAX_LAYERS ? [] : [{
    severity: 'error',
    place: fn.place,
    fault: {
      what: 'the function has too many layers',
      got: [`${fn.mayHaveMoreLayers ? 'at least ' : ''}${fn.layers.length}, in this order:`, ...fn.layers.map((layer) => layer.name)].join('\n'),
      allowed: `at most ${MAX_LAYERS}, those of extensions and Lambda Insights included`,
      fix: 'put the content of several layers into one (`content` is a list), or leave one out',
    },
  }],
};
