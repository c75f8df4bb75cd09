import * as fs from 'node:fs';
import type { Fault } from '../../common/fault';

/** More than any white space at the begin or end of a file. */
const EDGE_BYTES = 512;

/** An advisory list that the extension could not read, so that no function would start. What is between begin and end is not looked at. */
export function advisoryFaults(file: string): Fault[] {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  const isArchive = file.toLowerCase().endsWith('.zip');
  // The build says of what is not there how it is to be found.
  if (stats === undefined || (stats.isFile() && !isArchive && isJson(file, stats.size))) {
    return [];
  }
  const kind = stats.isDirectory() ? 'a folder' : isArchive ? 'an archive' : 'no JSON of advisories';
  return [{
    what: '`advisories` names what is no list of advisories',
    got: `${file}: ${kind}`,
    allowed: 'files with JSON of advisories in OSV format: one, a list, or one after the other',
    fix: 'name each file; of an export of osv.dev, `unzip -p all.zip > osv.json` makes one',
  }];
}

function isJson(file: string, size: number): boolean {
  const descriptor = fs.openSync(file, 'r');
  try {
    const [first, last] = [0, Math.max(size - EDGE_BYTES, 0)].map((at) => {
      const bytes = Buffer.alloc(Math.min(size, EDGE_BYTES));
      return bytes.toString('utf8', 0, fs.readSync(descriptor, bytes, 0, bytes.length, at)).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
    });
    return (first.startsWith('[') && last.endsWith(']')) || (first.startsWith('{') && last.endsWith('}'));
  } finally {
    fs.closeSync(descriptor);
  }
}

/** A pattern that the extension refuses, so that no function would start, or that none of its paths can match. */
export function patternFaults(pattern: string): Fault[] {
  return isGlob(pattern) && !pattern.startsWith('/') ? [] : [{
    what: '`ignore` has what is no pattern of paths below /opt',
    got: JSON.stringify(pattern),
    allowed: 'paths relative to /opt, with `*`, `**`, `?`, `[a-z]` and `{a,b}`',
    fix: 'close each bracket, put a backslash before one that is meant, and leave out /opt/: python/**/*.txt',
  }];
}

/** Nothing is left open without escapes, classes and alternatives. */
function isGlob(pattern: string): boolean {
  let rest = pattern.replace(/\\./gs, 'x').replace(/\[(?:[!^][^\]]|[^\]!^])[^\]]*\]/g, '');
  for (let before = ''; before !== rest;) {
    before = rest;
    rest = rest.replace(/\{[^{}]*\}/g, '');
  }
  return pattern !== '' && !/[[{}\\]/.test(rest);
}
