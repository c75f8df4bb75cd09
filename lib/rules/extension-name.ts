import { extensionNames } from './extension-names';
import { layerPairs } from './layer-pairs';
import { severityFor, type Finding, type Rule } from './rule';

/** Two layers have an extension of one name: the later layer's file hides the earlier's, which never starts. */
export const extensionName: Rule = {
  id: 'ExtensionName',
  checkFunction: (fn) => layerPairs(fn).flatMap(([lower, upper]): Finding[] => {
    const above = new Set(lower.family !== undefined && lower.family === upper.family ? [] : extensionNames(upper));
    const hidden = extensionNames(lower).filter((name) => above.has(name));
    return hidden.length === 0 ? [] : [{
      severity: severityFor({ isOurs: lower.isOurs || upper.isOurs }),
      place: upper.place ?? fn.place,
      about: [lower, upper],
      seenIn: fn.place,
      fault: {
        what: 'a layer hides extensions of another one, which never start',
        got: `${hidden.join(', ')} of ${lower.name} below ${upper.name}`,
        allowed: 'each name once in all layers of a function',
        fix: 'give one of them another `name`, by which it must register then, or leave one of the layers out',
      },
    }];
  }),
};
