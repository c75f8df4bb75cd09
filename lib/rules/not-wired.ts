import type { FunctionFacts, LayerFacts } from './facts';
import type { Rule } from './rule';
import type { Fault } from '../common/fault';
import { EXEC_WRAPPER } from '../target/exec-wrapper';

/** What a rule says of a function that has a layer without what the layer needs. */
export interface NotWiredWords extends Pick<Fault, 'what' | 'allowed'> {
  /** What to do where settings of the layer are missing. */
  readonly attach: string;
  /** What to do where only variables are missing that users set to what they like. */
  readonly set: string;
}

/** The rule with this id looks after the layers that name it in their needs. */
export function notWired(id: string, { what, allowed, attach, set }: NotWiredWords): Rule {
  return {
    id,
    checkFunction: (fn) => fn.layers.flatMap((layer) => {
      const { settings, present } = missing(fn, layer.needs?.rule === id ? layer : {});
      return settings.length + present.length === 0 ? [] : [{
        severity: 'error',
        place: fn.place,
        about: [layer],
        fault: { what, got: `${layer.name}: ${[...settings, ...present].join(', ')}`, allowed, fix: settings.length > 0 ? attach : set },
      }];
    }),
  };
}

interface Missing {
  /** What the layer puts into the environment. */
  readonly settings: readonly string[];
  /** What users put there. */
  readonly present: readonly string[];
}

/** Nothing where only deployment knows. */
function missing(fn: FunctionFacts, { needs }: Pick<LayerFacts, 'needs'>): Missing {
  // Functions of images cannot have layers at all: ImageFunction says so.
  const environment = needs === undefined || fn.isImage ? undefined : fn.environment();
  if (needs === undefined || environment === undefined) {
    return { settings: [], present: [] };
  }
  // The rule ExecWrapper looks after the wrapper, as functions have one for all of their layers.
  const settings = [...needs.settings].filter(([name]) => name !== EXEC_WRAPPER).flatMap(([name, wanted]) => {
    const found = environment.get(name);
    const isOther = found !== undefined && found !== fn.rendered(wanted);
    return !environment.has(name) ? [`no ${name}`] : isOther ? [`another ${name}`] : [];
  });
  const present = needs.present.filter((name) => !environment.has(name) || environment.get(name) === '');
  return { settings, present: present.map((name) => `no ${name}`) };
}
