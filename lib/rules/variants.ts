import type { FunctionFacts } from './facts';
import type { Finding } from './rule';

/** What a rule finds in a function whatever the conditions of its template will be. */
export function checkVariants(fn: FunctionFacts, check: (variant: FunctionFacts) => Finding[]): Finding[] {
  return (fn.variants ?? [fn]).map(check).reduce(foundInBoth);
}

/**
 * A finding stays when the other variant has one about the same layers, or in their place one about others: in `Fn::If` of two layers that are
 * both wrong, each variant has its own. Where the variants agree on nothing but that the rule is broken, that is worth a warning.
 */
function foundInBoth(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  const [mine, theirs] = [once(findings), once(others)];
  const same = mine.filter((finding) => theirs.some((other) => isSame(finding, other)));
  const pool = theirs.filter((other) => !mine.some((finding) => isSame(finding, other)));
  const kept = mine.filter((finding) => same.includes(finding) || take(pool, (other) => isAlike(finding, other)));
  const disputed = mine.filter(({ place }, number) => (
    mine.findIndex((one) => one.place === place) === number && !kept.some((one) => one.place === place) && theirs.some((one) => one.place === place)
  ));
  return [...kept, ...disputed.map((finding): Finding => ({ ...finding, severity: 'warning' }))];
}

/** A layer that is there twice says nothing twice. */
function once(findings: readonly Finding[]): Finding[] {
  return findings.filter((finding, number) => findings.findIndex((other) => isSame(finding, other)) === number);
}

function take(pool: Finding[], isIt: (finding: Finding) => boolean): boolean {
  const number = pool.findIndex(isIt);
  return number >= 0 && pool.splice(number, 1).length > 0;
}

function isAlike(a: Finding, b: Finding): boolean {
  return a.place === b.place && a.severity === b.severity;
}

function isSame(a: Finding, b: Finding): boolean {
  const [one, other] = [a, b].map(({ about = [] }) => about.map((layer) => layer.version).join());
  return isAlike(a, b) && one === other;
}
