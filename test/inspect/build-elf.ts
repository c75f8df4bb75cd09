export interface ElfSpec {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly machine: number;
  readonly versions: readonly string[];
}

const LOAD_ADDRESS = 0x10000;

/** The smallest ELF file with a dynamic segment that needs these symbol versions of one library; it has no section headers. */
export function buildElf({ is64, littleEndian, machine, versions }: ElfSpec): Buffer {
  const [headerBytes, segmentBytes, wordBytes] = is64 ? [64, 56, 8] : [52, 32, 4];
  const strings = Buffer.from(['', ...versions, ''].join('\0'));
  const dynamicAt = headerBytes + 2 * segmentBytes;
  const neededAt = dynamicAt + 6 * wordBytes;
  const stringsAt = neededAt + 16 + 16 * versions.length;
  const file = Buffer.alloc(stringsAt + strings.length);

  const half = (at: number, value: number): unknown => (littleEndian ? file.writeUInt16LE(value, at) : file.writeUInt16BE(value, at));
  const word = (at: number, value: number): unknown => (littleEndian ? file.writeUInt32LE(value, at) : file.writeUInt32BE(value, at));
  const address = (at: number, value: number): unknown => word(is64 && !littleEndian ? at + 4 : at, value);
  const segment = (at: number, type: number, offset: number, bytes: number): void => {
    const [offsetAt, addressAt, bytesAt] = is64 ? [8, 16, 32] : [4, 8, 16];
    word(at, type);
    address(at + offsetAt, offset);
    address(at + addressAt, LOAD_ADDRESS + offset);
    address(at + bytesAt, bytes);
  };

  file.write('\x7fELF', 0, 'latin1');
  file.set([is64 ? 2 : 1, littleEndian ? 1 : 2, 1], 4);
  half(18, machine);
  address(is64 ? 32 : 28, headerBytes);
  half(is64 ? 56 : 44, 2);
  segment(headerBytes, 1, 0, file.length);
  segment(headerBytes + segmentBytes, 2, dynamicAt, 6 * wordBytes);
  [0x6ffffffe, LOAD_ADDRESS + neededAt, 5, LOAD_ADDRESS + stringsAt, 0, 0].forEach((value, index) => address(dynamicAt + index * wordBytes, value));
  half(neededAt, 1);
  half(neededAt + 2, versions.length);
  word(neededAt + 8, 16);
  let nameAt = 1;
  versions.forEach((version, index) => {
    const at = neededAt + 16 + 16 * index;
    word(at + 8, nameAt);
    word(at + 12, index === versions.length - 1 ? 0 : 16);
    nameAt += version.length + 1;
  });
  strings.copy(file, stringsAt);
  return file;
}
