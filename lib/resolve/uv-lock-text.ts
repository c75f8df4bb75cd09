import { parseToml } from './read-text';
import { tablesOf } from './shape';
import type { Table } from './shape';

/** A list of wheels as uv writes it: one to a line. */
const WHEELS = /^wheels = \[\r?\n((?: {4}\{ [^\n]* \},\r?\n)*)\]/gm;

/** What is needed of such a line, where nothing in it is escaped. */
const WHEEL = /^ {4}\{ (?:url|path|filename) = "([^"\\]*)", hash = "([^"\\]*)"/;

export interface UvLockText {
  readonly document: Table;
  /** The wheels of a package: `url` (or what stands for it) and `hash`. */
  wheelsOf(entry: Table): readonly Table[];
}

/**
 * Parses a uv.lock. Nearly all of it are lines of wheels, which are cut out and read by themselves:
 * a TOML parser needs several times as long for them, at every synth.
 */
export function parseUvLock(text: string, path: string): UvLockText {
  const lists: string[] = [];
  const rest = text.replace(WHEELS, (_, lines: string) => `wheels = ${lists.push(lines) - 1}`);
  return {
    document: parseOr(rest, text, path),
    wheelsOf({ wheels }) {
      const lines = typeof wheels === 'number' ? lists[wheels] ?? '' : undefined;
      return lines === undefined ? tablesOf(wheels) : readLines(lines) ?? tablesOf(parseOr(`wheels = [\n${lines}]`, text, path).wheels);
    },
  };
}

/** Undefined when a line is not as expected. */
function readLines(lines: string): Table[] | undefined {
  const wheels: Table[] = [];
  for (const line of lines.trimEnd().split('\n')) {
    const match = WHEEL.exec(line);
    if (match === null) {
      return undefined;
    }
    wheels.push({ url: match[1], hash: match[2] });
  }
  return wheels;
}

/** Where a part is broken, the error is that of the whole, which has the right line. */
function parseOr(part: string, whole: string, path: string): Table {
  try {
    return parseToml(part, path);
  } catch {
    return parseToml(whole, path);
  }
}
