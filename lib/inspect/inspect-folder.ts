import * as fs from 'node:fs';
import * as path from 'node:path';
import { nativeFile, readElf } from './elf';
import type { ManifestNativeFile, ManifestProgram } from './manifest';
import { readPrograms } from './programs';

/** A file below a folder, with links followed as CDK follows them when it zips. */
export interface FolderFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Absolute. */
  readonly source: string;
}

/** Every file below a folder, without waiting: for the checks of a synth over folders that somebody else filled. */
export function listFolder(folder: string): FolderFile[] {
  const files: FolderFile[] = [];
  walk(folder, '', new Set(), files);
  return files;
}

/** Libraries and modules, programs without an ending, and all that lies where programs are looked for. */
const MAY_BE_NATIVE = /\.so(?:\.[^/]*)?$|\.node$|(?:^|\/)[^./]+$|^(?:bin|extensions)\//;

/** Native files by their names, then by their headers: opening each file of a folder would cost more than the check is worth. */
export function nativeFilesOf(files: readonly FolderFile[]): ManifestNativeFile[] {
  return files.filter((file) => MAY_BE_NATIVE.test(file.path)).flatMap((file) => {
    const elf = readElf(file.source);
    return elf === undefined ? [] : [nativeFile(file.path, elf)];
  });
}

/** What Lambda would start as an extension, with the permissions that CDK's zip keeps. */
export function programsOf(files: readonly FolderFile[]): ManifestProgram[] {
  return readPrograms(files.map((file) => ({ kind: 'file', path: file.path, source: file.source, mode: isExecutable(file) ? 0o755 : 0o644 })), []);
}

/** Whether a user may execute it who is neither its owner nor in its group, as Lambda's is. */
export function isExecutable({ source }: Pick<FolderFile, 'source'>): boolean {
  return (fs.statSync(source).mode & 0o001) !== 0;
}

/** @param above real paths of the folders that this one lies in, so that a link to one of them is not followed for ever */
function walk(folder: string, prefix: string, above: ReadonlySet<string>, files: FolderFile[]): void {
  const real = fs.realpathSync(folder);
  if (above.has(real)) {
    return;
  }
  for (const name of fs.readdirSync(folder).sort()) {
    const source = path.join(folder, name);
    const stat = fs.statSync(source, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) {
      walk(source, `${prefix}${name}/`, new Set([...above, real]), files);
    } else if (stat?.isFile() === true) {
      files.push({ path: prefix + name, bytes: stat.size, source });
    }
  }
}
