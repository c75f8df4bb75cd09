import * as fs from 'node:fs';

/** Makes a folder and what is missing above it, for its owner alone whatever the umask. */
export function makePrivateFolder(folder: string): string {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
