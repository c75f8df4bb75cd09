import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { enter } from './enter';
import { lambdaEnvironment } from './environment';
import { unpackLayers } from './layers';
import { outcomeOf, type Outcome } from './outcome';
import { EMULATOR, runtimeFolders } from './tools';

export interface FunctionOptions {
  /** Such as `python3.11`: one that tools.ts says is there. */
  readonly runtime: string;
  readonly handler: string;
  /** The folder that becomes /var/task. */
  readonly code: string;
  /** Archives or folders that make up /opt, in the order of the function's list. */
  readonly layers?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  /** In MB. It is told to the function, not imposed. */
  readonly memorySize?: number;
  /** Makes it a function of a managed instance: it starts at once, and extensions get telemetry, but no INVOKE. */
  readonly maxConcurrency?: number;
  /** Where files of its own are put while it runs. */
  readonly workFolder?: string;
}

export interface Invocation {
  readonly outcome: Outcome;
  /** What the handler returned. */
  readonly answer?: any;
  /** What was raised, when there is no answer. */
  readonly error?: { readonly errorType: string; readonly errorMessage: string; readonly [more: string]: unknown };
  /** What the function wrote, and with a first invocation what it wrote when it started, between Lambda's own START, END and REPORT. */
  readonly logs: string;
  /** What the emulator did. */
  readonly emulatorLog: string;
}

/** Starts a function in AWS's Runtime Interface Emulator. As on Lambda, it is invoked once at a time, and its first event starts its runtime. */
export async function startFunction(options: FunctionOptions): Promise<RunningFunction> {
  const work = fs.mkdtempSync(path.join(fs.realpathSync(options.workFolder ?? os.tmpdir()), 'run-function-'));
  try {
    await unpackLayers(options.layers ?? [], path.join(work, 'opt'));
    if (options.maxConcurrency !== undefined) {
      // Then the emulator takes no command from us but looks for one there, and does not hand on this variable.
      const bootstrap = `#!/bin/sh\nAWS_EXECUTION_ENV=AWS_Lambda_${options.runtime} exec /var/rapid/bootstrap\n`;
      fs.writeFileSync(path.join(work, 'opt', 'bootstrap'), bootstrap, { mode: 0o755 });
    }
    for (let attempt = 1; ; attempt++) {
      const fn = new RunningFunction(work, options, await freePorts());
      try {
        await fn.listening();
        return fn;
      } catch (error) {
        await fn.end();
        // Somebody else may have taken a port meanwhile.
        if (attempt === 3 || !/address already in use/.test((error as Error).message)) {
          throw error;
        }
      }
    }
  } catch (error) {
    fs.rmSync(work, { recursive: true, force: true });
    throw error;
  }
}

export class RunningFunction {
  private readonly child: ChildProcess;
  private readonly timeoutSeconds: number;
  /** Whether the emulator writes to where the function does: it does so for a managed instance. */
  private readonly mixed: boolean;
  private readonly closed: Promise<unknown>;
  /** The emulator's, as seen from here. */
  private pid = 0;
  private output = '';
  private emulatorOutput = '';
  private lastOutput = 0;
  private invocations: Promise<unknown> = Promise.resolve();

  constructor(private readonly work: string, options: FunctionOptions, private readonly ports: readonly [number, number]) {
    const { runtime, handler, code, env = {}, timeoutSeconds = 10, memorySize = 128, maxConcurrency } = options;
    this.timeoutSeconds = timeoutSeconds;
    this.mixed = maxConcurrency !== undefined;
    const variables = lambdaEnvironment({ runtime, memorySize, timeoutSeconds, maxConcurrency, name: 'under-test', variables: env });
    const { command, args, env: outer } = enter({ work, emulator: EMULATOR, code: fs.realpathSync(code), ...runtimeFolders(runtime) }, [
      'env', '--ignore-environment', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      '/var/rapid/aws-lambda-rie', '--log-level', 'debug',
      '--runtime-interface-emulator-address', `127.0.0.1:${ports[0]}`, '--runtime-api-address', `127.0.0.1:${ports[1]}`,
      '/var/rapid/bootstrap', handler,
    ]);
    this.child = spawn(command, args, { env: { ...outer }, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    this.closed = once(this.child, 'close');
    this.child.stdio[3]!.once('data', (told: Buffer) => {
      this.pid = Number(told.toString());
    });
    this.child.stdout!.setEncoding('utf8').on('data', (part: string) => {
      this.output += part;
      this.lastOutput = performance.now();
    });
    this.child.stderr!.setEncoding('utf8').on('data', (part: string) => {
      this.emulatorOutput += part;
      this.lastOutput = performance.now();
    });
  }

  /** How long the function took to start, once it was invoked. */
  public get initMs(): number {
    const { emulatorLog } = this.separate(this.output, this.emulatorOutput);
    const [, milliseconds] = /INIT REPORT\((?:initType: [\w-]+, )?durationMs: ([\d.]+)/.exec(emulatorLog) ?? [];
    if (milliseconds === undefined) {
      throw new Error('the function has not started: its first invocation starts it');
    }
    return Number(milliseconds);
  }

  /** All that the function wrote. */
  public get logs(): string {
    return this.separate(this.output, this.emulatorOutput).logs;
  }

  /** The most memory that an extension's process had in use so far. */
  public peakBytesOf(extension: string): number {
    for (const pid of fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      const [status, command] = ['status', 'cmdline'].map((file) => readProcess(pid, file));
      // Behind an interpreter, or a launcher of another name, the last argument is the extension's.
      const name = path.basename(command.split('\0').slice(0, -1).at(-1) ?? '');
      if (name === extension && new RegExp(`^PPid:\\s+${this.pid}$`, 'm').test(status)) {
        return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
      }
    }
    throw new Error(`the function has no process of ${extension}`);
  }

  /** Sends an event: anything that JSON knows, or text that is sent as it is when it is a Buffer. */
  public async invoke(event: unknown): Promise<Invocation> {
    const invocation = this.invocations.then(async () => this.send(event));
    this.invocations = invocation.catch(() => undefined);
    return invocation;
  }

  /** Ends the function as Lambda does, so that its extensions hear of it, and what does not end by itself within 5 s. */
  public async stop(): Promise<void> {
    if (this.pid > 0 && !this.hasEnded()) {
      this.terminate();
    }
    const late = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await this.closed;
    clearTimeout(late);
    fs.rmSync(this.work, { recursive: true, force: true });
  }

  /** Waits until events can be sent. */
  public async listening(): Promise<void> {
    // Its API as well, lest a quick extension asks before it is there. On a managed instance it may be gone by now, with a start that failed.
    const ports = this.mixed ? [this.ports[0]] : this.ports;
    for (const end = performance.now() + 10_000; !(await Promise.all(ports.map(canConnect))).every(Boolean);) {
      if (this.hasEnded() || performance.now() > end) {
        await this.end();
        throw new Error(`the emulator did not start: ${this.emulatorOutput}${this.output}`);
      }
      await sleep(5);
    }
  }

  /** Kills it with all that it started. */
  public async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.closed;
  }

  private async send(event: unknown): Promise<Invocation> {
    const before = [this.output.length, this.emulatorOutput.length];
    const { status, body } = await post(this.ports[0], Buffer.isBuffer(event) ? event : JSON.stringify(event), this.timeoutSeconds + 30)
      .catch((error: Error) => { throw new Error(`${error.message}\n${this.emulatorOutput}${this.output}`); });
    await this.settled();
    const { logs, emulatorLog } = this.separate(this.output.slice(before[0]), this.emulatorOutput.slice(before[1]));
    const outcome = outcomeOf(status, body, emulatorLog);
    const value = parsed(body);
    if (outcome === 'answer') {
      return { outcome, answer: value, logs, emulatorLog };
    }
    const error = typeof value === 'object' && value !== null ? value as Invocation['error'] : { errorType: `Status ${status}`, errorMessage: body };
    return { outcome, error, logs, emulatorLog };
  }

  private separate(output: string, emulatorOutput: string): Pick<Invocation, 'logs' | 'emulatorLog'> {
    if (!this.mixed) {
      return { logs: output, emulatorLog: emulatorOutput };
    }
    const line = /^time=\S+ level=[A-Z]+ msg=.*\n/gm;
    return { logs: output.replace(line, ''), emulatorLog: emulatorOutput + (output.match(line) ?? []).join('') };
  }

  /** Waits until what was written before the answer has come through the pipes. */
  private async settled(): Promise<void> {
    const begin = performance.now();
    do {
      await sleep(5);
    } while (performance.now() - Math.max(begin, this.lastOutput) < 15);
  }

  private terminate(): void {
    try {
      process.kill(this.pid, 'SIGTERM');
    } catch (error) {
      // It may have ended without our child having told so yet.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw error;
      }
    }
  }

  private hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

/**
 * Two ports that nobody listens on. Systems give ports above these to whoever connects or asks for any, which would take one away
 * before the emulator has it.
 */
export async function freePorts(): Promise<[number, number]> {
  const ports = new Set<number>();
  while (ports.size < 2) {
    const port = randomInt(10_000, 32_000);
    if (await isFree(port)) {
      ports.add(port);
    }
  }
  return [...ports] as [number, number];
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer();
  return new Promise((resolve) => {
    server.on('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function canConnect(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

async function post(port: number, body: Buffer | string, seconds: number): Promise<{ status: number; body: string }> {
  const request = http.request({
    host: '127.0.0.1', port, method: 'POST', path: '/2015-03-31/functions/function/invocations', agent: false,
    signal: AbortSignal.timeout(seconds * 1000),
  });
  request.end(body);
  const [response] = await once(request, 'response') as [http.IncomingMessage];
  return { status: response.statusCode!, body: await text(response) };
}

/** A file of a process; empty when it has ended. */
function readProcess(pid: string, file: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
