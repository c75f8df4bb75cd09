import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { withoutRemoved } from './record-file';
import type { SiteFile } from './site-files';
import type { BytecodeModeName } from './slim-plan';
import { describeFailure } from '../build/run-tool';
import type { Workbench } from '../build/workbench';
import { FaultError } from '../common/fault';
import type { Target } from '../target/target';

export interface BytecodeRequest {
  readonly mode: Exclude<BytecodeModeName, 'none'>;
  readonly target: Target;
  /** Folder with `site` below the work folder, relative, POSIX. */
  readonly folder: string;
  /** Where the site will lie on Lambda, such as `/opt/python`: tracebacks name it. */
  readonly optFolder: string;
}

export interface BytecodeResult {
  /** All files, sources and bytecode as the mode says. */
  readonly files: readonly SiteFile[];
  /** Full version of the interpreter that compiled. */
  readonly interpreter: string;
}

/**
 * Compiles modules to bytecode that is valid whatever the files' dates are (PEP 552, unchecked hashes) and names no folder of this machine.
 * A module that does not compile, such as a template, stays as it is.
 */
export async function compileBytecode(
  bench: Workbench,
  workFolder: string,
  files: readonly SiteFile[],
  request: BytecodeRequest,
): Promise<BytecodeResult> {
  const sources = files.filter((file) => file.path.endsWith('.py'));
  const site = `${request.folder}/site`;
  const list = `${request.folder}/modules.txt`;
  await fs.writeFile(path.join(workFolder, list), sources.map((file) => `${site}/${file.path}\n`).join(''));
  await bench.provide(request.folder);
  const beside = request.mode === 'bytecode-only' ? ['-b'] : [];
  const run = await bench.python(request.target.pythonVersion, ['-c', COMPILE, list, site, request.optFolder, ...beside]);
  const [, interpreter] = /^interpreter (\S+)$/m.exec(run.stdout) ?? [];
  if (run.code !== 0 || interpreter === undefined) {
    throw new FaultError({
      what: 'bytecode could not be compiled',
      got: describeFailure(`Python ${request.target.pythonVersion}`, run),
      fix: 'leave `slim.bytecode` out, or repair the interpreter',
    });
  }
  await bench.collect(request.folder);

  const compiled = await Promise.all(
    sources.map(async (source) => {
      const compiledPath = request.mode === 'bytecode-only' ? `${source.path}c` : cachedPath(source.path, request.target.pythonVersion);
      const absolute = path.join(workFolder, site, compiledPath);
      const stat = await fs.stat(absolute).catch(() => undefined);
      return stat === undefined ? undefined : { source, file: { path: compiledPath, bytes: stat.size, executable: false, source: absolute } };
    }),
  );
  const made = compiled.filter((one) => one !== undefined);
  const replaced = new Set(request.mode === 'bytecode-only' ? made.map((one) => one.source) : []);
  const left = [...files.filter((file) => !replaced.has(file)), ...made.map((one) => one.file)];
  return { interpreter, files: replaced.size > 0 ? await withoutRemoved(left, path.join(workFolder, request.folder)) : left };
}

/**
 * Runs in the target's interpreter: the list of modules, the site folder, the folder on Lambda, and `-b` for bytecode in the source's place.
 * A module that does not compile leaves none; anything else that goes wrong, such as a full disk, ends the run.
 */
const COMPILE = `
import concurrent.futures, multiprocessing, os, platform, py_compile, sys
listing, site, opt, *beside = sys.argv[1:]
def compile_one(name):
    py_compile.compile(name, cfile=name + 'c' if beside else None, dfile=opt + name[len(site):], quiet=2,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
if __name__ == '__main__':
    with open(listing) as lines:
        names = lines.read().splitlines()
    if hasattr(os, 'fork'):
        with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context('fork')) as pool:
            list(pool.map(compile_one, names, chunksize=32))
    else:
        list(map(compile_one, names))
    print('interpreter', platform.python_version())
`;

function cachedPath(source: string, version: string): string {
  const { dir, name } = path.posix.parse(source);
  return path.posix.join(dir, '__pycache__', `${name}.cpython-${version.replace('.', '')}.pyc`);
}
