/**
 * Records of the .zip format (APPNOTE.TXT, 4.3), without extra fields and with a fixed date, so that equal content gives equal bytes.
 * No Zip64: nothing that Lambda takes comes near these limits.
 */
export const MAX_ENTRIES = 0xfffe;
/** Below 4 GiB by what headers and incompressible content may add. */
export const MAX_CONTENT_BYTES = 4_000_000_000;

export const STORED = 0;
export const DEFLATED = 8;

const LOCAL_HEADER_BYTES = 30;
const CENTRAL_HEADER_BYTES = 46;
const END_RECORD_BYTES = 22;

const VERSION = 20;
const MADE_BY_UNIX = (3 << 8) | VERSION;
const NAME_IS_UTF8 = 1 << 11;
const TIME_00_00 = 0;
const DATE_1980_01_01 = (1 << 5) | 1;

/** What the archive says of one entry. */
export interface ZipRecord {
  readonly name: Buffer;
  /** File type and permissions, as Unix has them. */
  readonly mode: number;
  readonly method: typeof STORED | typeof DEFLATED;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** Where its local header begins. */
  readonly offset: number;
}

export function localHeaderBytes(name: Buffer): number {
  return LOCAL_HEADER_BYTES + name.length;
}

/** The record before an entry's data. */
export function localHeader(record: ZipRecord): Buffer {
  const header = Buffer.alloc(localHeaderBytes(record.name));
  header.writeUInt32LE(0x04034b50, 0);
  writeCommonFields(header, 4, record);
  record.name.copy(header, LOCAL_HEADER_BYTES);
  return header;
}

/** The record of an entry in the directory at the end. */
export function centralHeader(record: ZipRecord): Buffer {
  const header = Buffer.alloc(CENTRAL_HEADER_BYTES + record.name.length);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(MADE_BY_UNIX, 4);
  writeCommonFields(header, 6, record);
  header.writeUInt32LE(record.mode * 0x10000, 38);
  header.writeUInt32LE(record.offset, 42);
  record.name.copy(header, CENTRAL_HEADER_BYTES);
  return header;
}

/** The last record of an archive. */
export function endRecord(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const record = Buffer.alloc(END_RECORD_BYTES);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(directoryBytes, 12);
  record.writeUInt32LE(directoryOffset, 16);
  return record;
}

/** The fields that both headers have, in the same order. */
function writeCommonFields(header: Buffer, at: number, record: ZipRecord): void {
  header.writeUInt16LE(VERSION, at);
  header.writeUInt16LE(isAscii(record.name) ? 0 : NAME_IS_UTF8, at + 2);
  header.writeUInt16LE(record.method, at + 4);
  header.writeUInt16LE(TIME_00_00, at + 6);
  header.writeUInt16LE(DATE_1980_01_01, at + 8);
  header.writeUInt32LE(record.crc, at + 10);
  header.writeUInt32LE(record.packedBytes, at + 14);
  header.writeUInt32LE(record.bytes, at + 18);
  header.writeUInt16LE(record.name.length, at + 22);
}

function isAscii(name: Buffer): boolean {
  return name.every((byte) => byte < 0x80);
}
