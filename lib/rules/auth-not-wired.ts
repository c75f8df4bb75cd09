import type { FunctionFacts, LayerFacts } from './facts';
import type { Rule } from './rule';

/** A function that has a layer and not the settings that its code reads: it would verify tokens with others, or with none. */
export const authNotWired: Rule = {
  id: 'AuthNotWired',
  checkFunction: (fn) => fn.layers.flatMap((layer) => {
    const { settings, keys } = missing(fn, layer);
    return settings.length + keys.length === 0 ? [] : [{
      severity: 'error',
      place: fn.place,
      about: [layer],
      fault: {
        what: 'the function lacks settings that its layer reads',
        got: `${layer.name}: ${[...settings, ...keys].join(', ')}`,
        allowed: 'what the layer\'s `attachTo` puts into the environment, and the variable that holds the key',
        fix: settings.length > 0
          ? 'call `attachTo(fn)` on the layer, which also grants what the key needs, and set the variable that holds the key'
          : 'set the variable that `AuthKey.environment` names in the function\'s `environment`',
      },
    }];
  }),
};

interface Missing {
  /** What the layer puts into the environment. */
  readonly settings: readonly string[];
  /** What users put there. */
  readonly keys: readonly string[];
}

/** Nothing where only deployment knows. */
function missing(fn: FunctionFacts, { needs }: LayerFacts): Missing {
  // Functions of images cannot have layers at all: ImageFunction says so.
  const environment = needs === undefined || fn.isImage ? undefined : fn.environment();
  if (needs === undefined || environment === undefined) {
    return { settings: [], keys: [] };
  }
  const settings = [...needs.settings].flatMap(([name, wanted]) => {
    const found = environment.get(name);
    const isOther = found !== undefined && found !== fn.rendered(wanted);
    return !environment.has(name) ? [`no ${name}`] : isOther ? [`another ${name}`] : [];
  });
  const keys = needs.present.filter((name) => !environment.has(name) || environment.get(name) === '');
  return { settings, keys: keys.map((name) => `no ${name}`) };
}
