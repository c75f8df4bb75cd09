import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { SiteFile } from './site-files';

/** Replaces each RECORD by one that lists only the files that are in the layer. */
export async function withoutRemoved(files: readonly SiteFile[], folder: string): Promise<SiteFile[]> {
  const present = new Set(files.map((file) => file.path));
  return Promise.all(files.map(async (file) => {
    if (!/^[^/]+\.dist-info\/RECORD$/.test(file.path)) {
      return file;
    }
    const lines = (await fs.readFile(file.source, 'utf8')).split(/\r?\n/);
    const kept = lines.filter((line) => present.has(line.startsWith('"') ? line.slice(1, line.indexOf('"', 1)) : line.split(',')[0])).sort();
    const source = path.join(folder, `${file.path.split('/')[0]}.RECORD`);
    await fs.writeFile(source, kept.map((line) => `${line}\n`).join(''));
    return { ...file, source, bytes: (await fs.stat(source)).size };
  }));
}
