import type { IFragmentConcatenator } from 'aws-cdk-lib';

/** Characters for private use: they enclose what is only known at deployment, so that no text of a user looks like it. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
/** Stands there for a colon, which separates the parts of an ARN. */
const COLON = '\uE002';

/** CloudFormation's dynamic references, and what CDK puts where it has yet to look a value up. */
const WAITING = /\{\{resolve:[^}]*\}\}|^dummy-value-for-.*/gs;

const UNKNOWN = new RegExp(`${OPEN}([^${CLOSE}]*)${CLOSE}`, 'g');

/** One text for a resolved value: literal parts as they are, what is only known at deployment by its name. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) {
    return '';
  }
  if (typeof value !== 'object') {
    return String(value).replace(WAITING, (text) => unknown(text));
  }
  const [key, content] = (Object.entries(value)[0] ?? []) as [string?, unknown?];
  if (key === 'Fn::Join' && Array.isArray(content) && content[0] === '' && Array.isArray(content[1])) {
    return content[1].map(textOf).join('');
  }
  if (key === 'Fn::Sub' && typeof content === 'string') {
    return content.replace(/\$\{([^}]*)\}/g, (_, name: string) => unknown(name));
  }
  return unknown(key === 'Ref' ? String(content) : JSON.stringify(value));
}

/** Puts the fragments of a text with tokens together again. */
export const TEXT_CONCATENATOR: IFragmentConcatenator = { join: (left: unknown, right: unknown) => `${textOf(left)}${textOf(right)}` };

/** Whether nothing of a text waits for deployment. */
export function isLiteral(text: string): boolean {
  return !text.includes(OPEN);
}

/** Puts what is known of parameters into a text. */
export function fillIn(text: string, known: Readonly<Record<string, string | undefined>>): string {
  return text.replace(UNKNOWN, (whole, name: string) => known[name.replaceAll(COLON, ':')] ?? whole);
}

/** A text for people, as a template would say it. */
export function shown(text: string): string {
  const readable = text.replace(UNKNOWN, (_, name: string) => name.startsWith('{') ? summary(name.replaceAll(COLON, ':')) : `\${${name}}`);
  return readable.replaceAll(COLON, ':');
}

/** `{"Fn::FindInMap":["Versions", …]}` by its function and what it begins with. */
function summary(intrinsic: string): string {
  const [, name, first] = /^\{"([^"]+)":\[?"?([^"]*)/.exec(intrinsic) ?? [];
  return name === undefined ? intrinsic : `${name} ${first} …`;
}

function unknown(name: string): string {
  return `${OPEN}${name.replaceAll(':', COLON)}${CLOSE}`;
}
