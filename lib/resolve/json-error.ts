const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/;
const TOKEN = new RegExp(`\\s*(?:(${STRING.source})|(${SCALAR.source})|([{}[\\],:]))`, 'y');

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

/**
 * Line of the first thing that makes a text no JSON. `JSON.parse` tells it in newer Node versions only;
 * this walks the tokens once it has failed.
 */
export function jsonErrorLine(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let good = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const next = follow(expected, match, open);
    if (next === undefined) {
      return lineOf(text, skipSpace(text, good));
    }
    expected = next;
    good = TOKEN.lastIndex;
  }
  return lineOf(text, skipSpace(text, good));
}

/** What may come after a token, or undefined when the token may not be here. */
function follow(expected: Expected, [, string, scalar, mark]: RegExpExecArray, open: ('{' | '[')[]): Expected | undefined {
  const after = (): Expected => open.length === 0 ? 'nothing' : 'comma or end';
  const wantsValue = expected === 'value' || expected === 'value or end';
  if (string !== undefined && (expected === 'key' || expected === 'key or end')) {
    return 'colon';
  }
  if (string !== undefined || scalar !== undefined) {
    return wantsValue ? after() : undefined;
  }
  switch (mark) {
    case '{':
    case '[':
      if (!wantsValue) {
        return undefined;
      }
      open.push(mark);
      return mark === '{' ? 'key or end' : 'value or end';
    case '}':
    case ']': {
      const start = mark === '}' ? '{' : '[';
      if (!expected.endsWith('or end') || open.pop() !== start) {
        return undefined;
      }
      return after();
    }
    case ':':
      return expected === 'colon' ? 'value' : undefined;
    default:
      return expected === 'comma or end' ? (open.at(-1) === '{' ? 'key' : 'value') : undefined;
  }
}

function skipSpace(text: string, from: number): number {
  const rest = /\S/g;
  rest.lastIndex = from;
  return rest.exec(text)?.index ?? text.length;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
