import * as fs from 'node:fs';
import * as path from 'node:path';
import { findInterpreter } from '../interpreters';
import type { LayerFolders } from '../layer-folders';
import { interleave, median, run, spread, type Command } from '../measure';
import type { Options } from '../options';
import { bytes as text, judge, printTable, say, sayProgress } from '../report';
import { RUNTIMES, type RuntimeName } from '../sets';
import { archiveIn } from '../synth';
import type { Workspace } from '../workspace';

const APPS = path.join(__dirname, '../apps');
const SOURCES = path.join(__dirname, '../../runtime/auth-utils/nodejs');

const ALGORITHMS = ['HS256', 'RS256', 'ES256'] as const;
const PYTHON_AT_MOST = 1.4;
const NODEJS_AT_MOST = 1.15;
const IMPORT_AT_MOST_MS = 40;
const BYTES_AT_MOST = 260_000;

const ROUNDS = 100;

/** Time of one import, by the interpreter's own clock, from the layer alone and without writing bytecode, as on Lambda. */
const IMPORT = `
import sys, time
sys.path.insert(0, sys.argv[1])
begin = time.perf_counter()
__import__(sys.argv[2])
print(time.perf_counter() - begin)
`;

interface Times {
  /** Seconds a token, of each round. */
  readonly bare: number[];
  readonly ours: number[];
}

/** The code of auth layers against the libraries that it stands on, with the same tokens, checks and keys. */
export function auth(workspace: Workspace, options: Options, _: LayerFolders): void {
  const interpreters = RUNTIMES.flatMap((runtime) => {
    const interpreter = findInterpreter(workspace, runtime);
    if (interpreter === undefined) {
      say(`\nAuthentication is not measured for ${runtime}: there is no interpreter of that version`);
    }
    return interpreter === undefined ? [] : [{ runtime, interpreter }];
  });
  const both = buildLayer(workspace, 'HS256', []);
  const nodeModules = installNodejs(workspace);
  const python = interpreters.map(({ runtime, interpreter }) => {
    const folder = path.join(buildLayer(workspace, 'RS256', [runtime]).root, 'python');
    const args = ['-I', '-S', path.join(APPS, 'auth.py'), folder];
    return { name: runtime as string, than: '`jwt.decode`', atMost: PYTHON_AT_MOST, command: interpreter, args };
  });
  const nodejs = {
    name: `Node.js ${process.versions.node}`,
    than: '`jwtVerify`',
    atMost: NODEJS_AT_MOST,
    command: process.execPath,
    args: [path.join(APPS, 'auth.mjs'), nodeModules],
  };

  printTable(
    'A warm verification: against the bare call of the same library, with the same checks and key',
    ['language', 'algorithm', 'bare, µs', 'ours, µs', 'ratio of the rounds'],
    [...python, nodejs].flatMap(({ name, than, atMost, command, args }) => ALGORITHMS.map((algorithm) => {
      sayProgress(`verifications, ${name}, ${algorithm}`);
      const times = verifications(options, { command, args: [...args, algorithm], cwd: workspace.root, env: workspace.env });
      // Round by round: whatever slows the machine down meets both calls of a round.
      const ratio = median(times.ours.map((seconds, round) => seconds / times.bare[round]));
      // Signatures of public keys take most of the time, so that those ratios say little.
      const verdict = algorithm === 'HS256' ? judge(`verification against ${than}, ${name}`, ratio, { atMost }) : ratio.toFixed(2);
      return [name, algorithm, micro(times.bare), micro(times.ours), verdict];
    })),
  );
  printTable(
    'Import from the layer for HS256, in a fresh process',
    ['runtime', 'import jwt', 'import auth_utils', 'ms more'],
    interpreters.map(({ runtime, interpreter }) => importRow(workspace, options, runtime, interpreter, path.join(both.root, 'python'))),
  );
  printTable('Layer for HS256, both languages with their libraries', ['unzipped bytes', ''], [
    [text(both.bytes), judge('unzipped bytes of the layer for HS256', both.bytes, { atMost: BYTES_AT_MOST })],
  ]);
}

function importRow(workspace: Workspace, { quick }: Options, runtime: RuntimeName, interpreter: string, folder: string): string[] {
  sayProgress(`imports, ${runtime}`);
  const time = (module: string) => (): number =>
    Number(run({ command: interpreter, args: ['-I', '-S', '-B', '-c', IMPORT, folder, module], env: workspace.env }).stdout);
  const contenders = { bare: time('jwt'), ours: time('auth_utils') };
  Object.values(contenders).forEach((fillDiskCache) => fillDiskCache());
  const seconds = interleave(quick ? 5 : 20, contenders);
  const more = median(seconds.ours.map((one, round) => one - seconds.bare[round])) * 1000;
  const verdict = judge(`import of auth_utils, ms more, ${runtime}`, more, { atMost: IMPORT_AT_MOST_MS });
  return [runtime, spread(seconds.bare, 'ms'), spread(seconds.ours, 'ms'), verdict];
}

/** Rounds of several processes, since each has its own luck with memory. */
function verifications({ quick }: Options, command: Command): Times {
  const withRounds = { ...command, args: [...command.args, String(ROUNDS)] };
  const runs = Array.from({ length: quick ? 1 : 7 }, () => JSON.parse(run(withRounds).stdout) as Times);
  return { bare: runs.flatMap((one) => one.bare), ours: runs.flatMap((one) => one.ours) };
}

/** The layer as Lambda unpacks it. */
function buildLayer(workspace: Workspace, algorithm: string, runtimes: readonly RuntimeName[]): { readonly root: string; readonly bytes: number } {
  sayProgress(`layer for ${[algorithm, ...runtimes].join(', ')}`);
  const outdir = workspace.fresh('cdk.out');
  const root = workspace.fresh('auth');
  const env = { ...workspace.env, CDK_LAMBDA_LAYERS_CACHE: workspace.fresh('cache') };
  const args = [path.join(APPS, 'auth-layer.js'), outdir, algorithm, ...runtimes];
  const { stdout } = run({ command: process.execPath, args, cwd: workspace.root, env });
  run({ command: 'unzip', args: ['-q', archiveIn(outdir), '-d', root], env });
  return { root, bytes: Number(stdout) };
}

/** A node_modules with jose as it is published, since the layer's lacks the bare call, and the code of the layer beside it. */
function installNodejs(workspace: Workspace): string {
  const folder = workspace.fresh('nodejs');
  fs.cpSync(path.join(SOURCES, 'libraries'), folder, { recursive: true });
  run({ command: 'npm', args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], cwd: folder, env: workspace.env });
  const modules = path.join(folder, 'node_modules');
  fs.cpSync(path.join(SOURCES, 'auth-utils'), path.join(modules, 'auth-utils'), { recursive: true });
  return modules;
}

/** Median with the smallest and largest round. */
function micro(seconds: readonly number[]): string {
  const format = (value: number): string => (value * 1e6).toFixed(1);
  return `${format(median(seconds))} (${format(Math.min(...seconds))}-${format(Math.max(...seconds))})`;
}
