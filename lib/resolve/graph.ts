import { both, either, NEVER } from './condition';
import type { Condition } from './condition';

export interface Edge {
  readonly to: string;
  readonly condition: Condition;
}

/**
 * Everything that the roots reach, each with the condition under which some path to it holds.
 *
 * Conditions only grow, and there are finitely many, so that cycles end.
 */
export function closure(roots: readonly Edge[], edgesOf: (node: string) => readonly Edge[]): Map<string, Condition> {
  const reached = new Map<string, Condition>();
  // A set keeps the order of insertion: a queue that holds each node once.
  const pending = new Set<string>();
  const reach = ({ to, condition }: Edge): void => {
    const before = reached.get(to) ?? NEVER;
    const after = either(before, condition);
    if (after !== before) {
      reached.set(to, after);
      pending.add(to);
    }
  };
  roots.forEach(reach);
  for (const node of pending) {
    pending.delete(node);
    const condition = reached.get(node) ?? NEVER;
    for (const edge of edgesOf(node)) {
      reach({ to: edge.to, condition: both(condition, edge.condition) });
    }
  }
  return reached;
}
