import type { IConstruct } from 'constructs';

const ACKNOWLEDGED = Symbol.for('cdk-lambda-layers.acknowledged');

type Acknowledging = IConstruct & { [ACKNOWLEDGED]?: Map<string, string> };

/** Notes on a construct that a rule is known to be broken there, and below. */
export function acknowledge(scope: IConstruct, rule: string, reason: string): void {
  const acknowledging = scope as Acknowledging;
  const reasons = acknowledging[ACKNOWLEDGED] ?? new Map<string, string>();
  Object.defineProperty(acknowledging, ACKNOWLEDGED, { value: reasons, configurable: true });
  reasons.set(rule, reason);
}

/** Reasons by rule, as they were noted on a construct itself. */
export function acknowledgedOn(construct: IConstruct): ReadonlyMap<string, string> {
  return (construct as Acknowledging)[ACKNOWLEDGED] ?? new Map();
}

/** Whether a rule is acknowledged on a construct or one above it. */
export function isAcknowledged(construct: IConstruct, rule: string): boolean {
  return construct.node.scopes.some((scope) => acknowledgedOn(scope).has(rule));
}
