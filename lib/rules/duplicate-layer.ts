import type { FunctionFacts, LayerFacts } from './facts';
import type { Finding, Rule } from './rule';

/** Lambda: "Two different versions of the same layer are not allowed to be referenced in the same function." It says so of one version twice, too. */
export const duplicateLayer: Rule = {
  id: 'DuplicateLayer',
  checkFunction: duplicateFindings,
};

function duplicateFindings(fn: FunctionFacts): Finding[] {
  return fn.layers.flatMap((layer, place): Finding[] => {
    const before = fn.layers.slice(0, place);
    const twin = before.find((other) => other.version === layer.version) ?? before.find((other) => sameFamily(other, layer));
    return twin === undefined ? [] : [{
      severity: 'error',
      place: fn.place,
      about: [layer],
      fault: {
        what: twin.version === layer.version ? 'the function has a layer twice' : 'the function has two versions of one layer',
        got: twin.version === layer.version ? layer.name : `${twin.name}\n${layer.name}`,
        allowed: 'each layer once, in one version',
        fix: 'leave one of them out',
      },
    }];
  });
}

function sameFamily(a: LayerFacts, b: LayerFacts): boolean {
  return a.family !== undefined && a.family === b.family;
}
