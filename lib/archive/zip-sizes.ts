import * as fs from 'node:fs';

const CENTRAL_HEADER = 0x02014b50;
const CENTRAL_HEADER_BYTES = 46;
const END_RECORD = 0x06054b50;
const END_RECORD_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
/** Means that the size is told elsewhere. */
const ZIP64_SIZE = 0xffffffff;

export interface SizedEntry {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Files of an archive with their unzipped sizes, as its directory declares them; undefined where the file is no archive that can be read so
 * (Zip64, which Lambda has no use for, included). For checks that must not wait: the libraries that read archives either wait for callbacks or
 * load all of it. Nothing is unpacked by it; `extractZip` trusts no directory.
 */
export function readZipSizes(file: string): SizedEntry[] | undefined {
  const descriptor = fs.openSync(file, 'r');
  try {
    const directory = readDirectory(descriptor, fs.fstatSync(descriptor).size);
    return directory === undefined ? undefined : parseDirectory(directory);
  } finally {
    fs.closeSync(descriptor);
  }
}

function readDirectory(descriptor: number, size: number): Buffer | undefined {
  const tail = readAt(descriptor, Math.max(0, size - END_RECORD_BYTES - MAX_COMMENT_BYTES), size);
  for (let at = tail.length - END_RECORD_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END_RECORD && at + END_RECORD_BYTES + tail.readUInt16LE(at + 20) === tail.length) {
      const [bytes, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
      return offset + bytes <= size ? readAt(descriptor, offset, offset + bytes) : undefined;
    }
  }
  return undefined;
}

function parseDirectory(directory: Buffer): SizedEntry[] | undefined {
  const entries: SizedEntry[] = [];
  for (let at = 0; at < directory.length;) {
    if (at + CENTRAL_HEADER_BYTES > directory.length || directory.readUInt32LE(at) !== CENTRAL_HEADER) {
      return undefined;
    }
    const [name, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
    const path = directory.toString('utf8', at + CENTRAL_HEADER_BYTES, at + CENTRAL_HEADER_BYTES + name).replace(/^(?:\.\/)+/, '');
    const bytes = directory.readUInt32LE(at + 24);
    if (bytes === ZIP64_SIZE) {
      return undefined;
    }
    if (!path.endsWith('/')) {
      entries.push({ path, bytes });
    }
    at += CENTRAL_HEADER_BYTES + name + extra + comment;
  }
  return entries;
}

function readAt(descriptor: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(to - from);
  return bytes.subarray(0, fs.readSync(descriptor, bytes, 0, bytes.length, from));
}
