import * as fs from 'node:fs';
import * as path from 'node:path';
import { Container, type ContainerChoice } from './container';
import { containerEnvironment } from './environment';
import { runTool, type ToolRun } from './run-tool';
import { ToolUnavailable } from './workbench';

/** The compilers of this machine, or of an image, and the folder that they work in. */
export interface Toolchain {
  /** What messages put behind a compiler's name: nothing, or ` in Docker image …`. */
  readonly where: string;
  readonly isContainer: boolean;
  /** The work folder as the compilers see it. */
  readonly folder: string;
  /** Runs a tool in a folder below the work folder. Throws `ToolUnavailable` when there is none of that name. */
  run(command: string, args: readonly string[], options: ToolchainRunOptions): Promise<ToolRun>;
  /** Brings a file that a tool wrote from below the work folder to a path of this machine. */
  collect(file: string, to: string): Promise<void>;
  dispose(): Promise<void>;
}

export interface ToolchainRunOptions {
  /** Folder below the work folder. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Compilers of this machine. */
export function localToolchain(folder: string): Toolchain {
  return {
    where: '',
    isContainer: false,
    folder,
    run: (command, args, { cwd, env }) => runTool(command, args, { cwd: path.join(folder, cwd), env }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new ToolUnavailable(`${command} is not on the path`) : error;
    }),
    collect: (file, to) => fs.promises.rename(path.join(folder, file), to),
    dispose: () => Promise.resolve(),
  };
}

export interface DockerToolchainOptions extends ContainerChoice {
  /** Folder of this machine that becomes the work folder there. */
  readonly folder: string;
}

const HOME = '/work-home';
const WORK = '/work';
const CERTIFICATES = `${HOME}/certificates.pem`;

/** What engines say when there is no such command. */
const NO_COMMAND = /executable file .*not found/;

/** Compilers of an image, which work in a copy of the folder. */
export async function dockerToolchain(options: DockerToolchainOptions): Promise<Toolchain> {
  const certificates = [process.env.SSL_CERT_FILE, process.env.CARGO_HTTP_CAINFO].find((file) => file !== undefined && fs.existsSync(file));
  const container = await Container.start({
    ...options,
    env: containerEnvironment({ HOME, ...certificates === undefined ? {} : { SSL_CERT_FILE: CERTIFICATES, CARGO_HTTP_CAINFO: CERTIFICATES } }),
  });
  try {
    await container.prepare('mkdir -p "$1" "$2"', HOME, WORK);
    if (certificates !== undefined) {
      await container.copyIn(fs.realpathSync(certificates), CERTIFICATES);
    }
    await container.copyIn(`${options.folder}/.`, WORK);
    await container.prepare('chown -R "$3" "$1" "$2"', HOME, WORK, container.owner);
  } catch (error) {
    await container.remove();
    throw error;
  }
  return {
    where: ` in Docker image ${options.image}`,
    isContainer: true,
    folder: WORK,
    run: async (command, args, { cwd, env }) => {
      const run = await container.run(command, args, { cwd: path.posix.join(WORK, cwd), env });
      if (run.code !== 0 && NO_COMMAND.test(`${run.stdout}\n${run.stderr}`)) {
        throw new ToolUnavailable(`${command} is not on the path of the image ${options.image}`);
      }
      return run;
    },
    collect: (file, to) => container.copyOut(path.posix.join(WORK, file), to),
    dispose: () => container.remove(),
  };
}
