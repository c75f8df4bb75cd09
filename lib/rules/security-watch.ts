import type { FunctionFacts, LayerFacts } from './facts';
import type { Finding, Rule } from './rule';

/** The security extension compares what it finds with other layers than the function has: it would report their files, or stop the start. */
export const securityWatch: Rule = {
  id: 'SecurityWatch',
  checkFunction: (fn) => fn.mayHaveMoreLayers ? [] : fn.layers.flatMap((layer) => watchFindings(fn, layer)),
};

function watchFindings(fn: FunctionFacts, layer: LayerFacts): Finding[] {
  const { watches } = layer;
  if (watches === undefined) {
    return [];
  }
  const here = new Set(fn.layers.map(({ version }) => version));
  const absent = [...watches.layers].filter(([version]) => !here.has(version))
    .map(([, name]) => `${name}: named there, but not a layer of the function`);
  // Of layers whose files are not known, patterns can say what they are.
  const unknown = fn.layers.filter((one) => one !== layer && !watches.layers.has(one.version) && (one.isOurs || !watches.hasPatterns))
    .map(({ name }) => `${name}: a layer of the function, but not named there`);
  return absent.length + unknown.length === 0 ? [] : [{
    severity: watches.stops ? 'error' : 'warning',
    place: fn.place,
    about: [layer],
    fault: {
      what: `the security extension knows other layers than the function has, and would ${watches.stops ? 'stop its start' : 'report their files'}`,
      got: [`${layer.name}:`, ...absent, ...unknown].join('\n'),
      allowed: 'in its `layers` all other layers of the function, or in `ignore` patterns of their files',
      fix: 'name the layers of this library in `layers`, and the files of others in `ignore`; '
        + 'functions with other layers need a SecurityExtension of their own',
    },
  }];
}
