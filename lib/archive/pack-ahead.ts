import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { Block } from './read-blocks';
import { DEFLATED, STORED } from './zip-format';

/** How far compression runs ahead of writing: bounds the memory, whatever the size of the tree. */
const BYTES_AHEAD = 16 * 1024 * 1024;
const BLOCKS_AHEAD = 64;

const deflateRaw = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.deflateRaw);

export interface PackedBlock extends Block {
  readonly method: typeof STORED | typeof DEFLATED;
  readonly data: Buffer;
}

/** Compresses blocks on Node's thread pool, several at once, and hands them on in their order. */
export async function* packAhead(blocks: Iterable<Block>, level: number): AsyncGenerator<PackedBlock, void, undefined> {
  const ahead: { readonly bytes: number; readonly packed: Promise<PackedBlock> }[] = [];
  let bytesAhead = 0;
  for (const block of blocks) {
    const packed = pack(block, level);
    // A failure is thrown where its turn comes; until then it must not count as unhandled.
    packed.catch(() => undefined);
    ahead.push({ bytes: block.bytes.length, packed });
    bytesAhead += block.bytes.length;
    while (bytesAhead > BYTES_AHEAD || ahead.length > BLOCKS_AHEAD) {
      const next = ahead.shift()!;
      yield await next.packed;
      bytesAhead -= next.bytes;
    }
  }
  for (const { packed } of ahead) {
    yield await packed;
  }
}

/**
 * Entries of one block are stored when deflate does not make them smaller.
 * Larger ones are compressed block by block: every block but the last is flushed to a byte boundary, so that joined they are one deflate stream.
 */
async function pack(block: Block, level: number): Promise<PackedBlock> {
  const stored = { ...block, method: STORED, data: block.bytes } as const;
  if (block.entry.kind === 'link') {
    return stored;
  }
  const data = await deflateRaw(block.bytes, {
    level,
    finishFlush: block.last ? zlib.constants.Z_FINISH : zlib.constants.Z_SYNC_FLUSH,
    chunkSize: largestResult(block.bytes.length),
  });
  const isWhole = block.first && block.last;
  return isWhole && data.length >= block.bytes.length ? stored : { ...block, method: DEFLATED, data };
}

/** Room for any result, so that a block is one job of the thread pool instead of one for every 16 KiB. */
function largestResult(bytes: number): number {
  return bytes + Math.ceil(bytes / 1000) + 64;
}
