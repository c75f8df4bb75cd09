import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { SiteFile } from './site-files';

/** Replaces each RECORD by one that lists only the files that are in the layer, and no digest of a file that slimming changed. */
export async function withoutRemoved(files: readonly SiteFile[], folder: string): Promise<SiteFile[]> {
  const sizes = new Map(files.map((file) => [file.path, file.bytes]));
  return Promise.all(
    files.map(async (file) => {
      if (!/^[^/]+\.dist-info\/RECORD$/.test(file.path)) {
        return file;
      }
      const rows = (await fs.readFile(file.source, 'utf8')).matchAll(/^((?:"(?:[^"]|"")*")|[^",\r\n]+),([^,\r\n]*),(\d*)\r?$/gm);
      const lines = [...rows].flatMap(([, field, digest, size]) => {
        const bytes = sizes.get(field.replace(/^"|"$/g, '').replaceAll('""', '"'));
        return bytes === undefined ? [] : [`${field},${size === String(bytes) ? `${digest},${size}` : ','}\n`];
      });
      const source = path.join(folder, `${file.path.split('/')[0]}.RECORD`);
      await fs.writeFile(source, lines.sort().join(''));
      return { ...file, source, bytes: (await fs.stat(source)).size };
    }),
  );
}
