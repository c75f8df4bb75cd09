import { spawnSync } from 'node:child_process';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Run {
  readonly seconds: number;
  readonly stdout: string;
}

const TAIL_LINES = 15;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs a command to its end; throws when it fails. */
export function run({ command, args, cwd, env }: Command): Run {
  const begin = process.hrtime.bigint();
  const child = spawnSync(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES });
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  if (child.status !== 0) {
    const output = `${child.stdout ?? ''}\n${child.stderr ?? ''}`.trim().split('\n').slice(-TAIL_LINES).join('\n');
    throw new Error(`${command} ${args.join(' ')}: ${child.error?.message ?? `exit code ${child.status}`}\n${output}`);
  }
  return { seconds, stdout: child.stdout };
}

/** Lets the disk finish what earlier runs wrote, so that nobody pays for another. */
export function settle(): void {
  spawnSync('sync');
}

/** Measures several things in turns, so that a slow minute of the machine meets all of them. */
export function interleave<Name extends string>(repetitions: number, contenders: Readonly<Record<Name, () => number>>): Record<Name, number[]> {
  const names = Object.keys(contenders) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const name of names) {
      results[name].push(contenders[name]());
    }
  }
  return results;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median with the smallest and largest value. */
export function spread(values: readonly number[], unit: 's' | 'ms' = 's'): string {
  const text = (value: number): string => (unit === 's' ? value.toFixed(2) : (value * 1000).toFixed(0));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.length === 1 ? `${text(values[0])} ${unit}` : `${text(median(values))} ${unit} (${text(low)}-${text(high)})`;
}
