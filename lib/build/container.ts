import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { describeFailure, runTool, type ToolRun } from './run-tool';
import { ToolUnavailable } from './workbench';
import { FaultError } from '../common/fault';
import type { ArchitectureName } from '../target/target';

/** What engines call the machines. */
export const DOCKER_PLATFORMS: Readonly<Record<ArchitectureName, string>> = { x86_64: 'linux/amd64', arm64: 'linux/arm64' };

/** Marks our containers, with the layer that they build. */
const LABEL = 'cdk-lambda-layers';

/** What the container does while tools run in it: says who it runs as, then waits for the end of its input. */
const LIFE = 'echo "$(id -u):$(id -g)" && exec cat >/dev/null';

/** A container that a layer's settings ask for. */
export interface ContainerChoice {
  readonly image: string;
  readonly platform: string;
  readonly network?: string;
  readonly user?: string;
  /** Why Docker. */
  readonly reason: string;
  /** The layer that it is for. */
  readonly place: string;
  /** Called before an image is pulled. */
  announce(line: string): void;
}

export interface ContainerOptions extends ContainerChoice {
  /** Nothing secret: the engine shows it to whoever asks. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ContainerRunOptions {
  readonly cwd?: string;
  /** May hold secrets: the values are on no command line and in no setting of the container. */
  readonly env?: Readonly<Record<string, string>>;
  readonly asRoot?: boolean;
}

/**
 * A container that tools run in. Folders are copied in and out: this machine's folders cannot be mounted by an engine
 * that is remote, or that this process talks to from a container of its own.
 *
 * It lives as long as the client that is attached to it, and thereby as this process, however that ends.
 */
export class Container {
  public static async start(options: ContainerOptions): Promise<Container> {
    let started = await startOnce(options);
    if ('code' in started && isMissingImage(started)) {
      options.announce(`pulling Docker image ${options.image} for ${options.platform}: ${options.reason}`);
      await pull(options);
      started = await startOnce(options);
    }
    if ('code' in started) {
      throw new FaultError({
        what: `the image ${options.image} cannot be built in`,
        got: describeEngineFailure('run', started),
        allowed: `an image for ${options.platform} with sh, cat and id`,
        fix: 'choose another image, or correct the platform, network or user of `bundling`',
      });
    }
    return started;
  }

  /** @param owner user and group that tools run as, such as `0:0` */
  constructor(private readonly name: string, private readonly image: string, public readonly owner: string, private readonly client: ChildProcess) {}

  /** Runs a tool to its end. */
  public async run(command: string, args: readonly string[], options: ContainerRunOptions = {}): Promise<ToolRun> {
    const { env = {}, cwd = '/', asRoot = false } = options;
    const run = await engine([
      'exec', '--workdir', cwd,
      ...(asRoot ? ['--user', '0'] : []),
      ...Object.keys(env).flatMap((name) => ['--env', name]),
      this.name, command, ...args,
    ], env);
    if (run.code !== 0) {
      await this.failIfGone(run);
    }
    return run;
  }

  /** Runs a shell script as root, which makes the container ready for the tools; its arguments are `$1` and so on. */
  public async prepare(script: string, ...args: readonly string[]): Promise<void> {
    const run = await this.run('sh', ['-c', script, 'sh', ...args], { asRoot: true });
    if (run.code !== 0) {
      throw new FaultError({
        what: 'the build container cannot be prepared',
        got: describeFailure(script, run),
        allowed: 'an image with sh, mkdir, rm and chown',
        fix: 'choose another image',
      });
    }
  }

  /** Makes a folder, or a file, there what it is here. */
  public async copyIn(source: string, target: string): Promise<void> {
    await this.copy(source, `${this.name}:${target}`);
  }

  public async copyOut(source: string, target: string): Promise<void> {
    await this.copy(`${this.name}:${source}`, target);
  }

  public async remove(): Promise<void> {
    await engine(['rm', '--force', this.name]).catch(() => undefined);
    this.client.stdin?.destroy();
  }

  private async copy(source: string, target: string): Promise<void> {
    const run = await engine(['cp', source, target]);
    if (run.code !== 0) {
      await this.failIfGone(run);
      throw new FaultError({
        what: 'files could not be copied to or from the build container',
        got: describeEngineFailure('cp', run),
        fix: 'check the disk of the Docker engine and of this machine',
      });
    }
  }

  private async failIfGone(run: ToolRun): Promise<void> {
    const state = await engine(['container', 'inspect', '--format', '{{.State.Running}}', this.name]);
    if (state.stdout.trim() !== 'true') {
      throw new FaultError({
        what: `the build container of ${this.image} ended before its work was done`,
        got: describeFailure('what ran in it', run),
        fix: 'somebody or something stopped it, such as the engine or a lack of memory: build again, with more memory for Docker',
      });
    }
  }
}

async function startOnce(options: ContainerOptions): Promise<Container | ToolRun> {
  const name = `cdk-lambda-layers-${randomUUID()}`;
  const attached = await attach([
    'run', '--rm', '--interactive', '--pull', 'never', '--name', name, '--label', `${LABEL}=${options.place}`, '--platform', options.platform,
    ...(options.network === undefined ? [] : ['--network', options.network]),
    ...(options.user === undefined ? [] : ['--user', options.user]),
    ...Object.entries(options.env).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
    '--entrypoint', 'sh', options.image, '-c', LIFE,
  ]);
  if ('client' in attached) {
    return new Container(name, options.image, attached.firstLine, attached.client);
  }
  if (/cannot connect|error during connect|permission denied while trying to connect/i.test(attached.stderr)) {
    throw new ToolUnavailable(`Docker does not answer: ${describeEngineFailure('run', attached)}`);
  }
  return attached;
}

function isMissingImage(run: ToolRun): boolean {
  return /no such image|image not known|does not match the specified platform|image .*not (?:available|found)/i.test(run.stderr);
}

async function pull(options: ContainerOptions): Promise<void> {
  const run = await engine(['pull', '--quiet', '--platform', options.platform, options.image]);
  if (run.code !== 0) {
    throw new ToolUnavailable(`the Docker image ${options.image} for ${options.platform} cannot be had: ${describeEngineFailure('pull', run)}`);
  }
}

/** Starts a client that stays attached, and waits for the container's first line; what ended before that is a finished run. */
function attach(args: readonly string[]): Promise<{ client: ChildProcess; firstLine: string } | ToolRun> {
  return new Promise((resolve, reject) => {
    const client = spawn(engineCommand(), args, { env: process.env, stdio: ['pipe', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      client[stream].setEncoding('utf8').on('data', (chunk: string) => {
        output[stream] += chunk;
        if (output.stdout.includes('\n')) {
          letGo(client);
          resolve({ client, firstLine: output.stdout.trim() });
        }
      });
    }
    client.on('error', (error) => reject(explainAbsence(error)));
    client.on('close', (code, signal) => resolve({ code, signal, ...output }));
    client.stdin.on('error', () => undefined);
  });
}

/** Lets this process end while the client is attached. */
function letGo(client: ChildProcess): void {
  client.unref();
  for (const pipe of [client.stdin, client.stdout, client.stderr]) {
    (pipe as Socket).unref();
  }
}

/** Runs the engine's client in the whole environment: its contexts and credential helpers need it, and no package's code runs in it. */
async function engine(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ToolRun> {
  try {
    return await runTool(engineCommand(), args, { env: { ...process.env as Record<string, string>, ...env } });
  } catch (error) {
    throw explainAbsence(error as NodeJS.ErrnoException);
  }
}

function engineCommand(): string {
  return process.env.CDK_DOCKER ?? 'docker';
}

function explainAbsence(error: NodeJS.ErrnoException): ToolUnavailable {
  const name = process.env.CDK_DOCKER === undefined ? 'Docker' : `${process.env.CDK_DOCKER}, which CDK_DOCKER names,`;
  return new ToolUnavailable(error.code === 'ENOENT' ? `${name} is not on the path` : `${name} cannot be started: ${error.message}`);
}

function describeEngineFailure(action: string, run: ToolRun): string {
  const stderr = run.stderr.split('\n').filter((line) => !/--help'/.test(line)).join('\n');
  return describeFailure(`${engineCommand()} ${action}`, { ...run, stderr });
}
