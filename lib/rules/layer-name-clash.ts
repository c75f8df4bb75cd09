import type { AppFacts, EnvironmentFacts, PublishedLayer } from './facts';
import type { Finding, Rule } from './rule';

/** Two layers with one name publish versions of one layer. Each stack then takes the other's for its own, and "latest" is whoever came last. */
export const layerNameClash: Rule = {
  id: 'LayerNameClash',
  checkApp: (app) => clashes(app),
};

function clashes(app: AppFacts): Finding[] {
  const byName = new Map<string, PublishedLayer[]>();
  for (const layer of app.layers) {
    byName.set(layer.layerName, [...byName.get(layer.layerName) ?? [], layer]);
  }
  return [...byName.values()].flatMap((layers) => layers.flatMap((layer, place) => layers.slice(0, place).flatMap((other): Finding[] => {
    const together = areTogether(layer.environment, other.environment);
    if (together === 'no' || !(layer.isHere || other.isHere)) {
      return [];
    }
    const certain = together === 'yes' && (layer.isOurs || other.isOurs);
    return [{
      severity: certain ? 'error' : 'warning',
      place: layer.isHere ? layer.place : other.place,
      about: [layer, other],
      fault: {
        what: `two layers have the same name ${together === 'yes' ? 'in one account and region' : 'and may be in one account and region'}`,
        got: `${layer.layerName}: ${other.place} and ${layer.place}`,
        allowed: 'a name of its own for each layer of an account and region',
        fix: 'give one of them another `purpose` or `layerVersionName`, or use LayerNaming.scoped()',
      },
    }];
  })));
}

function areTogether(a: EnvironmentFacts, b: EnvironmentFacts): 'yes' | 'no' | 'unknown' {
  if (a.stack === b.stack) {
    return 'yes';
  }
  const parts = [[a.account, b.account], [a.region, b.region]];
  if (parts.some(([one, other]) => one !== undefined && other !== undefined && one !== other)) {
    return 'no';
  }
  return parts.flat().includes(undefined) ? 'unknown' : 'yes';
}
