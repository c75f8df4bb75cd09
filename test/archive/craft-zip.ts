import * as fs from 'node:fs';
import * as path from 'node:path';
import * as zlib from 'node:zlib';
import { centralHeader, endRecord, localHeader, STORED } from '../../lib/archive/zip-format';
import { makeFolder } from '../inspect/support';

export interface CraftedEntry {
  readonly name: string;
  readonly content?: string;
  readonly mode?: number;
  /** What the directory declares instead of the truth. */
  readonly declaredBytes?: number;
  readonly declaredCrc?: number;
}

/** An archive that says what no honest tool would write. Everything is stored. */
export function craftZip(...entries: readonly CraftedEntry[]): string {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '', mode = 0o100644, declaredBytes, declaredCrc } of entries) {
    const data = Buffer.from(content);
    const record = {
      name: Buffer.from(name),
      mode,
      method: STORED,
      crc: declaredCrc ?? zlib.crc32(data),
      packedBytes: data.length,
      bytes: declaredBytes ?? data.length,
      offset,
    } as const;
    const local = localHeader(record);
    body.push(local, data);
    directory.push(centralHeader(record));
    offset += local.length + data.length;
  }
  const archive = path.join(makeFolder(), 'crafted.zip');
  const directoryBytes = Buffer.concat(directory);
  fs.writeFileSync(archive, Buffer.concat([...body, directoryBytes, endRecord(entries.length, directoryBytes.length, offset)]));
  return archive;
}
