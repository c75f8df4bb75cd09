import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { extractZip } from '../archive/read-zip';
import type { FilesContentSpec } from '../content/content-spec';
import { destinationPrefix } from '../content/destination';
import { isArchive, listFiles } from '../content/list-files';
import type { OptEntry } from '../inspect/opt-tree';

/** What executables begin with: a shebang, or the ELF magic. */
const MAGIC_BYTES = 4;

/** A user's files as entries of the layer. Archives are unpacked into a folder of their own. */
export async function buildFiles(spec: FilesContentSpec, unpackFolder: string): Promise<OptEntry[]> {
  const prefix = destinationPrefix(spec.destination);
  if (isArchive(spec)) {
    const extracted = await extractZip(spec.path, unpackFolder);
    return Promise.all(
      extracted.map(async (entry): Promise<OptEntry> => {
        const file = prefix + entry.path;
        if (entry.target !== undefined) {
          return { kind: 'link', path: file, target: entry.target };
        }
        const source = path.join(unpackFolder, entry.path);
        return { kind: 'file', path: file, mode: entry.executable ? 0o755 : await modeOf(file, source), source };
      }),
    );
  }
  return Promise.all(
    listFiles(spec).map(async (file): Promise<OptEntry> =>
      file.link === undefined
        ? { kind: 'file', path: prefix + file.path, mode: await modeOf(prefix + file.path, file.source), source: file.source }
        : { kind: 'link', path: prefix + file.path, target: file.link },
    ),
  );
}

/** Never read from disk, where it depends on the umask, the checkout and the system: what must run says so itself. */
async function modeOf(optPath: string, source: string): Promise<0o644 | 0o755> {
  if (optPath === 'bootstrap' || /^extensions\/[^/]+$/.test(optPath)) {
    return 0o755;
  }
  const handle = await fs.open(source);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
    const head = buffer.subarray(0, bytesRead).toString('latin1');
    const isProgram = head === '\x7fELF' && !/\.so(?:\.|$)/.test(optPath);
    return head.startsWith('#!') || isProgram ? 0o755 : 0o644;
  } finally {
    await handle.close();
  }
}
