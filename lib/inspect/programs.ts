import * as fs from 'node:fs';
import * as path from 'node:path';
import { readElf } from './elf';
import type { ManifestProgram } from './manifest';
import { compareEntries, type OptEntry, type OptFile } from './opt-tree';

/** The kernel reads no more of a script's first line. */
const SHEBANG_BYTES = 256;

/** No larger files are searched: they are data, not what registers. */
const SEARCHED_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const OVERLAP = 200;

/** What every registration names, whatever the language; HTTP does not care about its case. */
const HEADER = 'lambda-extension-name';

/** The header with a name that is written out, in scripts. */
const LITERAL_NAME = /lambda-extension-name["']?\s*[:,=]\s*["']?([\w.-]+)["']?/gi;

/** Whether a path of a layer is one that Lambda starts as an extension. */
export function isExtensionPath(optPath: string): boolean {
  return /^extensions\/[^/]+$/.test(optPath);
}

/** The programs of a tree that Lambda starts: what lies directly in `extensions`, and the others that are named. */
export function readPrograms(entries: readonly OptEntry[], others: readonly string[]): ManifestProgram[] {
  const files = new Map(entries.map((entry) => [entry.path, entry]));
  const programs = entries.filter((entry) => isExtensionPath(entry.path) || others.includes(entry.path)).sort(compareEntries).flatMap((entry) => {
    const file = behind(entry, files);
    return file === undefined ? [] : [{ path: entry.path, ...readProgram(file.source, file.mode === 0o755) }];
  });
  const isSilent = ({ format, mentionsRegistration }: ManifestProgram): boolean => format === 'script' && !mentionsRegistration;
  // A script may leave the registration to what it loads.
  return programs.some(isSilent) && entries.some((entry) => entry.kind === 'file' && registrationIn(entry.source, false).mentionsRegistration)
    ? programs.map((program) => isSilent(program) ? { ...program, mentionsRegistration: true } : program)
    : programs;
}

/** What a link inside the tree leads to. */
function behind(entry: OptEntry, files: ReadonlyMap<string, OptEntry>, steps = 0): OptFile | undefined {
  if (entry.kind === 'file' || steps > 40) {
    return entry.kind === 'file' ? entry : undefined;
  }
  const target = files.get(path.posix.join(path.posix.dirname(entry.path), entry.target));
  return target === undefined ? undefined : behind(target, files, steps + 1);
}

/** What decides whether the system can start a file. */
export function readProgram(file: string, isExecutable: boolean): Omit<ManifestProgram, 'path'> {
  const elf = readElf(file);
  const interpreter = elf === undefined ? shebangOf(file) : elf.interpreter;
  return {
    isExecutable,
    format: elf !== undefined ? 'elf' : interpreter !== undefined ? 'script' : 'unknown',
    ...interpreter === undefined ? {} : { interpreter },
    ...elf === undefined ? {} : { machine: elf.machine },
    ...registrationIn(file, elf === undefined),
  };
}

/** A script's interpreter with its argument, as the kernel reads it: a carriage return at the end is a part of it. */
function shebangOf(file: string): string | undefined {
  const head = readHead(file, SHEBANG_BYTES).toString('latin1');
  return head.startsWith('#!') ? head.slice(2).split('\n')[0].replace(/^[ \t]+|[ \t]+$/g, '') : undefined;
}

function registrationIn(file: string, isText: boolean): Pick<ManifestProgram, 'mentionsRegistration' | 'registersAs'> {
  let isMentioned = false;
  const names = new Set<string>();
  eachChunk(file, (text) => {
    isMentioned ||= text.toLowerCase().includes(HEADER);
    [...isText ? text.matchAll(LITERAL_NAME) : []].forEach(([, name]) => names.add(name));
  });
  const [name] = names;
  return { mentionsRegistration: isMentioned, ...names.size === 1 ? { registersAs: name } : {} };
}

/** The text of a file, piece by piece; each begins with the end of the one before, as a word may lie across both. */
function eachChunk(file: string, look: (text: string) => void): void {
  const descriptor = fs.openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, fs.fstatSync(descriptor).size));
    let before = '';
    for (let at = 0, read = 1; read > 0 && at < SEARCHED_BYTES; at += read) {
      read = fs.readSync(descriptor, chunk, 0, chunk.length, at);
      const text = before + chunk.toString('latin1', 0, read);
      look(text);
      before = text.slice(-OVERLAP);
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

function readHead(file: string, bytes: number): Buffer {
  const descriptor = fs.openSync(file, 'r');
  try {
    const head = Buffer.alloc(bytes);
    return head.subarray(0, fs.readSync(descriptor, head, 0, bytes, 0));
  } finally {
    fs.closeSync(descriptor);
  }
}
