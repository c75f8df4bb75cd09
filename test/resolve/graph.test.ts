import * as fc from 'fast-check';

import { ConditionReader, markerOf } from '../../lib/resolve/condition';
import { closure } from '../../lib/resolve/graph';
import type { Edge } from '../../lib/resolve/graph';
import { parseMarker, specialize } from '../../lib/resolve/marker';
import type { Facts } from '../../lib/resolve/marker';

const VARIABLES = ['os_name', 'platform_release', 'platform_version'];
const NODES = 6;

const comparison = fc.tuple(fc.constantFrom(...VARIABLES), fc.constantFrom('==', '!=')).map(([name, operator]) => `${name} ${operator} 'x'`);
const marker = fc.oneof(
  fc.constant(undefined),
  comparison,
  fc.tuple(comparison, fc.constantFrom('and', 'or'), comparison).map((parts) => parts.join(' ')),
);
const edge = fc.record({ from: fc.integer({ min: 0, max: NODES - 1 }), to: fc.integer({ min: 0, max: NODES - 1 }), marker });

const reader = new ConditionReader(() => undefined);

function reachable(edges: readonly { from: number; to: number; marker?: string }[], facts: Facts): Set<number> {
  const reached = new Set([0]);
  for (const node of reached) {
    edges.filter(({ from, marker: text }) => from === node && (text === undefined || specialize(parseMarker(text)!, facts) === true))
      .forEach(({ to }) => reached.add(to));
  }
  return reached;
}

test('reaches a node exactly where a plain search over the true edges reaches it', () => {
  fc.assert(fc.property(fc.array(edge, { maxLength: 14 }), (edges) => {
    const edgesOf = (node: string): Edge[] => edges.filter(({ from }) => String(from) === node)
      .map(({ to, marker: text }) => ({ to: String(to), condition: reader.read(text)! }));
    const reached = closure([{ to: '0', condition: [[]] }], edgesOf);
    for (let bits = 0; bits < 2 ** VARIABLES.length; bits++) {
      const facts: Facts = ({ variable, operator }) => ((bits >> VARIABLES.indexOf(variable)) % 2 === 1) === (operator === '==');
      const expected = reachable(edges, facts);
      for (let node = 0; node < NODES; node++) {
        const condition = reached.get(String(node));
        const text = condition === undefined ? undefined : markerOf(condition);
        const wanted = condition !== undefined && (text === undefined || specialize(parseMarker(text)!, facts) === true);
        expect(wanted).toBe(expected.has(node));
      }
    }
  }), { numRuns: 200 });
});

test('ends on circles and gives what has one unconditional path no marker', () => {
  const conditions = { always: reader.read(undefined)!, sometimes: reader.read('platform_release == "x"')! };
  const edges: Record<string, Edge[]> = {
    a: [{ to: 'b', condition: conditions.sometimes }, { to: 'c', condition: conditions.always }],
    b: [{ to: 'a', condition: conditions.always }, { to: 'd', condition: conditions.always }],
    c: [{ to: 'b', condition: conditions.always }],
    d: [],
  };
  const reached = closure([{ to: 'a', condition: conditions.always }], (node) => edges[node] ?? []);
  expect([...reached].map(([node, condition]) => [node, markerOf(condition)]))
    .toEqual([['a', undefined], ['b', undefined], ['c', undefined], ['d', undefined]]);
});
