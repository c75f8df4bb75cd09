import { spawn } from 'node:child_process';

/** What a finished tool leaves behind. */
export interface ToolRun {
  /** 0 when all went well. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolOptions {
  readonly cwd?: string;
  readonly env: Record<string, string>;
  readonly input?: string;
}

const KEPT_CHARACTERS = 200_000;
const TAIL_LINES = 20;

/** Runs a tool to its end. Rejects only when it cannot be started; the error then has Node's `code`, such as ENOENT. */
export function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
        output[stream] = (output[stream] + chunk).slice(-KEPT_CHARACTERS);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
    child.stdin?.on('error', () => undefined).end(options.input);
  });
}

/** How a failed tool ended, with the last lines that it wrote. */
export function describeFailure(tool: string, run: ToolRun, secrets: readonly string[] = []): string {
  const end = run.signal === null ? `${tool} ended with exit code ${run.code}` : `${tool} was killed by ${run.signal}`;
  const lines = redact(`${run.stdout}\n${run.stderr}`, secrets)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  return [end, ...lines.slice(-TAIL_LINES)].join('\n');
}

/** Text without the values of secrets, nor whatever a URL carries before its host. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== '').flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const withoutKnown = known.reduce((result, secret) => result.split(secret).join('****'), text);
  return withoutKnown.replace(/(:\/\/)[^/\s@]+@/g, '$1****@');
}
