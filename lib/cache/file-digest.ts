import { createHash } from 'node:crypto';
import * as fs from 'node:fs';

const CHUNK_BYTES = 1024 * 1024;

/** SHA-256 of a file as lower-case hex, read in chunks so that memory does not grow with it. */
export function fileDigest(file: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const descriptor = fs.openSync(file, 'r');
  try {
    for (let bytes = fs.readSync(descriptor, chunk); bytes > 0; bytes = fs.readSync(descriptor, chunk)) {
      hash.update(chunk.subarray(0, bytes));
    }
  } finally {
    fs.closeSync(descriptor);
  }
  return hash.digest('hex');
}
