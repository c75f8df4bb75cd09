import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ProgramContentSpec } from './content-spec';
import { listSources, statContent } from './list-files';
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
    case 'rust': return needsCrate(source.directory);
    case 'link': case 'launcher': return undefined;
  }
}

/**
 * Copies all that `listSources` finds. A compiler that works in the copy reads what is in the layer's key and nothing else, and leaves nothing
 * in the project's folder.
 */
export async function copySources(directory: string, copy: string): Promise<void> {
  for (const file of listSources(directory)) {
    const target = path.join(copy, file.path);
    await fs.promises.mkdir(path.dirname(target), { recursive: true });
    await (file.link === undefined ? fs.promises.copyFile(file.source, target) : fs.promises.symlink(file.link, target));
  }
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

/** A workspace has one lock for all of its crates, which belongs to what decides their bytes. */
function needsCrate(directory: string): void {
  needsProject(directory, 'Cargo.toml');
  if (!fs.existsSync(path.join(directory, 'Cargo.lock'))) {
    const workspace = workspaceAbove(directory);
    throw new FaultError({
      what: 'the folder has no Cargo.lock',
      got: workspace === undefined ? directory : `${directory}, below a workspace with a lock: ${workspace}`,
      allowed: 'a folder with Cargo.toml and the Cargo.lock that pins all that is compiled',
      fix: workspace === undefined
        ? 'run `cargo generate-lockfile` there, and commit the file'
        : 'name the folder of the workspace, and the program by `binary`',
    });
  }
}

function workspaceAbove(directory: string): string | undefined {
  const above = path.dirname(directory);
  if (above === directory) {
    return undefined;
  }
  return fs.existsSync(path.join(above, 'Cargo.toml')) && fs.existsSync(path.join(above, 'Cargo.lock')) ? above : workspaceAbove(above);
}

function needsReadyMade(file: string): void {
  if (!fs.existsSync(file)) {
    throw new FaultError({
      what: 'the ready-made extensions are not there',
      got: file,
      allowed: 'the programs that the published package brings',
      fix: 'in a checkout of this library run `npm run build:extensions`, which fetches Go where there is none',
    });
  }
}
