import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type * as cdk from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as library from '../../lib';
import { buildEnvironment } from '../../lib/build/environment';
import { findUv } from '../../lib/build/find-uv';
import { cacheLocation } from '../../lib/cache/location';

/** What an app of a test works with. */
export type AppTools = typeof library & {
  readonly stack: cdk.Stack;
  readonly cdk: typeof cdk;
  readonly lambda: typeof lambda;
  readonly Runtime: typeof lambda.Runtime;
};

/** Adds to a stack. It runs in another process and sees nothing but its argument; relative paths are below the sandbox's `app`. */
export type AppBody = (tools: AppTools) => unknown;

export interface SynthOptions {
  /** Variables to set, or with undefined to take away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly context?: Readonly<Record<string, unknown>>;
  /** Folder below the sandbox that is synthesised to. */
  readonly outdir?: string;
  /** User that the app runs as; for tests that run as root, who may read and write all. */
  readonly uid?: number;
}

/** How a synth ended. */
export interface SynthRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What the app's body returned. */
  readonly result?: unknown;
  /** The message that it failed with. */
  readonly message?: string;
  readonly stderr: string;
}

/** How a command ended. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A message of this library, in its parts. */
export interface SaidFault {
  readonly place: string;
  readonly what: string;
  readonly got?: string;
  readonly allowed?: string;
  readonly do?: string;
}

/** A user that owns nothing. */
export const STRANGER = 65534;

export const isRoot = process.getuid?.() === 0;

const CLI = path.join(__dirname, '../../lib/cli/main.js');
const APP = path.join(__dirname, 'app.js');

/** A machine of its own for one test: an app's folder, a home, a cache, a temporary folder and tools. */
export class Sandbox {
  /** With the uv of this machine, or the one that the library installs where there is none. */
  public static async create(): Promise<Sandbox> {
    const sandbox = new Sandbox(fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'layers-test-')));
    for (const folder of ['app', 'bin', 'cache', 'home', 'out', 'tmp']) {
      fs.mkdirSync(sandbox.path(folder), { mode: 0o700 });
    }
    const uv = await findUv({ env: buildEnvironment(process.env), cacheRoot: cacheLocation(process.env, undefined).root, install: true });
    sandbox.tool('uv', `exec '${[onPath(uv.command), ...uv.prefix].join("' '")}' "$@"`);
    // The interpreter itself: what stands for it on the path of a machine with several versions is slow.
    fs.symlinkSync(execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim(), sandbox.path('bin', 'python3'));
    return sandbox;
  }

  private constructor(public readonly root: string) {}

  public path(...parts: readonly string[]): string {
    return path.join(this.root, ...parts);
  }

  /** Writes a file of the app. */
  public write(file: string, content: string | Buffer = ''): string {
    const absolute = this.path('app', file);
    fs.mkdirSync(path.dirname(absolute), { recursive: true });
    fs.writeFileSync(absolute, content);
    return absolute;
  }

  /** Puts a shell script first on the path. */
  public tool(name: string, script: string): void {
    fs.rmSync(this.path('bin', name), { force: true });
    fs.writeFileSync(this.path('bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** The shell command of a tool of the sandbox, for a script that takes its place. */
  public takeTool(name: string, as: string): string {
    fs.renameSync(this.path('bin', name), this.path('bin', as));
    return `'${this.path('bin', as)}'`;
  }

  /** Starts an app in a process group of its own. */
  public start(body: AppBody, options: SynthOptions = {}): ChildProcess {
    const env = { ...process.env, CI: undefined, ...this.environment(), ...options.env };
    const child = spawn(process.execPath, [APP, this.path(options.outdir ?? 'out'), JSON.stringify(options.context ?? {})], {
      cwd: this.path('app'), env, uid: options.uid, detached: true, stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin?.on('error', () => undefined).end(body.toString());
    return child;
  }

  /** Synthesises an app. */
  public async synth(body: AppBody, options: SynthOptions = {}): Promise<SynthRun> {
    const child = this.start(body, options);
    const output = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => { output.stdout += text; });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { output.stderr += text; });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        const answer = output.stdout === '' ? {} : JSON.parse(output.stdout) as Pick<SynthRun, 'message' | 'result'>;
        resolve({ code, signal, stderr: output.stderr, ...answer });
      });
    });
  }

  /** Runs the command line in the app's folder. */
  public async cli(args: readonly string[], options: Pick<SynthOptions, 'env'> = {}): Promise<CliRun> {
    const env = { ...process.env, CI: undefined, ...this.environment(), ...options.env };
    const child = spawn(process.execPath, [CLI, ...args], { cwd: this.path('app'), env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => { output.stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { output.stderr += text; });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, ...output }));
    });
  }

  /** Synthesises an app that must fail with messages of this library, and leave nothing behind. */
  public async fail(body: AppBody, options: SynthOptions = {}): Promise<SaidFault[]> {
    const before = this.leftovers();
    const run = await this.synth(body, options);
    expect(run).toEqual({ code: 0, signal: null, stderr: run.stderr, message: expect.any(String) });
    expect(this.leftovers()).toEqual(before);
    const faults = readFaults(run.message ?? '');
    for (const fault of faults) {
      expect(Object.keys(fault)).toEqual(expect.arrayContaining(['place', 'what', 'got', 'do']));
    }
    return faults;
  }

  /** What only a successful synth may leave. */
  public leftovers(): string[] {
    return [
      ...list(this.path('out')).filter((name) => name.startsWith('asset.')),
      ...list(this.path('app')).filter((name) => name.includes('cdk-lambda-layers.lock')),
      ...list(this.path('cache/layers')),
      ...list(this.path('cache/tmp')),
      ...list(this.path('cache/locks')),
      ...list(this.path('tmp')),
    ];
  }

  public remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  private environment(): Record<string, string> {
    return {
      PATH: `${this.path('bin')}${path.delimiter}${process.env.PATH ?? ''}`,
      TMPDIR: this.path('tmp'),
      CDK_LAMBDA_LAYERS_CACHE: this.path('cache'),
    };
  }
}

/** A command by its absolute path: by its name alone, a tool that stands for it on the path would call itself. */
function onPath(command: string): string {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.map((folder) => path.resolve(folder, command)).find((file) => fs.existsSync(file)) ?? command;
}

/** The faults of a message; fails when a part of it is none. */
export function readFaults(message: string): SaidFault[] {
  const faults: Record<string, string>[] = [];
  let label = '';
  for (const line of message.split('\n')) {
    const [, place, what] = /^(\S[^:\n]*): (.+)$/.exec(line) ?? [];
    const [, name, text] = /^ {2}(got|allowed|do): (.*)$/.exec(line) ?? [];
    if (place !== undefined) {
      faults.push({ place, what });
    } else if (name !== undefined) {
      label = name;
      faults[faults.length - 1][label] = text;
    } else if (line.startsWith('    ')) {
      faults[faults.length - 1][label] += `\n${line.slice(4)}`;
    } else {
      throw new Error(`not a message of this library: ${message}`);
    }
  }
  return faults as unknown as SaidFault[];
}

function list(folder: string): string[] {
  return fs.existsSync(folder) ? (fs.readdirSync(folder, { recursive: true }) as string[]) : [];
}
