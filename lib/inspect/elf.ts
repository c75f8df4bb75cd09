import * as fs from 'node:fs';
import type { ManifestNativeFile } from './manifest';
import { compareVersions } from '../common/compare-versions';

/** What decides where native code runs. */
export interface ElfFacts {
  /** `x86_64`, `arm64`, or `unknown-` and the number in the header. */
  readonly machine: string;
  /** Highest `GLIBC_` symbol version it needs, such as `2.17`; undefined when it needs none. */
  readonly glibc?: string;
  /** The loader that starts it, such as `/lib64/ld-linux-x86-64.so.2`; undefined for static programs and for libraries. */
  readonly interpreter?: string;
}

export const ELF_MAGIC = Buffer.from('\x7fELF', 'latin1');

/** Bytes at an offset; what lies beyond the end reads as zeros, so that damaged files need no case of their own. */
type ReadAt = (offset: number, length: number) => Buffer;

const MACHINE_NAMES: Readonly<Record<number, string>> = { 62: 'x86_64', 183: 'arm64' };

const HEADER_BYTES = 64;
const SEGMENT_LOAD = 1;
const SEGMENT_DYNAMIC = 2;
const SEGMENT_INTERPRETER = 3;
const TAG_END = 0;
const TAG_STRING_TABLE = 5;
const TAG_VERSIONS_NEEDED = 0x6ffffffe;

/** Far above what linkers write; bounds the work that a hostile file can ask for. */
const MAX_DYNAMIC_BYTES = 64 * 1024;
const MAX_VERSIONS_BYTES = 64 * 1024;
const MAX_VERSION_NAME_BYTES = 64;
const MAX_PATH_BYTES = 4096;

/**
 * Reads the headers of an ELF file, or undefined when it is none. Damaged and hostile files give what can be read of them.
 *
 * @param file its bytes, or its path: then only the headers are read
 */
export function readElf(file: Buffer | string): ElfFacts | undefined {
  if (typeof file !== 'string') {
    return parse((offset, length) => padded(file.subarray(offset, offset + length), length));
  }
  const descriptor = fs.openSync(file, 'r');
  try {
    const { size } = fs.fstatSync(descriptor);
    return parse((offset, length) => readPadded(descriptor, size, offset, length));
  } finally {
    fs.closeSync(descriptor);
  }
}

/** What a manifest says of a native file. */
export function nativeFile(path: string, { machine, glibc }: ElfFacts): ManifestNativeFile {
  return { path, machine, ...(glibc === undefined ? {} : { glibc }) };
}

function parse(readAt: ReadAt): ElfFacts | undefined {
  const header = readAt(0, HEADER_BYTES);
  const [wordClass, encoding] = header.subarray(4, 6);
  if (!header.subarray(0, 4).equals(ELF_MAGIC) || ![1, 2].includes(wordClass) || ![1, 2].includes(encoding)) {
    return undefined;
  }
  const layout = new Layout(wordClass === 2, encoding === 1);
  const machine = layout.half(header, 18);
  const segments = readSegments(readAt, layout, header);
  const glibc = highestGlibc(neededVersions(readAt, layout, segments));
  const loader = segments.find((segment) => segment.type === SEGMENT_INTERPRETER);
  return {
    machine: MACHINE_NAMES[machine] ?? `unknown-${machine}`,
    ...(glibc === undefined ? {} : { glibc }),
    ...(loader === undefined ? {} : { interpreter: textIn(readAt(loader.offset, Math.min(loader.bytes, MAX_PATH_BYTES))) }),
  };
}

/** Numbers as the header says that they are laid out. */
class Layout {
  constructor(public readonly is64: boolean, private readonly littleEndian: boolean) {}

  public half(bytes: Buffer, at: number): number {
    return this.littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }

  public word(bytes: Buffer, at: number): number {
    return this.littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }

  /** An address or offset. Those beyond 2^53 lose digits, and lie outside any file. */
  public address(bytes: Buffer, at: number): number {
    if (!this.is64) {
      return this.word(bytes, at);
    }
    return Number(this.littleEndian ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  }
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

/**
 * Names of all symbol versions that the file needs of others.
 * Found as the dynamic loader does, by the dynamic segment: it is there when section headers have been stripped as well.
 */
function neededVersions(readAt: ReadAt, layout: Layout, segments: readonly Segment[]): string[] {
  const dynamic = segments.find((segment) => segment.type === SEGMENT_DYNAMIC);
  if (dynamic === undefined) {
    return [];
  }
  const tags = readDynamicTags(readAt(dynamic.offset, Math.min(dynamic.bytes, MAX_DYNAMIC_BYTES)), layout);
  const versions = fileOffset(segments, tags.get(TAG_VERSIONS_NEEDED));
  const strings = fileOffset(segments, tags.get(TAG_STRING_TABLE));
  if (versions === undefined || strings === undefined) {
    return [];
  }
  return versionNameOffsets(readAt(versions, MAX_VERSIONS_BYTES), layout).map((offset) => readName(readAt, strings + offset));
}

function readSegments(readAt: ReadAt, layout: Layout, header: Buffer): Segment[] {
  const [tableAt, entryBytes, count] = layout.is64
    ? [layout.address(header, 32), 56, layout.half(header, 56)]
    : [layout.address(header, 28), 32, layout.half(header, 44)];
  const table = readAt(tableAt, entryBytes * count);
  return Array.from({ length: count }, (_, index) => {
    const at = index * entryBytes;
    const [offset, address, bytes] = layout.is64 ? [at + 8, at + 16, at + 32] : [at + 4, at + 8, at + 16];
    return {
      type: layout.word(table, at),
      offset: layout.address(table, offset),
      address: layout.address(table, address),
      bytes: layout.address(table, bytes),
    };
  });
}

function readDynamicTags(dynamic: Buffer, layout: Layout): Map<number, number> {
  const addressBytes = layout.is64 ? 8 : 4;
  const tags = new Map<number, number>();
  for (let at = 0; at + 2 * addressBytes <= dynamic.length; at += 2 * addressBytes) {
    const tag = layout.address(dynamic, at);
    if (tag === TAG_END) {
      break;
    }
    tags.set(tag, layout.address(dynamic, at + addressBytes));
  }
  return tags;
}

/** Where an address of the loaded image lies in the file. */
function fileOffset(segments: readonly Segment[], address: number | undefined): number | undefined {
  if (address === undefined) {
    return undefined;
  }
  const segment = segments.find((one) => one.type === SEGMENT_LOAD && address >= one.address && address < one.address + one.bytes);
  return segment === undefined ? undefined : segment.offset + address - segment.address;
}

/** Walks the list of libraries, each with its list of versions. Both only lead forward, so that the walk ends. */
function versionNameOffsets(versions: Buffer, layout: Layout): number[] {
  const offsets = new Set<number>();
  const visited = new Set<number>();
  const fits = (at: number): boolean => at + 16 <= versions.length;
  for (let library = 0, next = 1; next > 0 && fits(library); library += next) {
    next = layout.word(versions, library + 12);
    for (let version = library + layout.word(versions, library + 8), step = 1; step > 0 && fits(version) && !visited.has(version); version += step) {
      visited.add(version);
      offsets.add(layout.word(versions, version + 8));
      step = layout.word(versions, version + 12);
    }
  }
  return [...offsets];
}

function readName(readAt: ReadAt, at: number): string {
  return textIn(readAt(at, MAX_VERSION_NAME_BYTES));
}

/** What comes before the zero that ends a text. */
function textIn(bytes: Buffer): string {
  return bytes.subarray(0, Math.max(bytes.indexOf(0), 0)).toString('latin1');
}

function highestGlibc(names: readonly string[]): string | undefined {
  const versions = names.flatMap((name) => /^GLIBC_(\d+(?:\.\d+)+)$/.exec(name)?.[1] ?? []);
  return versions.sort(compareVersions).at(-1);
}

function readPadded(descriptor: number, size: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (offset < size) {
    fs.readSync(descriptor, bytes, 0, length, offset);
  }
  return bytes;
}

function padded(bytes: Buffer, length: number): Buffer {
  return Buffer.concat([bytes], length);
}
