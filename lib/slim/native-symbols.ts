import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { savingOf, type SlimResult } from './python-rules';
import type { SiteFile } from './site-files';

/** Less than this is not worth a copy of the file. */
const SMALLEST_CUT = 4096;

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
/** Offsets in the header of a 64-bit ELF file. */
const HEADER = { programHeaders: 32, sectionHeaders: 40, programHeaderSize: 54, programHeaderCount: 56, sectionHeaderCount: 60, sectionNames: 62 };
const PARALLEL_COPIES = 4;

/**
 * Cuts symbol tables and debug information off the end of native files. A loader maps what the program headers name and reads nothing else;
 * what lies behind the last of them serves debuggers only. Nothing is moved or rewritten but the pointer to the section headers, so unlike
 * `strip`, which broke libraries that were patched after linking, this cannot change what gets loaded.
 *
 * @param folder where shortened copies are written: the files themselves may be links into the installer's cache
 */
export async function cutNativeSymbols(files: readonly SiteFile[], folder: string): Promise<SlimResult> {
  await fs.mkdir(folder, { recursive: true });
  const kept = [...files];
  const queue = [...files.entries()].filter(([, file]) => /\.so(?:\.|$)/.test(file.path));
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, file] = next;
      kept[index] = await cutFile(file, path.join(folder, `${index}.so`));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_COPIES }, worker));
  const cut = files.filter((file, index) => kept[index] !== file);
  const bytes = files.reduce((sum, file, index) => sum + file.bytes - kept[index].bytes, 0);
  return { kept, savings: [{ ...savingOf('nativeSymbols', cut), bytes }] };
}

async function cutFile(file: SiteFile, copy: string): Promise<SiteFile> {
  const handle = await fs.open(file.source);
  try {
    const header = await read(handle, 0, HEADER_BYTES);
    const end = await loadedEnd(handle, header);
    if (end === undefined || file.bytes - end < SMALLEST_CUT) {
      return file;
    }
    const content = await read(handle, 0, end);
    content.writeBigUInt64LE(0n, HEADER.sectionHeaders);
    content.writeUInt16LE(0, HEADER.sectionHeaderCount);
    content.writeUInt16LE(0, HEADER.sectionNames);
    await fs.writeFile(copy, content);
    return { ...file, bytes: end, source: copy };
  } finally {
    await handle.close();
  }
}

/** Where the last part that gets loaded ends; undefined for what is no 64-bit little-endian ELF file, or a damaged one. */
async function loadedEnd(handle: fs.FileHandle, header: Buffer): Promise<number | undefined> {
  const isElf64 = header.length === HEADER_BYTES && header.subarray(0, 6).equals(Buffer.from('\x7fELF\x02\x01', 'latin1'));
  if (!isElf64 || header.readUInt16LE(HEADER.programHeaderSize) !== PROGRAM_HEADER_BYTES) {
    return undefined;
  }
  const start = Number(header.readBigUInt64LE(HEADER.programHeaders));
  const length = header.readUInt16LE(HEADER.programHeaderCount) * PROGRAM_HEADER_BYTES;
  const table = await read(handle, start, length);
  if (length === 0 || table.length < length) {
    return undefined;
  }
  let end = start + length;
  for (let at = 0; at < length; at += PROGRAM_HEADER_BYTES) {
    // Offset and size in the file.
    end = Math.max(end, Number(table.readBigUInt64LE(at + 8) + table.readBigUInt64LE(at + 32)));
  }
  return end;
}

async function read(handle: fs.FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
