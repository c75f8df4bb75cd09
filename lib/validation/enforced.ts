import type { IConstruct } from 'constructs';
import { isAcknowledged } from './acknowledgements';
import { severitiesOf } from './severities';
import type { Fault } from '../common/fault';
import type { Finding } from '../rules/rule';

/** Findings about a construct that is about to be made, as far as they count as errors there; the others are told when the rules run. */
export function enforced(scope: IConstruct, rule: string, findings: readonly Pick<Finding, 'severity' | 'fault'>[]): Fault[] {
  if (isAcknowledged(scope, rule)) {
    return [];
  }
  const chosen = findings.length === 0 ? undefined : severitiesOf(scope).get(rule);
  return findings.filter(({ severity }) => (chosen ?? severity) === 'error').map(({ fault }) => ({ ...fault, rule }));
}
