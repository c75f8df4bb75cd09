import type { IConstruct } from 'constructs';
import { assemblyOf } from './assembly';
import { placeOf } from './registration';
import { renderFault, type Fault } from '../common/fault';
import type { FunctionFacts } from '../rules/facts';
import type { Finding } from '../rules/rule';

const NOTICES = Symbol.for('cdk-lambda-layers.notices');

interface Notice extends Finding {
  /** Path of the layer that it is about. */
  readonly layer?: string;
}

type Noticing = IConstruct & { [NOTICES]?: Map<string, Notice> };

/**
 * Keeps what is wrong with a resource for when the rules run: thrown while a token is resolved, CDK would bury it in a message of its own.
 *
 * @param layer the layer that the resource cannot have
 */
export function notice(resource: IConstruct, fault: Fault, layer?: IConstruct): void {
  const root = assemblyOf(resource) as Noticing;
  const notices = root[NOTICES] ?? new Map<string, Notice>();
  Object.defineProperty(root, NOTICES, { value: notices, configurable: true });
  const place = placeOf(resource).node.path;
  notices.set(`${place} ${renderFault(fault)}`, { severity: 'error', place, fault, layer: layer?.node.path });
}

/** What was noticed, without layers that an override took from their functions again. */
export function noticesOf(root: IConstruct, functions: readonly FunctionFacts[]): Finding[] {
  const known = new Map(functions.map((fn) => [fn.place, fn]));
  return [...(root as Noticing)[NOTICES]?.values() ?? []].filter(({ place, layer }) => (
    layer === undefined || known.get(place)?.layers.some((one) => one.place === layer) !== false
  ));
}
