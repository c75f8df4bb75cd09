import * as fs from 'node:fs';
import * as zlib from 'node:zlib';
import { packAhead, type PackedBlock } from './pack-ahead';
import { readBlocks } from './read-blocks';
import { centralHeader, endRecord, localHeader, localHeaderBytes, MAX_CONTENT_BYTES, MAX_ENTRIES, type ZipRecord } from './zip-format';
import { failOn, type Fault } from '../common/fault';
import { compareEntries, type OptEntry } from '../inspect/opt-tree';

const DEFAULT_LEVEL = 6;
const REGULAR_FILE = 0o100000;
const SYMBOLIC_LINK = 0o120777;

export interface WriteZipOptions {
  /** Level of compression, 0 to 9. */
  readonly level?: number;
}

/**
 * Writes a .zip whose bytes depend on nothing but the entries, the level and Node's zlib.
 * Our own writer: no library compresses on all cores and writes modes, links and fixed dates.
 */
export async function writeZip(entries: readonly OptEntry[], destination: string, options: WriteZipOptions = {}): Promise<{ bytes: number }> {
  failOn(limitFaults(entries));
  const blocks = readBlocks([...entries].sort(compareEntries));
  const output = await fs.promises.open(destination, 'w');
  try {
    const archive = new ArchiveWriter(output.fd);
    for await (const block of packAhead(blocks, options.level ?? DEFAULT_LEVEL)) {
      archive.append(block);
    }
    const bytes = archive.finish();
    await output.sync();
    return { bytes };
  } catch (error) {
    await fs.promises.rm(destination, { force: true });
    throw error;
  } finally {
    await output.close();
  }
}

class ArchiveWriter {
  private readonly directory: Buffer[] = [];
  private end = 0;
  /** The entry whose blocks are coming in; its first block sets it. */
  private record!: ZipRecord;

  constructor(private readonly descriptor: number) {}

  public append(block: PackedBlock): void {
    const before = block.first ? this.begin(block) : this.record;
    this.record = {
      ...before,
      crc: zlib.crc32(block.bytes, before.crc),
      packedBytes: before.packedBytes + block.data.length,
      bytes: before.bytes + block.bytes.length,
    };
    this.write(block.data);
    if (block.last) {
      // Only now is known what it says, so it goes into the place left for it.
      writeFully(this.descriptor, localHeader(this.record), this.record.offset);
      this.directory.push(centralHeader(this.record));
    }
  }

  /** Writes the directory and returns the size of the archive. */
  public finish(): number {
    const directory = Buffer.concat(this.directory);
    const offset = this.end;
    this.write(directory);
    this.write(endRecord(this.directory.length, directory.length, offset));
    return this.end;
  }

  private begin({ entry, method }: PackedBlock): ZipRecord {
    const name = Buffer.from(entry.path);
    const offset = this.end;
    this.end += localHeaderBytes(name);
    return { name, mode: modeOf(entry), method, crc: 0, packedBytes: 0, bytes: 0, offset };
  }

  private write(data: Buffer): void {
    writeFully(this.descriptor, data, this.end);
    this.end += data.length;
  }
}

function limitFaults(entries: readonly OptEntry[]): Fault[] {
  const bytes = entries.reduce((sum, entry) => sum + (entry.kind === 'file' ? fs.statSync(entry.source).size : entry.target.length), 0);
  const fix = 'leave some of it out';
  return [
    ...(entries.length <= MAX_ENTRIES ? [] : [{
      what: 'the content has too many files for a .zip archive', got: String(entries.length), allowed: `at most ${MAX_ENTRIES}`, fix,
    }]),
    ...(bytes <= MAX_CONTENT_BYTES ? [] : [{
      what: 'the content is too large for a .zip archive', got: `${bytes} bytes`, allowed: `at most ${MAX_CONTENT_BYTES} bytes`, fix,
    }]),
  ];
}

function modeOf(entry: OptEntry): number {
  return entry.kind === 'link' ? SYMBOLIC_LINK : REGULAR_FILE | entry.mode;
}

function writeFully(descriptor: number, data: Buffer, position: number): void {
  let written = 0;
  while (written < data.length) {
    written += fs.writeSync(descriptor, data, written, data.length - written, position + written);
  }
}
