import { extensionNames } from './extension-names';
import type { FunctionFacts } from './facts';
import type { Finding, Rule } from './rule';

/** Functions that cannot have extensions. CloudFront: "The function cannot have a layer." Functions of images are another rule's. */
export const extensionFunction: Rule = {
  id: 'ExtensionFunction',
  checkFunction: (fn) => [...edgeFindings(fn), ...instanceFindings(fn)],
};

function edgeFindings(fn: FunctionFacts): Finding[] {
  return fn.layers.length === 0 || !fn.isAtEdge() ? [] : [{
    severity: 'error',
    place: fn.place,
    about: fn.layers,
    fault: {
      what: 'a function of Lambda@Edge cannot have layers',
      got: fn.layers.map((layer) => layer.name).join('\n'),
      allowed: 'none, for a function whose role trusts edgelambda.amazonaws.com',
      fix: 'put the code of the layer into the function\'s own; extensions cannot run there',
    },
  }];
}

/** Whether an extension asks for INVOKE is not seen in its file. */
function instanceFindings(fn: FunctionFacts): Finding[] {
  const foreign = fn.isOnManagedInstances
    ? fn.layers.map((layer) => ({ layer, names: extensionNames(layer).filter((name) => layer.readyMade?.includes(name) !== true) }))
      .filter(({ names }) => names.length > 0)
    : [];
  return foreign.length === 0 ? [] : [{
    severity: 'warning',
    place: fn.place,
    about: foreign.map(({ layer }) => layer),
    fault: {
      what: 'the function runs on managed instances, where an extension that registers for INVOKE is refused',
      got: foreign.map(({ layer, names }) => `${layer.name}: ${names.join(', ')}`).join('\n'),
      allowed: 'extensions that register there for SHUTDOWN alone, as the ready-made ones do',
      fix: 'leave them out, or acknowledge this when they ask AWS_LAMBDA_INITIALIZATION_TYPE for lambda-managed-instances',
    },
  }];
}
