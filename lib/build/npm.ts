import * as fs from 'node:fs';
import * as path from 'node:path';
import { Container, type ContainerChoice } from './container';
import { containerEnvironment, npmEnvironment, npmEnvironmentInContainers } from './environment';
import { readNpmSettings } from './npm-settings';
import { describeFailure, runTool, type ToolRun } from './run-tool';
import { ToolUnavailable } from './workbench';
import { FaultError } from '../common/fault';

/** npm, here or in a container, and the folder that it installs in. */
export interface Npm {
  /** What messages call it, such as `npm 11.6.2`. */
  readonly description: string;
  /** Values that no message may show. */
  readonly secrets: readonly string[];
  /** Runs it in a folder that has everything it reads; what it writes is there afterwards. */
  run(folder: string, args: readonly string[]): Promise<ToolRun>;
  dispose(): Promise<void>;
}

/** npm of this machine: the one that came with this Node.js, else the one on the path. */
export async function localNpm(directory: string): Promise<Npm> {
  const { named, secrets } = readNpmSettings(process.env, directory);
  const env = npmEnvironment(process.env, named);
  const script = [
    path.join(path.dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(path.dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((file) => fs.existsSync(file));
  const run = (cwd: string, args: readonly string[]): Promise<ToolRun> =>
    script === undefined ? runTool('npm', args, { cwd, env }) : runTool(process.execPath, [script, ...args], { cwd, env });
  const version = await run(directory, ['--version']).catch(() => undefined);
  if (version?.code !== 0) {
    throw new ToolUnavailable('npm is neither beside Node.js nor on the path');
  }
  return { description: `npm ${version.stdout.trim()}`, secrets, run, dispose: () => Promise.resolve() };
}

export interface DockerNpmOptions extends ContainerChoice {
  /** Folder of the project, whose .npmrc names variables. */
  readonly directory: string;
}

const WORK = '/work';
const PROJECT = `${WORK}/project`;
const USER_FILE = `${WORK}/user.npmrc`;
const CERTIFICATES = `${WORK}/certificates.pem`;

/** Any of these trusts the company's own certificates; npm reads the first alone. */
const CERTIFICATE_VARIABLES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'npm_config_cafile'];

/** npm of an image. */
export async function dockerNpm(options: DockerNpmOptions): Promise<Npm> {
  const { userFile, named, secrets } = readNpmSettings(process.env, options.directory);
  const certificates = CERTIFICATE_VARIABLES.map((name) => process.env[name]).find((file) => file !== undefined && fs.existsSync(file));
  const container = await Container.start({
    ...options,
    env: containerEnvironment({
      HOME: WORK,
      npm_config_cache: `${WORK}/.npm`,
      npm_config_userconfig: USER_FILE,
      ...certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: CERTIFICATES },
    }),
  });
  try {
    await container.prepare('mkdir -p "$1"', WORK);
    for (const [source, copy] of [[userFile, USER_FILE], [certificates, CERTIFICATES]] as const) {
      if (source !== undefined) {
        await container.copyIn(fs.realpathSync(source), copy);
      }
    }
    await container.prepare('chown -R "$2" "$1"', WORK, container.owner);
    const env = npmEnvironmentInContainers(process.env, named);
    const version = await container.run('npm', ['--version'], { cwd: WORK, env });
    if (version.code !== 0) {
      throw new FaultError({
        what: `there is no npm in the image ${options.image}`,
        got: describeFailure('npm', version, secrets),
        allowed: 'an image with Node.js and npm',
        fix: 'leave `image` out for the one of the runtime, or choose such an image',
      });
    }
    return {
      description: `npm ${version.stdout.trim()} in Docker image ${options.image}`,
      secrets,
      run: async (folder, args) => {
        await container.prepare('rm -rf "$1" && mkdir -p "$1"', PROJECT);
        await container.copyIn(`${folder}/.`, PROJECT);
        await container.prepare('chown -R "$2" "$1"', PROJECT, container.owner);
        const run = await container.run('npm', args, { cwd: PROJECT, env });
        if (run.code === 0) {
          await container.copyOut(`${PROJECT}/.`, folder);
        }
        return run;
      },
      dispose: () => container.remove(),
    };
  } catch (error) {
    await container.remove();
    throw error;
  }
}
