import type { FunctionFacts, LayerFacts } from './facts';
import type { Rule } from './rule';

/** A function that has a layer and not the settings that its code reads: it would verify tokens with others, or with none. */
export const authNotWired: Rule = {
  id: 'AuthNotWired',
  checkFunction: (fn) => fn.layers.flatMap((layer) => {
    const faults = missing(fn, layer);
    return faults.length === 0 ? [] : [{
      severity: 'error',
      place: fn.place,
      about: [layer],
      fault: {
        what: 'the function lacks settings that its layer reads',
        got: `${layer.name}: ${faults.join(', ')}`,
        allowed: 'what the layer\'s `attachTo` puts into the environment, and the variable that holds the key',
        fix: faults.some((fault) => [...layer.needs?.settings.keys() ?? []].some((name) => fault.endsWith(` ${name}`)))
          ? 'call `attachTo(fn)` on the layer, which also grants what the key needs, and set the variable that holds the key'
          : 'set the variable that `AuthKey.environment` names in the function\'s `environment`',
      },
    }];
  }),
};

/** Nothing where only deployment knows. */
function missing(fn: FunctionFacts, { needs }: LayerFacts): string[] {
  // Functions of images cannot have layers at all: ImageFunction says so.
  const environment = needs === undefined || fn.isImage ? undefined : fn.environment();
  if (needs === undefined || environment === undefined) {
    return [];
  }
  const settings = [...needs.settings].flatMap(([name, wanted]) => {
    const found = environment.get(name);
    const isOther = found !== undefined && found !== fn.rendered(wanted);
    return !environment.has(name) ? [`no ${name}`] : isOther ? [`another ${name}`] : [];
  });
  return [...settings, ...needs.present.filter((name) => !environment.has(name) || environment.get(name) === '').map((name) => `no ${name}`)];
}
