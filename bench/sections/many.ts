import * as fs from 'node:fs';
import * as path from 'node:path';
import { median, run, settle, spread } from '../measure';
import type { Options } from '../options';
import { judge, printTable, sayProgress } from '../report';
import { A, B, lockFolder, type PackageSet } from '../sets';
import { synth, synthCommand, type LayerWish } from '../synth';
import type { Workspace } from '../workspace';

const RUNTIME = 'python3.11';
const COPIES = 10;
const LAYERS = 30;
const CHANGED = 2;

/** Small pure packages that no other package of the set needs: with or without them, a lock stays a lock. */
const OPTIONAL = ['pyshorteners', 'qrcode', 'pyjwt', 'redis'];

/** Many layers of one app through `npx cdk-lambda-layers build`. */
export function many(workspace: Workspace, options: Options): void {
  const project = makeProject(workspace);
  copies(workspace, project, options);
  rebuilds(workspace, project);
}

function copies(workspace: Workspace, project: string, { quick }: Options): void {
  sayProgress(`${COPIES} cold copies of B`);
  const layers = Array.from({ length: COPIES }, (_, copy): LayerWish => ({ id: `Copy${copy}`, folder: writeLock(workspace, B, withoutSome(copy)) }));
  const sideBySide: number[] = [];
  const oneByOne: number[] = [];
  const inOneSynth: number[] = [];
  // Fills uv's cache.
  buildCold(workspace, project, layers.slice(0, 1));
  for (let repetition = 0; repetition < (quick ? 1 : 2); repetition++) {
    sideBySide.push(buildCold(workspace, project, layers));
    oneByOne.push(layers.reduce((sum, layer) => sum + buildCold(workspace, project, [layer]), 0));
    inOneSynth.push(synthCold(workspace, layers));
  }
  const row = (what: string, serial: readonly number[]): string[] => [
    what, spread(serial), spread(sideBySide),
    judge(`${COPIES} copies of B side by side, against ${what}`, median(sideBySide) / median(serial), { atMost: 0.6 }),
  ];
  printTable(
    `${COPIES} cold copies of B with different locks, ${RUNTIME}: npx cdk-lambda-layers build against the same one after another`,
    ['one after another', 'seconds', 'side by side', 'ratio'],
    [row(`${COPIES} runs of build with one layer each`, oneByOne), row('one synth that builds them in a row', inOneSynth)],
  );
}

function rebuilds(workspace: Workspace, project: string): void {
  sayProgress(`${LAYERS} layers of which ${CHANGED} changed`);
  const cache = workspace.fresh('cache');
  const folder = writeLock(workspace, A, (name) => name === 'idna');
  const layers = Array.from({ length: LAYERS }, (_, number): LayerWish => {
    const files = workspace.fresh('files');
    fs.mkdirSync(files);
    fs.writeFileSync(path.join(files, 'number.txt'), String(number));
    return { id: `Layer${number}`, folder, files };
  });
  const first = build(workspace, project, layers, cache);
  layers.slice(0, CHANGED).forEach(({ files }) => fs.writeFileSync(path.join(files!, 'number.txt'), 'changed'));
  const second = build(workspace, project, layers, cache);
  workspace.remove(cache);
  printTable(`${LAYERS} layers of which ${CHANGED} changed: npx cdk-lambda-layers build`, ['run', 'seconds', 'built'], [
    ['first', spread([first.seconds]), String(first.built)],
    ['second', spread([second.seconds]), judge('builds for a changed layer', second.built / CHANGED, { atMost: 1 })],
  ]);
}

/** A project that has the library installed, as a user's. */
function makeProject(workspace: Workspace): string {
  const project = workspace.fresh('project');
  const modules = path.join(project, 'node_modules');
  const library = path.resolve(__dirname, '..', '..');
  fs.mkdirSync(path.join(modules, '.bin'), { recursive: true });
  fs.symlinkSync(library, path.join(modules, 'cdk-lambda-layers'));
  const { bin } = JSON.parse(fs.readFileSync(path.join(library, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  for (const [name, file] of Object.entries(bin)) {
    fs.writeFileSync(path.join(modules, '.bin', name), `#!/bin/sh\nexec node "${path.join(library, file)}" "$@"\n`, { mode: 0o755 });
  }
  fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
  return project;
}

/** Leaves out a different choice of the optional packages for every number. */
function withoutSome(number: number): (name: string) => boolean {
  return (name) => !OPTIONAL.some((optional, bit) => optional === name && (number >> bit & 1) === 1);
}

/** A folder with the set's lock, narrowed to some of its packages. */
function writeLock(workspace: Workspace, set: PackageSet, keeps: (name: string) => boolean): string {
  const lock = fs.readFileSync(path.join(lockFolder(set, RUNTIME), 'requirements.txt'), 'utf8');
  const kept = lock.split(/^(?=\S)/m).filter((requirement) => keeps(/^[\w.-]+/.exec(requirement)?.[0] ?? ''));
  const folder = workspace.fresh('lock');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'requirements.txt'), kept.join(''));
  return folder;
}

function buildCold(workspace: Workspace, project: string, layers: readonly LayerWish[]): number {
  const cache = workspace.fresh('cache');
  settle();
  const { seconds, built } = build(workspace, project, layers, cache);
  if (built !== layers.length) {
    throw new Error(`${built} of ${layers.length} layers were built`);
  }
  workspace.remove(cache);
  return seconds;
}

function synthCold(workspace: Workspace, layers: readonly LayerWish[]): number {
  const cache = workspace.fresh('cache');
  settle();
  const { seconds, outdir } = synth(workspace, RUNTIME, { layers }, { CDK_LAMBDA_LAYERS_CACHE: cache });
  workspace.remove(cache);
  workspace.remove(outdir);
  return seconds;
}

interface Builds {
  readonly seconds: number;
  readonly built: number;
}

function build(workspace: Workspace, project: string, layers: readonly LayerWish[], cache: string): Builds {
  const app = synthCommand(workspace, RUNTIME, { layers }, { CDK_LAMBDA_LAYERS_CACHE: cache });
  const { seconds, stdout } = run({
    command: 'npx',
    args: ['cdk-lambda-layers', 'build', '--json', '--', app.command, ...app.args],
    cwd: project,
    env: app.env,
  });
  const results = JSON.parse(stdout) as { built: boolean }[];
  return { seconds, built: results.filter((result) => result.built).length };
}
