import { normalizeName } from '../content/package-name';

/** An environment marker (PEP 508) as a tree. */
export type Marker =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Marker[] }
  | Comparison;

export interface Comparison {
  readonly kind: 'comparison';
  readonly variable: string;
  readonly operator: string;
  readonly value: string;
  /** For `in` and `not in`: whether the value stands on the left, as in `'x' in extras`. */
  readonly valueFirst: boolean;
}

/** What is known about a comparison: that it holds, that it does not, or nothing. */
export type Facts = (comparison: Comparison) => boolean | undefined;

const TOKEN = /\s*(?:(\()|(\))|(and\b|or\b)|(not\s+in\b|in\b|===|==|!=|~=|<=|>=|<|>)|("[^"]*"|'[^']*')|([A-Za-z_][\w.]*))/gy;

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

/** Undefined when the text is no marker. */
export function parseMarker(text: string): Marker | undefined {
  const tokens = tokenize(text);
  if (tokens === undefined) {
    return undefined;
  }
  let at = 0;
  const parseAny = (): Marker | undefined => parseChain('or', () => parseChain('and', parseOne));
  const parseChain = (word: 'and' | 'or', parsePart: () => Marker | undefined): Marker | undefined => {
    const parts: Marker[] = [];
    for (;;) {
      const part = parsePart();
      if (part === undefined) {
        return undefined;
      }
      parts.push(part);
      if (tokens[at] !== word) {
        return combine(word, parts);
      }
      at++;
    }
  };
  const parseOne = (): Marker | undefined => {
    if (tokens[at] === '(') {
      at++;
      const inner = parseAny();
      return tokens[at++] === ')' ? inner : undefined;
    }
    const [left, operator, right] = tokens.slice(at, at + 3);
    at += 3;
    return parseComparison(left, operator, right);
  };
  const marker = parseAny();
  return at === tokens.length ? marker : undefined;
}

/** Replaces what is known. The rest stays as it is written. */
export function specialize(marker: Marker, facts: Facts): Marker | boolean {
  if (marker.kind === 'comparison') {
    return facts(marker) ?? marker;
  }
  const decisive = marker.kind === 'or';
  const rest: Marker[] = [];
  for (const part of marker.parts) {
    const result = specialize(part, facts);
    if (result === decisive) {
      return decisive;
    }
    if (typeof result !== 'boolean') {
      rest.push(result);
    }
  }
  return rest.length === 0 ? !decisive : combine(marker.kind, rest);
}

/** The opposite of a comparison, or undefined where an operator has none. */
export function negate(comparison: Comparison): Comparison | undefined {
  const operator = OPPOSITES[comparison.operator];
  return operator === undefined ? undefined : { ...comparison, operator };
}

const OPPOSITES: Readonly<Record<string, string>> = {
  '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>', 'in': 'not in', 'not in': 'in',
};

export function renderMarker(marker: Marker): string {
  if (marker.kind === 'comparison') {
    const { variable, operator, value, valueFirst } = marker;
    const quoted = value.includes('\'') ? `"${value}"` : `'${value}'`;
    return valueFirst ? `${quoted} ${operator} ${variable}` : `${variable} ${operator} ${quoted}`;
  }
  return marker.parts
    .map((part) => marker.kind === 'and' && part.kind === 'or' ? `(${renderMarker(part)})` : renderMarker(part))
    .join(` ${marker.kind} `);
}

/** What chosen names say about a variable such as `extra`, `extras` or `dependency_groups`. */
export function choiceFacts(variable: string, chosen: ReadonlySet<string>): Facts {
  return (comparison) => {
    if (comparison.variable !== variable) {
      return undefined;
    }
    const has = chosen.has(normalizeName(comparison.value));
    return comparison.operator === '==' || comparison.operator === 'in' ? has : !has;
  };
}

/** The first of several facts that knows. */
export function anyFact(...all: readonly Facts[]): Facts {
  return (comparison) => {
    for (const facts of all) {
      const known = facts(comparison);
      if (known !== undefined) {
        return known;
      }
    }
    return undefined;
  };
}

function combine(kind: 'and' | 'or', parts: readonly Marker[]): Marker {
  const flat = parts.flatMap((part) => part.kind === kind ? part.parts : [part]);
  return flat.length === 1 && flat[0] !== undefined ? flat[0] : { kind, parts: flat };
}

function parseComparison(left: string | undefined, operator: string | undefined, right: string | undefined): Marker | undefined {
  const [leftValue, rightValue] = [unquote(left), unquote(right)];
  if (left === undefined || operator === undefined || right === undefined || (leftValue === undefined) === (rightValue === undefined)) {
    return undefined;
  }
  if (leftValue === undefined) {
    return { kind: 'comparison', variable: left, operator, value: rightValue ?? '', valueFirst: false };
  }
  const valueFirst = operator === 'in' || operator === 'not in';
  return { kind: 'comparison', variable: right, operator: MIRRORED[operator] ?? operator, value: leftValue, valueFirst };
}

function unquote(token: string | undefined): string | undefined {
  return token !== undefined && /^["']/.test(token) ? token.slice(1, -1) : undefined;
}

function tokenize(text: string): string[] | undefined {
  const tokens: string[] = [];
  const trimmed = text.trimEnd();
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(trimmed); match !== null; match = TOKEN.exec(trimmed)) {
    tokens.push(match[0].trim().replace(/^not\s+in$/, 'not in'));
    if (TOKEN.lastIndex === trimmed.length) {
      return tokens;
    }
  }
  return undefined;
}
