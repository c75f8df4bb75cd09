import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ProgramContentSpec } from './content-spec';
import { listFiles, statContent, type ContentFile } from './list-files';
import { FaultError } from '../common/fault';

/** Names that Lambda can start and that can be registered by. */
const FILE_NAME = /^[a-zA-Z0-9][\w.-]{0,127}$/;

/** Whether a name can be that of a file in `/opt/extensions`. */
export function checkProgramName(name: string): void {
  if (!FILE_NAME.test(name)) {
    throw new FaultError({
      what: 'this is no name for an extension',
      got: JSON.stringify(name),
      allowed: 'letters, digits, `.`, `-` and `_`, at most 128; the extension registers by it',
      fix: 'give it another `name`',
    });
  }
}

/** Whether the sources of a program are where its spec says. Reads none of them. */
export function findProgram({ source }: ProgramContentSpec): void {
  switch (source.type) {
    case 'script': return needsFile(source.file);
    case 'binaries': return [source.x86_64, source.arm64].forEach((file) => file === undefined || needsFile(file));
    case 'ready-made': return [source.x86_64, source.arm64].forEach(needsReadyMade);
    case 'go': return needsProject(source.directory, 'go.mod');
    case 'rust': return needsProject(source.directory, 'Cargo.toml');
    case 'link': case 'launcher': return undefined;
  }
}

/** Every file that decides the bytes of a compiled program: all of its folder but what tools leave there, and test data with it. */
export function sourceFiles(directory: string): ContentFile[] {
  return listFiles({ kind: 'files', path: directory, destination: '', exclude: ['/target/'] });
}

function needsFile(file: string): void {
  if (!statContent(file).isFile()) {
    throw new FaultError({ what: 'the program is no file', got: file, allowed: 'a file', fix: 'name the file that Lambda shall start' });
  }
}

function needsProject(directory: string, file: string): void {
  statContent(directory);
  if (!fs.existsSync(path.join(directory, file))) {
    throw new FaultError({
      what: `the folder has no ${file}`, got: directory, allowed: `a folder with ${file}`, fix: 'name the folder that holds it',
    });
  }
}

function needsReadyMade(file: string): void {
  if (!fs.existsSync(file)) {
    throw new FaultError({
      what: 'the ready-made extensions are not there',
      got: file,
      allowed: 'the programs that the published package brings',
      fix: 'in a checkout of this library run `npm run build:extensions`, which needs Go',
    });
  }
}
