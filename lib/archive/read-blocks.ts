import * as fs from 'node:fs';
import { FaultError } from '../common/fault';
import type { OptEntry } from '../inspect/opt-tree';

/** Large enough to cost nothing in size, small enough that one large library keeps all cores busy. Part of the archive's bytes. */
const BLOCK_BYTES = 2 * 1024 * 1024;

/** A piece of an entry's content; an empty entry has one empty block. */
export interface Block {
  readonly entry: OptEntry;
  readonly bytes: Buffer;
  readonly first: boolean;
  readonly last: boolean;
}

/**
 * The content of entries, one after another, in blocks of a fixed size.
 * Reads synchronously: an asynchronous read would queue in the thread pool behind the compression that waits for it, and cost a quarter more.
 */
export function* readBlocks(entries: readonly OptEntry[]): Generator<Block, void, undefined> {
  for (const entry of entries) {
    if (entry.kind === 'link') {
      yield { entry, bytes: Buffer.from(entry.target), first: true, last: true };
      continue;
    }
    const descriptor = fs.openSync(entry.source, 'r');
    try {
      const size = fs.fstatSync(descriptor).size;
      let position = 0;
      do {
        const length = Math.min(BLOCK_BYTES, size - position);
        const bytes = readFully(descriptor, length, entry.source);
        yield { entry, bytes, first: position === 0, last: position + length === size };
        position += length;
      } while (position < size);
    } finally {
      fs.closeSync(descriptor);
    }
  }
}

function readFully(descriptor: number, length: number, file: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const read = fs.readSync(descriptor, bytes, filled, length - filled, null);
    if (read === 0) {
      throw new FaultError({ what: 'a file became shorter while it was archived', got: file, fix: 'let nothing write to it, then build again' });
    }
    filled += read;
  }
  return bytes;
}
