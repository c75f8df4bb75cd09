import type { AppFacts, FunctionFacts, LayerFacts, PublishedLayer } from './facts';
import type { Fault } from '../common/fault';

export type Severity = 'error' | 'warning';

/** What a rule found. */
export interface Finding {
  readonly severity: Severity;
  /** Path of the construct that it belongs to. */
  readonly place: string;
  /** Layers that an acknowledgement may be made on as well. */
  readonly about?: readonly LayerFacts[];
  /** The function that shows it, where one finding stands for all functions with the same. */
  readonly seenIn?: string;
  /** Without the rule's id, which is added for all of them. */
  readonly fault: Omit<Fault, 'rule'>;
}

/** One AWS limit or known way to fail: a pure function for each kind of thing that it looks at. */
export interface Rule {
  readonly id: string;
  readonly checkFunction?: (fn: FunctionFacts) => Finding[];
  readonly checkLayer?: (layer: PublishedLayer, app: AppFacts) => Finding[];
  readonly checkApp?: (app: AppFacts) => Finding[];
}

/** Where AWS itself does not check: an error for what this library built, a warning for other people's layers. */
export function severityFor(layer: Pick<LayerFacts, 'isOurs'>): Severity {
  return layer.isOurs ? 'error' : 'warning';
}
