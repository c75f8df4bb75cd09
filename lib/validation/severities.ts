import type { IConstruct } from 'constructs';
import { FaultError } from '../common/fault';
import { CHOSEN_RULE_IDS } from '../rules/all-rules';
import type { Severity } from '../rules/rule';

/** Context key of the severities that a company sets. */
export const RULES_CONTEXT = 'cdk-lambda-layers:rules';

const CHOICES = ['error', 'warning', 'off'] as const;

/** Severities by rule, as context has them: an object in cdk.json, its JSON on the command line. */
export function severitiesOf(scope: IConstruct): ReadonlyMap<string, Severity | 'off'> {
  const value: unknown = scope.node.tryGetContext(RULES_CONTEXT);
  const chosen = typeof value === 'string' ? parse(value) : value;
  if (chosen === undefined) {
    return new Map();
  }
  const entries = typeof chosen === 'object' && chosen !== null && !Array.isArray(chosen) ? Object.entries(chosen) : undefined;
  const wrong = (entries ?? []).filter(([rule, severity]) => !CHOSEN_RULE_IDS.includes(rule) || !CHOICES.includes(severity));
  if (entries === undefined || wrong.length > 0) {
    throw new FaultError({
      what: `context ${RULES_CONTEXT} has a value that means nothing`,
      got: JSON.stringify(wrong.length > 0 ? Object.fromEntries(wrong) : value),
      allowed: `an object like { "FileCollision": "error" }, with the values ${CHOICES.join(', ')} and the rules ${CHOSEN_RULE_IDS.join(', ')}`,
      fix: 'correct the value, or remove it',
    });
  }
  return new Map(entries as [string, Severity | 'off'][]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
