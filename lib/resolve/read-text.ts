import * as fs from 'node:fs';

import { findCredentials } from './credentials';
import { jsonErrorLine } from './json-error';
import { isTable } from './shape';
import type { Table } from './shape';
import { failOn, FaultError } from '../common/fault';

/** Text of a file that a user wrote or a tool locked; fails when it cannot be read or holds a credential. */
export function readText(path: string, credentialFix?: string): string {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  const text = decode(bytes);
  failOn(findCredentials(text, path, credentialFix));
  return text;
}

/** The fault of a path that the system refuses. */
export function unreadable(path: string, error: unknown): FaultError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return new FaultError({
    what: `cannot read ${path}`,
    got: code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'a folder' : code === 'EACCES' ? 'no permission (EACCES)' : code,
    allowed: 'a file that the user who runs the synth may read',
    fix: code === 'EACCES' ? `give that user the right to read it, such as chmod u+r ${path}` : 'check the path',
  });
}

export function parseToml(text: string, path: string): Table {
  // Loaded when a TOML format is met: most synths read one lock, and a hashed list needs none of it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const toml = require('smol-toml') as { parse(text: string): Table };
  try {
    return toml.parse(text);
  } catch (error) {
    const { line, message } = error as Error & { line?: number };
    throw broken('TOML', path, line, message.split('\n', 1)[0] ?? '');
  }
}

export function parseJson(text: string, path: string): Table {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken('JSON', path, jsonErrorLine(text), 'a syntax error');
  }
  if (!isTable(value)) {
    throw broken('JSON', path, 1, 'no object');
  }
  return value;
}

function broken(format: string, path: string, line: number | undefined, detail: string): FaultError {
  const place = line === undefined ? path : `${path}:${line}`;
  return new FaultError({
    what: `broken ${format} in ${place}`,
    got: detail,
    allowed: `a well-formed ${format} file`,
    fix: 'look for a merge conflict or a cut-off end there, mend it, or let the tool that writes the file write it again',
  });
}

/** UTF-8, or UTF-16 with a byte order mark, which PowerShell writes when a tool's output is redirected to a file. */
function decode(bytes: Buffer): string {
  const text = bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString('utf16le') : bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
