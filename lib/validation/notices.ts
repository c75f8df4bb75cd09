import { Stage } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { renderFault } from '../common/fault';
import type { RuleFinding } from '../rules/evaluate';

const NOTICES = Symbol.for('cdk-lambda-layers.notices');

type Noticing = IConstruct & { [NOTICES]?: Map<string, RuleFinding> };

/** Keeps a finding that shows before the rules run, as while a token is resolved, where throwing would bury it in CDK's own message. */
export function notice(scope: IConstruct, finding: RuleFinding): void {
  const root = (Stage.of(scope) ?? scope.node.root) as Noticing;
  const notices = root[NOTICES] ?? new Map<string, RuleFinding>();
  Object.defineProperty(root, NOTICES, { value: notices, configurable: true });
  notices.set(`${finding.rule} ${finding.place} ${renderFault(finding.fault)}`, finding);
}

export function noticesOf(root: IConstruct): RuleFinding[] {
  return [...(root as Noticing)[NOTICES]?.values() ?? []];
}
