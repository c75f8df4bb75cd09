import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { FilesContentSpec } from '../../lib/content/content-spec';
import { listFiles } from '../../lib/content/list-files';

const folders: string[] = [];

/** A new folder with these files; a path that ends with a slash is an empty folder. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'content-test-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
    if (!name.endsWith('/')) {
      fs.writeFileSync(file, content);
    }
  }
  return folder;
}

/** The same for files whose content does not matter. */
export function folderOf(...files: readonly string[]): string {
  return folderWith(Object.fromEntries(files.map((file) => [file, file])));
}

export function removeFolders(): void {
  folders.splice(0).forEach((folder) => fs.rmSync(folder, { recursive: true, force: true }));
}

export function specOf(content: string, ...exclude: readonly string[]): FilesContentSpec {
  return { kind: 'files', path: content, destination: '', exclude };
}

/** Paths that enter the layer. */
export function pathsOf(content: string, ...exclude: readonly string[]): string[] {
  return listFiles(specOf(content, ...exclude)).map((file) => file.path);
}
