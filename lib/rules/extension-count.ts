import { extensionNames } from './extension-names';
import { areKnown } from './layer-files';
import type { Rule } from './rule';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html */
const MAX_EXTENSIONS = 10;

/** Lambda: "Extension.LaunchError", "ErrTooManyExtensions". */
export const extensionCount: Rule = {
  id: 'ExtensionCount',
  checkFunction: (fn) => {
    const bringing = fn.layers.map((layer) => ({ layer, names: extensionNames(layer) })).filter(({ names }) => names.length > 0);
    const { size } = new Set(bringing.flatMap(({ names }) => names));
    return size <= MAX_EXTENSIONS ? [] : [{
      severity: 'error',
      place: fn.place,
      about: bringing.map(({ layer }) => layer),
      fault: {
        what: 'the function has too many extensions',
        got: [`${areKnown(fn) ? '' : 'at least '}${size}:`, ...bringing.map(({ layer, names }) => `${layer.name}: ${names.join(', ')}`)].join('\n'),
        allowed: `at most ${MAX_EXTENSIONS} in all layers, those inside the runtime included`,
        fix: 'leave some of them out',
      },
    }];
  },
};
