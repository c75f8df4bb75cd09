import * as fs from 'node:fs';
import * as path from 'node:path';
import { Container } from './container';
import { containerEnvironment, npmEnvironment, passedToContainers } from './environment';
import { describeFailure, runTool, type ToolRun } from './run-tool';
import { ToolUnavailable } from './workbench';
import { FaultError } from '../common/fault';

/** npm, here or in a container, and the folder that it installs in. */
export interface Npm {
  /** What messages call it, such as `npm 11.6.2`. */
  readonly description: string;
  /** Runs it in a folder that has everything it reads; what it writes is there afterwards. */
  run(folder: string, args: readonly string[]): Promise<ToolRun>;
  dispose(): Promise<void>;
}

/** npm of this machine: the one that came with this Node.js, else the one on the path. */
export async function localNpm(): Promise<Npm> {
  const env = npmEnvironment(process.env);
  const script = [
    path.join(path.dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(path.dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((file) => fs.existsSync(file));
  const run = (cwd: string, args: readonly string[]): Promise<ToolRun> =>
    script === undefined ? runTool('npm', args, { cwd, env }) : runTool(process.execPath, [script, ...args], { cwd, env });
  const version = await run(process.cwd(), ['--version']).catch(() => undefined);
  if (version?.code !== 0) {
    throw new ToolUnavailable('npm is neither beside Node.js nor on the path');
  }
  return { description: `npm ${version.stdout.trim()}`, run, dispose: () => Promise.resolve() };
}

export interface DockerNpmOptions {
  readonly image: string;
  readonly platform: string;
  readonly network?: string;
  readonly user?: string;
  readonly reason: string;
  readonly place: string;
  announce(line: string): void;
}

const WORK = '/work';

/** npm of an image. */
export async function dockerNpm(options: DockerNpmOptions): Promise<Npm> {
  const container = await Container.start({
    ...options,
    env: containerEnvironment({ HOME: WORK, npm_config_cache: `${WORK}/.npm` }),
    onPull: () => options.announce(`pulling Docker image ${options.image} for ${options.platform}: ${options.reason}`),
  });
  const asRoot = async (script: string): Promise<void> => {
    const run = await container.run('sh', ['-c', script], { asRoot: true });
    if (run.code !== 0) {
      throw new FaultError({ what: 'the build container cannot be prepared', got: describeFailure(script, run), fix: 'choose another image' });
    }
  };
  try {
    await asRoot(`mkdir -p ${WORK} && chown ${container.owner} ${WORK}`);
    const version = await container.run('npm', ['--version'], { cwd: WORK });
    if (version.code !== 0) {
      throw new FaultError({
        what: `there is no npm in the image ${options.image}`,
        got: describeFailure('npm', version),
        allowed: 'an image with Node.js and npm',
        fix: 'leave `image` out for the one of the runtime, or choose such an image',
      });
    }
    return {
      description: `npm ${version.stdout.trim()} in Docker image ${options.image}`,
      run: async (folder, args) => {
        const inside = `${WORK}/project`;
        await asRoot(`rm -rf ${inside} && mkdir -p ${inside}`);
        await container.copyIn(`${folder}/.`, inside);
        await asRoot(`chown -R ${container.owner} ${inside}`);
        const run = await container.run('npm', args, { cwd: inside, env: passedToContainers(process.env) });
        if (run.code === 0) {
          await container.copyOut(`${inside}/.`, folder);
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
