import { compareReleases, compareVersions, parseVersion } from './version';
import type { Version } from './version';

/** One comparison with a version, such as `>=2.1` or `==3.11.*`. */
export interface Clause {
  readonly operator: ClauseOperator;
  /** Without the `.*`. */
  readonly version: string;
  /** Whether `.*` followed: only the parts that are named count. */
  readonly prefix: boolean;
}

export type ClauseOperator = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** Alternatives of clauses that must all hold. */
export type Constraint = readonly (readonly Clause[])[];

const CLAUSE = /^(~=|===|==|!=|<=|>=|<|>|\^|~|=)?\s*v?([0-9][^\s,|]*?)(\.\*|\.[xX])?$/;

/**
 * A list of version specifiers (PEP 440) or a constraint of Poetry, which adds `^`, `~`, `||` and a blank for "and".
 * Undefined when it is neither.
 */
export function parseConstraint(text: string): Constraint | undefined {
  const alternatives: (readonly Clause[])[] = [];
  for (const alternative of text.split(/\|\|?/)) {
    const clauses: Clause[] = [];
    // An operator may be apart from its version; after that, blanks and commas separate.
    const joined = alternative.trim().replace(/([<>=!~^])\s+/g, '$1');
    for (const part of joined.split(/[\s,]+/).filter((piece) => piece !== '' && piece !== '*')) {
      const parsed = parseClause(part);
      if (parsed === undefined) {
        return undefined;
      }
      clauses.push(...parsed);
    }
    alternatives.push(clauses);
  }
  return alternatives;
}

/** Whether a version fulfils a constraint. */
export function satisfies(version: Version, constraint: Constraint): boolean {
  return constraint.some((clauses) => clauses.every((clause) => fulfils(version, clause)));
}

/**
 * Whether a clause holds for every release of a language version such as `3.11` (true), for none (false),
 * or for some of its patch releases (undefined).
 */
export function holdsForPython({ operator, version, prefix }: Clause, pythonVersion: string): boolean | undefined {
  if (!/^\d+(\.\d+)*$/.test(version)) {
    return undefined;
  }
  const minor = pythonVersion.split('.').map(Number);
  const wanted = version.split('.').map(Number);
  const first = compareReleases([...minor, 0], wanted);
  const last = compareReleases([...minor, Infinity], wanted);
  switch (operator) {
    case '<':
      return last < 0 ? true : first >= 0 ? false : undefined;
    case '>=':
      return first >= 0 ? true : last < 0 ? false : undefined;
    case '<=':
      return last <= 0 ? true : first > 0 ? false : undefined;
    case '>':
      return first > 0 ? true : last <= 0 ? false : undefined;
    case '==':
      return equalsPython(minor, wanted, prefix);
    case '!=': {
      const equal = equalsPython(minor, wanted, prefix);
      return equal === undefined ? undefined : !equal;
    }
  }
}

/** Whether some release of a language version fulfils a constraint. What cannot be told counts as yes. */
export function admitsPython(constraint: string, pythonVersion: string): boolean {
  const parsed = parseConstraint(constraint);
  return parsed === undefined || parsed.some((clauses) => clauses.every((clause) => holdsForPython(clause, pythonVersion) !== false));
}

function parseClause(text: string): Clause[] | undefined {
  const [, operator = '', version = '', star] = CLAUSE.exec(text) ?? [];
  const parsed = parseVersion(version);
  if (parsed === undefined) {
    return undefined;
  }
  const prefix = star !== undefined;
  switch (operator) {
    case '':
    case '=':
    case '==':
    case '===':
      return [{ operator: '==', version, prefix }];
    case '~=':
      return [{ operator: '>=', version, prefix: false }, { operator: '==', version: parsed.release.slice(0, -1).join('.'), prefix: true }];
    case '^':
      return [{ operator: '>=', version, prefix: false }, { operator: '<', version: caretEnd(parsed.release), prefix: false }];
    case '~':
      return [{ operator: '>=', version, prefix: false }, { operator: '<', version: tildeEnd(parsed.release), prefix: false }];
    default:
      return [{ operator: operator as ClauseOperator, version, prefix }];
  }
}

/** `^1.2.3` ends at 2, `^0.2.3` at 0.3, `^0.0.3` at 0.0.4: the first part that is not zero grows. */
function caretEnd(release: readonly number[]): string {
  const first = release.findIndex((part) => part !== 0);
  return bump(release, first < 0 ? release.length - 1 : first);
}

/** `~1.2.3` and `~1.2` end at 1.3, `~1` at 2. */
function tildeEnd(release: readonly number[]): string {
  return bump(release, Math.min(1, release.length - 1));
}

function bump(release: readonly number[], at: number): string {
  return [...release.slice(0, at), (release[at] ?? 0) + 1].join('.');
}

function fulfils(version: Version, { operator, version: text, prefix }: Clause): boolean {
  const wanted = parseVersion(text);
  if (wanted === undefined) {
    return false;
  }
  // A specifier without a local part speaks of the public version.
  const order = compareVersions(wanted.local.length === 0 ? { ...version, local: [] } : version, wanted);
  const equal = prefix
    ? version.epoch === wanted.epoch && compareReleases(version.release.slice(0, wanted.release.length), wanted.release) === 0
    : order === 0;
  switch (operator) {
    case '==':
      return equal;
    case '!=':
      return !equal;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function equalsPython(minor: readonly number[], wanted: readonly number[], prefix: boolean): boolean | undefined {
  const named = wanted.slice(0, minor.length);
  if (compareReleases(minor.slice(0, prefix ? named.length : undefined), named) !== 0) {
    return false;
  }
  return prefix && wanted.length <= minor.length ? true : undefined;
}
