import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';

const CHUNK_BYTES = 1024 * 1024;

export interface HashedFile {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** The first four bytes, which tell what kind of file it is. */
  readonly magic: Buffer;
}

/** Reads a file once, in chunks so that memory does not grow with it. */
export async function hashFile(file: string): Promise<HashedFile> {
  const handle = await fs.open(file, 'r');
  try {
    const { size } = await handle.stat();
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size));
    const hash = createHash('sha256');
    const magic: number[] = [];
    let bytes = 0;
    while (bytes < size) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, bytes);
      if (bytesRead === 0) {
        break;
      }
      hash.update(chunk.subarray(0, bytesRead));
      magic.push(...chunk.subarray(0, Math.min(bytesRead, 4 - magic.length)));
      bytes += bytesRead;
    }
    return { bytes, sha256: hash.digest('hex'), magic: Buffer.from(magic) };
  } finally {
    await handle.close();
  }
}
