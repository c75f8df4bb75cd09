import type { FunctionFacts, LayerFacts } from './facts';
import { severityFor, type Finding, type Rule } from './rule';

/** Two extensions want to listen on one port: the one that comes second ends the start. Ours say "Extension.PortTaken". */
export const extensionPort: Rule = {
  id: 'ExtensionPort',
  checkFunction: (fn) => {
    const all = fn.layers.flatMap((layer) => listeners(fn, layer));
    return [...new Set(all.map(({ port }) => port))].flatMap((port) => portFindings(fn, port, all.filter((one) => one.port === port)));
  },
};

interface Listener {
  readonly layer: LayerFacts;
  readonly extension: string;
  readonly port: number;
}

/** Extensions of AWS take their port from the environment. */
function listeners(fn: FunctionFacts, layer: LayerFacts): Listener[] {
  return (layer.ports ?? []).map(({ extension, port, variable }) => ({
    layer, extension, port: Number((variable === undefined ? undefined : fn.literals().get(variable)) ?? port),
  }));
}

function portFindings(fn: FunctionFacts, port: number, listening: readonly Listener[]): Finding[] {
  const layers = [...new Set(listening.map(({ layer }) => layer))];
  return layers.length < 2 ? [] : [{
    severity: severityFor({ isOurs: layers.some(({ isOurs }) => isOurs) }),
    place: fn.place,
    about: layers,
    fault: {
      what: 'two extensions of the function listen on one port, and one of them will not start',
      got: [`127.0.0.1:${port}`, ...listening.map(({ layer, extension }) => `${extension} of ${layer.name}`)].join('\n'),
      allowed: 'a port for each',
      fix: 'give one of them another `port`, or leave one out',
    },
  }];
}
