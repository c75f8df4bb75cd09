import { ALL_RULES, LAYER_REFERENCE } from './all-rules';
import type { AppFacts } from './facts';
import type { Finding, Rule, Severity } from './rule';
import { checkVariants } from './variants';
import { renderFault, type Fault } from '../common/fault';

const FUNCTIONS_NAMED = 3;

/** What a finding comes to, once for all functions that show it. */
export interface Verdict {
  readonly rule: string;
  readonly severity: Severity;
  readonly place: string;
  readonly fault: Fault;
}

/** What an app's owners decided about rules. */
export interface Policy {
  /** Undefined where the finding's own severity counts. */
  severityOf(rule: string, place: string): Severity | 'off' | undefined;
  /** Whether the rule is acknowledged at, or above, one of these constructs. */
  isAcknowledged(rule: string, places: readonly string[]): boolean;
}

/**
 * Every rule over every function and layer.
 *
 * @param noticed what was found before the rules run, which nobody can switch off: the template has no use
 */
export function evaluate(app: AppFacts, noticed: readonly Finding[], policy: Policy): Verdict[] {
  return ALL_RULES.flatMap((rule) => {
    const findings = findingsOf(rule, app).flatMap((finding): Finding[] => {
      const severity = policy.severityOf(rule.id, finding.place) ?? finding.severity;
      return severity === 'off' || policy.isAcknowledged(rule.id, placesOf(finding)) ? [] : [{ ...finding, severity }];
    });
    return merge(rule.id, rule.id === LAYER_REFERENCE ? noticed : findings);
  });
}

function findingsOf(rule: Rule, app: AppFacts): Finding[] {
  return [
    ...(rule.checkLayer === undefined ? [] : app.layers.filter((layer) => layer.isHere).flatMap((layer) => rule.checkLayer!(layer, app))),
    ...(rule.checkFunction === undefined ? [] : app.functions.flatMap((fn) => checkVariants(fn, rule.checkFunction!))),
    ...(rule.checkApp?.(app) ?? []),
  ];
}

function placesOf(finding: Finding): string[] {
  return [finding.place, finding.seenIn, ...(finding.about ?? []).map((layer) => layer.place)].filter((place) => place !== undefined);
}

function merge(rule: string, findings: readonly Finding[]): Verdict[] {
  const groups = new Map<string, { readonly finding: Finding; readonly functions: string[] }>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.place} ${renderFault(finding.fault)}`;
    const group = groups.get(key) ?? { finding, functions: [] };
    groups.set(key, group);
    if (finding.seenIn !== undefined) {
      group.functions.push(finding.seenIn);
    }
  }
  return [...groups.values()].map(({ finding, functions }) => ({
    rule,
    severity: finding.severity,
    place: finding.place,
    fault: { ...finding.fault, rule, got: [finding.fault.got, ...nameFunctions(functions)].join('\n') },
  }));
}

function nameFunctions(functions: readonly string[]): string[] {
  const more = functions.length - FUNCTIONS_NAMED;
  const named = functions.slice(0, FUNCTIONS_NAMED).join(', ');
  return functions.length === 0 ? [] : [`in ${named}${more > 0 ? ` and ${more} more` : ''}`];
}
