import type { IConstruct } from 'constructs';
import { assemblyOf } from './assembly';
import { placeOf } from './registration';
import { renderFault, type Fault } from '../common/fault';
import type { Finding } from '../rules/rule';

const NOTICES = Symbol.for('cdk-lambda-layers.notices');

type Noticing = IConstruct & { [NOTICES]?: Map<string, Finding> };

/** Keeps what is wrong with a resource for when the rules run: thrown while a token is resolved, CDK would bury it in a message of its own. */
export function notice(resource: IConstruct, fault: Fault): void {
  const root = assemblyOf(resource) as Noticing;
  const notices = root[NOTICES] ?? new Map<string, Finding>();
  Object.defineProperty(root, NOTICES, { value: notices, configurable: true });
  const place = placeOf(resource).node.path;
  notices.set(`${place} ${renderFault(fault)}`, { severity: 'error', place, fault });
}

export function noticesOf(root: IConstruct): Finding[] {
  return [...(root as Noticing)[NOTICES]?.values() ?? []];
}
