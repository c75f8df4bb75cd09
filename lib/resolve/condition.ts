import { negate, parseMarker, renderMarker, specialize } from './marker';
import type { Facts, Marker } from './marker';
import { compareText } from './names';

/**
 * When something is wanted, as alternatives of atoms that must all hold; an atom is a part of a marker as text.
 * No alternative contains another one. `[]` is never, `[[]]` is always.
 */
export type Condition = readonly Term[];

/** Sorted, without repetition. */
type Term = readonly string[];

export const ALWAYS: Condition = [[]];
export const NEVER: Condition = [];

/** Turns markers into conditions; a lock repeats a few markers hundreds of times, so each is read once. */
export class ConditionReader {
  private readonly known = new Map<string, Condition>();

  constructor(private readonly facts: Facts) {}

  /** Undefined when the text is no marker. */
  public read(marker: string | undefined): Condition | undefined {
    if (marker === undefined || marker === '') {
      return ALWAYS;
    }
    const known = this.known.get(marker);
    if (known !== undefined) {
      return known;
    }
    const parsed = parseMarker(marker);
    if (parsed === undefined) {
      return undefined;
    }
    const condition = toCondition(specialize(parsed, this.facts));
    this.known.set(marker, condition);
    return condition;
  }
}

export function both(a: Condition, b: Condition): Condition {
  if (a === ALWAYS || b === ALWAYS) {
    return a === ALWAYS ? b : a;
  }
  let result = NEVER;
  for (const left of a) {
    for (const right of b) {
      result = withTerm(result, [...new Set([...left, ...right])].sort(compareText));
    }
  }
  return result;
}

/** Returns `a` itself when `b` adds nothing to it. */
export function either(a: Condition, b: Condition): Condition {
  let result = a;
  for (const term of b) {
    result = withTerm(result, term);
  }
  return result;
}

/** The condition as a marker: undefined means always. Must not be asked of what is never wanted. */
export function markerOf(condition: Condition): string | undefined {
  const terms = condition.map((term) => term.map((atom) => term.length > 1 && isAlternative(atom) ? `(${atom})` : atom).join(' and '));
  return terms.includes('') ? undefined : terms.sort(compareText).join(' or ');
}

/**
 * Parts that are joined by "and" below an "or" stay apart; deeper alternatives stay one atom.
 * So a marker never grows by being read, and equal parts are still seen to be equal.
 */
function toCondition(marker: Marker | boolean): Condition {
  if (typeof marker === 'boolean') {
    return marker ? ALWAYS : NEVER;
  }
  let result = NEVER;
  for (const alternative of marker.kind === 'or' ? marker.parts : [marker]) {
    const atoms = alternative.kind === 'and' ? alternative.parts : [alternative];
    result = withTerm(result, [...new Set(atoms.map(atomOf))].sort(compareText));
  }
  return result;
}

/** Opposites of the atoms that have one. Filled as atoms are made; few differ in all the locks of an app. */
const OPPOSITES = new Map<string, string>();

function atomOf(marker: Marker): string {
  const atom = renderMarker(marker);
  if (marker.kind === 'comparison' && !OPPOSITES.has(atom)) {
    const opposite = negate(marker);
    if (opposite !== undefined) {
      OPPOSITES.set(atom, renderMarker(opposite));
    }
  }
  return atom;
}

function isAlternative(atom: string): boolean {
  return parseMarker(atom)?.kind === 'or';
}

/** Adds an alternative: what contains another one goes, and `a and b or a and not b` becomes `a`. */
function withTerm(condition: Condition, term: Term): Condition {
  if (isContradiction(term) || condition.some((other) => contains(term, other))) {
    return condition;
  }
  for (const other of condition) {
    const merged = withoutOpposites(term, other);
    if (merged !== undefined) {
      return withTerm(condition, merged);
    }
  }
  return term.length === 0 ? ALWAYS : [...condition.filter((other) => !contains(other, term)), term];
}

function contains(term: Term, part: Term): boolean {
  return part.length <= term.length && part.every((atom) => term.includes(atom));
}

function isContradiction(term: Term): boolean {
  return term.some((atom) => {
    const opposite = OPPOSITES.get(atom);
    return opposite !== undefined && term.includes(opposite);
  });
}

/** What two terms share when they are the same but for one atom and its opposite. */
function withoutOpposites(a: Term, b: Term): Term | undefined {
  if (a.length !== b.length) {
    return undefined;
  }
  const own = a.filter((atom) => !b.includes(atom));
  const [only] = own;
  const opposite = own.length === 1 && only !== undefined ? OPPOSITES.get(only) : undefined;
  return opposite !== undefined && b.includes(opposite) ? a.filter((atom) => atom !== only) : undefined;
}
