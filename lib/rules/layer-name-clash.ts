import type { AppFacts, EnvironmentFacts, PublishedLayer } from './facts';
import type { Finding, Rule, Severity } from './rule';

const LAYERS_NAMED = 3;

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
  return [...byName.values()].flatMap((layers) => layers.filter((layer) => layer.isHere).flatMap((layer) => {
    // Of two layers here the later one tells; one of another assembly does not tell here.
    const others = layers.filter((other, place) => other !== layer && (!other.isHere || place < layers.indexOf(layer)));
    const certain = others.filter((other) => isCertain(layer, other));
    const possible = others.filter((other) => !certain.includes(other) && areTogether(layer.environment, other.environment) !== 'no');
    return [...findingFor(layer, certain, 'error'), ...findingFor(layer, possible, 'warning')];
  }));
}

function findingFor(layer: PublishedLayer, others: readonly PublishedLayer[], severity: Severity): Finding[] {
  const more = others.length - LAYERS_NAMED;
  return others.length === 0 ? [] : [{
    severity,
    place: layer.place,
    about: [layer, ...others],
    fault: {
      what: others.every((other) => areTogether(layer.environment, other.environment) === 'yes')
        ? 'a layer has the same name as another one of its account and region'
        : 'a layer has the same name as another one that may be in its account and region',
      got: `${layer.layerName}: also ${others.slice(0, LAYERS_NAMED).map((other) => other.place).join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      allowed: 'a name of its own for each layer of an account and region',
      fix: 'give one of them another name: `layerVersionName` where it is set, else `purpose`',
    },
  }];
}

/** AWS takes it, so that it is an error only when one of them is ours and both are there for certain. */
function isCertain(layer: PublishedLayer, other: PublishedLayer): boolean {
  const isOurs = layer.isOurs || other.isOurs;
  return isOurs && areTogether(layer.environment, other.environment) === 'yes' && !layer.isConditional && !other.isConditional;
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
