import type { FunctionFacts } from './facts';
import type { Finding } from './rule';

/** What a rule finds in a function whatever the conditions of its template will be, at the lowest severity that it can then have. */
export function checkVariants(fn: FunctionFacts, check: (variant: FunctionFacts) => Finding[]): Finding[] {
  return (fn.variants ?? [fn]).map(check).reduce(foundInBoth);
}

/**
 * A finding stays when the other variant has one about the same layers, or in their place one about others: in `Fn::If` of two layers that are
 * both wrong, each variant has its own.
 */
function foundInBoth(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  const pool = once(others);
  const take = (isIt: (other: Finding) => boolean): Finding[] => {
    const place = pool.findIndex(isIt);
    return place < 0 ? [] : pool.splice(place, 1);
  };
  const errorsFirst = once(findings).sort((a, b) => a.severity.localeCompare(b.severity));
  const same = new Map(errorsFirst.map((finding) => [finding, take((other) => isSame(finding, other))]));
  return errorsFirst.flatMap((finding) => {
    const [twin] = [...same.get(finding)!, ...take((other) => other.place === finding.place && same.get(finding)!.length === 0)];
    return twin === undefined ? [] : [twin.severity === 'warning' ? { ...finding, severity: 'warning' } : finding];
  });
}

/** A layer that is there twice says nothing twice. */
function once(findings: readonly Finding[]): Finding[] {
  return findings.filter((finding, place) => findings.findIndex((other) => isSame(finding, other)) === place);
}

function isSame(a: Finding, b: Finding): boolean {
  const [one, other] = [a, b].map(({ about = [] }) => about.map((layer) => layer.version).join());
  return a.place === b.place && one === other;
}
