import * as path from 'node:path';
import { containerChoice, hereOrInDocker } from './here-or-docker';
import type { LayerBuild } from './layer-build';
import type { BundlingModeName } from './layer-plan';
import type { Compiler } from '../build/compiler';
import { Go, goImage } from '../build/go';
import { Rust, rustImage } from '../build/rust';
import { dockerToolchain, localToolchain, type Toolchain } from '../build/toolchain';
import { FaultError } from '../common/fault';
import type { ProgramSource } from '../content/content-spec';
import { copySources } from '../content/program-files';
import { readElf } from '../inspect/elf';
import type { ArchitectureName } from '../target/target';

type CompiledSource = Extract<ProgramSource, { readonly type: 'go' | 'rust' }>;

const WORDS = {
  go: { what: 'there is no Go to compile the extension with', here: 'Go on this machine' },
  rust: {
    what: 'there is nothing to compile the Rust extension with for the layer\'s architecture',
    here: 'Cargo on this machine, with the musl target of the layer\'s architecture',
  },
};

const FIXES: Partial<Record<BundlingModeName, string>> = {
  local: 'install it, or leave BundlingMode.LOCAL out, so that Docker can stand in',
  docker: 'start Docker and make the image available, or leave BundlingMode.DOCKER out',
  auto: 'install one of them',
};

/**
 * Compiles a program into a file, with the compiler of this machine or of an image.
 *
 * @param workFolder private to the program
 */
export async function compileProgram(
  build: LayerBuild, source: CompiledSource, architecture: ArchitectureName, workFolder: string, program: string,
): Promise<void> {
  await copySources(source.directory, path.join(workFolder, path.basename(source.directory)));
  const { compiler, toolchain } = await openCompiler(build, source, architecture, workFolder);
  try {
    const what = `compiling ${path.basename(source.directory)} for ${architecture} with ${compiler.description}`;
    await build.progress.step(what, () => compiler.compile(program));
  } finally {
    await toolchain.dispose();
  }
  checkStatic(program, architecture, source.directory);
}

interface OpenCompiler {
  readonly compiler: Compiler;
  readonly toolchain: Toolchain;
}

function openCompiler(build: LayerBuild, source: CompiledSource, architecture: ArchitectureName, folder: string): Promise<OpenCompiler> {
  const { directory } = source;
  const project = { directory, source: path.basename(directory), architecture };
  const open = async (toolchain: Toolchain): Promise<OpenCompiler> => {
    try {
      const compiler = source.type === 'go'
        ? await Go.find(toolchain, { ...project, package: source.package })
        : await Rust.find(toolchain, { ...project, binary: source.binary });
      return { compiler, toolchain };
    } catch (error) {
      await toolchain.dispose();
      throw error;
    }
  };
  const image = source.type === 'go' ? goImage(directory) : rustImage(directory);
  const { mode } = build.settings;
  const noCompiler = (reasons: readonly string[]): FaultError => new FaultError({
    what: WORDS[source.type].what,
    got: reasons.join('\n'),
    allowed: [
      ...mode === 'docker' ? [] : [WORDS[source.type].here],
      ...mode === 'local' ? [] : [`a running Docker with the image ${build.settings.image ?? image}`],
    ].join('; or '),
    fix: FIXES[mode],
  });
  return hereOrInDocker({
    mode,
    here: () => open(localToolchain(folder)),
    inDocker: async (reason) => open(await dockerToolchain({ folder, ...containerChoice(build, architecture, image, reason) })),
    nowhere: noCompiler,
    notInDocker: (reason, problem) => noCompiler([problem, `why Docker: ${reason}`]),
  });
}

/** Whether a program starts on Lambda's machine whatever libraries that has. */
export function checkStatic(program: string, architecture: ArchitectureName, directory: string): void {
  const { machine, interpreter } = readElf(program) ?? { machine: 'no program for Linux' };
  if (machine !== architecture || interpreter !== undefined) {
    throw new FaultError({
      what: 'the compiled program could not start in Lambda',
      got: `${directory}: ${machine}${interpreter === undefined ? '' : `, which needs the loader ${interpreter}`}`,
      allowed: `a static program for ${architecture}`,
      fix: 'look what in the project\'s own settings of the compiler changes how it links',
    });
  }
}
