import * as fs from 'node:fs';
import * as path from 'node:path';
import { readElf } from './elf';
import type { ManifestProgram } from './manifest';
import type { OptEntry, OptFile } from './opt-tree';

/** The kernel reads no more of a script's first line. */
export const SHEBANG_BYTES = 256;

/** No larger files are searched: they are data, not what registers. */
const SEARCHED_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const OVERLAP = 200;

/** As many as the kernel follows. */
const MAX_LINKS = 40;

/** What every registration names, whatever the language; HTTP does not care about its case. */
const HEADER = 'Lambda-Extension-Name';

/** The header with a name that is written out: `'…-Name': 'audit'`, or `'…-Name: audit'` in one text. */
const LITERAL_NAMES = [
  /lambda-extension-name["']\]?\s*(?:[:,=]|=>)\s*["']([\w.-]+)["']/gi, /["']lambda-extension-name:\s*([\w.-]+)(?=["']|\\[rn])/gi,
];

/** Beginnings of archives: zip (and jar), gzip, zstd, xz. */
const ARCHIVES = ['PK\x03\x04', '\x1f\x8b', '\x28\xb5\x2f\xfd', '\xfd7zXZ'];

/** What packers leave in the programs that they make: UPX, PyInstaller, and archives of Python behind a shebang. */
const PACKERS = ['UPX!', 'MEI\x0c\x0b\x0a\x0b\x0e', '\nPK\x03\x04'];

/** What makes a file one that may register. .NET keeps its texts in UTF-16. */
const SIGNS: readonly Buffer[] = [
  ...[HEADER, HEADER.toLowerCase(), HEADER.toUpperCase()].flatMap((header) => [Buffer.from(header), Buffer.from(header, 'utf16le')]),
  ...PACKERS.map((mark) => Buffer.from(mark, 'latin1')),
];

/** How scripts begin, and what people put where a program should be. */
const FORMATS: readonly (readonly [RegExp, string])[] = [
  [/^#!/, 'script'],
  [/^$/, 'empty'],
  [/^\xef\xbb\xbf#!/, 'bom'],
  [/^(?:[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe)/, 'macos'],
  [/^MZ/, 'windows'],
];

/** Whether a path of a layer is one that Lambda starts as an extension. */
export function isExtensionPath(optPath: string): boolean {
  return /^extensions\/[^/]+$/.test(optPath);
}

/** Whether the system can start a file, as far as its own bytes decide it. */
export function isStartable({ format }: Pick<ManifestProgram, 'format'>): boolean {
  return format === 'elf' || format === 'script';
}

/** The programs of a tree that Lambda starts: what lies directly in `extensions`, and the others that are named. */
export function readPrograms(entries: readonly OptEntry[], others: readonly string[]): ManifestProgram[] {
  const tree = new Map(entries.map((entry) => [entry.path, entry]));
  const places = entries.map((entry) => entry.path).filter((place) => isExtensionPath(place) || others.includes(place));
  return [...places, ...linkedExtensions(entries, tree)].sort().map((place) => {
    const file = fileAt(place, tree);
    if (file === undefined) {
      return { path: place, isExecutable: false, format: 'link', mentionsRegistration: false };
    }
    const program = readProgram(file.source, file.mode === 0o755);
    const isSilent = isExtensionPath(place) && isStartable(program) && !program.mentionsRegistration;
    return { path: place, ...program, ...isSilent ? { mentionsRegistration: leavesRegistration(file, entries) } : {} };
  });
}

/** Where the folder itself is a link, Lambda starts what lies in the one that it leads to. */
function linkedExtensions(entries: readonly OptEntry[], tree: ReadonlyMap<string, OptEntry>): string[] {
  const link = tree.get('extensions');
  const folder = link?.kind === 'link' ? path.posix.join(link.target, '/') : undefined;
  return entries.map((entry) => entry.path)
    .filter((place) => folder !== undefined && place.startsWith(folder) && !place.slice(folder.length).includes('/'))
    .map((place) => `extensions/${place.slice(folder!.length)}`);
}

/** What a path leads to, through links to files and folders. */
function fileAt(place: string, tree: ReadonlyMap<string, OptEntry>, steps = 0): OptFile | undefined {
  const parts = place.split('/');
  const found = parts.map((_, number) => tree.get(parts.slice(0, number + 1).join('/'))).find((entry) => entry !== undefined);
  if (found?.kind !== 'link') {
    return found;
  }
  const target = path.posix.join(path.posix.dirname(found.path), found.target, path.posix.relative(found.path, place));
  return steps === MAX_LINKS ? undefined : fileAt(target, tree, steps + 1);
}

/** A program may leave its registration to what it loads or starts: to any file of the layer, but to another extension only by its name. */
function leavesRegistration(program: OptFile, entries: readonly OptEntry[]): boolean {
  return entries.some((entry) => entry.kind === 'file' && entry.source !== program.source
    && (!isExtensionPath(entry.path) || mentions(program.source, path.posix.basename(entry.path)))
    && registrationIn(entry.source, false).mentionsRegistration);
}

/** What decides whether the system can start a file. */
export function readProgram(file: string, isExecutable: boolean): Omit<ManifestProgram, 'path'> {
  const elf = readElf(file);
  const head = readHead(file, SHEBANG_BYTES);
  const interpreter = elf === undefined ? shebangIn(head) : elf.interpreter;
  return {
    isExecutable,
    format: elf !== undefined ? 'elf' : FORMATS.find(([begins]) => begins.test(head))?.[1] ?? 'unknown',
    ...interpreter === undefined ? {} : { interpreter },
    ...elf === undefined ? {} : { machine: elf.machine },
    ...registrationIn(file, elf === undefined),
  };
}

/** A script's interpreter with its argument, as the kernel reads it: a carriage return at the end is a part of it. */
function shebangIn(head: string): string | undefined {
  return head.startsWith('#!') ? head.slice(2).split(/[\n\0]/)[0].replace(/^[ \t]+|[ \t]+$/g, '') : undefined;
}

/** Packed code may name the header without showing it. */
function registrationIn(file: string, isText: boolean): Pick<ManifestProgram, 'mentionsRegistration' | 'registersAs'> {
  const names = new Set<string>();
  let isMentioned = ARCHIVES.some((begin) => readHead(file, SHEBANG_BYTES).startsWith(begin));
  eachChunk(file, (bytes) => {
    const text = isText ? bytes.toString('latin1') : '';
    LITERAL_NAMES.flatMap((pattern) => [...text.matchAll(pattern)]).forEach(([, name]) => names.add(name));
    isMentioned ||= text.toLowerCase().includes(HEADER.toLowerCase()) || SIGNS.some((sign) => bytes.includes(sign));
    return isMentioned && !isText;
  });
  const [name] = names;
  return { mentionsRegistration: isMentioned, ...names.size === 1 ? { registersAs: name } : {} };
}

function mentions(file: string, word: string): boolean {
  let isMentioned = false;
  eachChunk(file, (bytes) => (isMentioned ||= bytes.includes(word)));
  return isMentioned;
}

/** The bytes of a file, piece by piece until enough is seen; each begins with the end of the one before, as a word may lie across both. */
function eachChunk(file: string, isEnough: (bytes: Buffer) => boolean): void {
  const descriptor = fs.openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, fs.fstatSync(descriptor).size));
    let before = Buffer.alloc(0);
    for (let at = 0, read = 1; read > 0 && at < SEARCHED_BYTES; at += read) {
      read = fs.readSync(descriptor, chunk, 0, chunk.length, at);
      const bytes = Buffer.concat([before, chunk.subarray(0, read)]);
      if (isEnough(bytes)) {
        return;
      }
      before = bytes.subarray(-OVERLAP);
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

/** A text with a character for each byte. */
function readHead(file: string, bytes: number): string {
  const descriptor = fs.openSync(file, 'r');
  try {
    const head = Buffer.alloc(bytes);
    return head.toString('latin1', 0, fs.readSync(descriptor, head, 0, bytes, 0));
  } finally {
    fs.closeSync(descriptor);
  }
}
