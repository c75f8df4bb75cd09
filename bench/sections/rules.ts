import * as fs from 'node:fs';
import * as path from 'node:path';
import { interleave, median, run, spread } from '../measure';
import type { Options } from '../options';
import { judge, printTable, sayProgress } from '../report';
import { C, lockFolder } from '../sets';
import type { Workspace } from '../workspace';

const APPS = path.join(__dirname, '../apps');

const LAYERS = 5;
const FILES_IN_LAYER = 1000;
const FEW = 500;
const MANY = 5000;
const UNIT_TESTS = 200;

/** How the functions get their layers, and the share of the synth that the rules may have. */
const WAYS = { 'layers': 0.08, 'attachTo': 0.08, 'overrides': 0.12, 'merged overrides': 0.12 } as const;

/** What `apps/rules.js` reads. */
interface RulesApp {
  readonly functions: number;
  readonly way: keyof typeof WAYS;
  /** Folders that become layers. */
  readonly layers: readonly string[];
  readonly outdir: string;
  readonly repetitions: number;
}

interface RulesRun {
  readonly synth: number;
  readonly rules: number;
  readonly functions: number;
  readonly layers: number;
}

/** What the rules cost a synth, and stubs a user's unit tests. */
export function rules(workspace: Workspace, { quick }: Options): void {
  const layers = Array.from({ length: LAYERS }, (_, number) => makeLayer(workspace, number));
  const env = { ...workspace.env, CDK_LAMBDA_LAYERS_CACHE: workspace.fresh('cache') };
  const measure = (functions: number, way: RulesApp['way'], repetitions: number): RulesRun[] => {
    sayProgress(`rules over ${functions} functions by ${way}`);
    const app: RulesApp = { functions, way, layers, outdir: workspace.fresh('rules'), repetitions };
    const { stdout } = run({ command: process.execPath, args: [path.join(APPS, 'rules.js'), JSON.stringify(app)], env });
    const runs = JSON.parse(stdout) as RulesRun[];
    if (runs.some((one) => one.functions !== functions || one.layers !== LAYERS)) {
      throw new Error(`the rules saw something else than ${functions} functions with ${LAYERS} layers: ${stdout}`);
    }
    return runs;
  };

  const few = (Object.keys(WAYS) as RulesApp['way'][]).map((way) => ({ way, runs: measure(FEW, way, quick ? 5 : 15) }));
  const many = measure(MANY, 'layers', quick ? 1 : 3);
  const perFunction = (runs: readonly RulesRun[], functions: number): number => median(runs.map((one) => one.rules)) / functions;
  const row = (way: string, functions: number, runs: readonly RulesRun[], verdict: string): string[] =>
    [`${functions} by ${way}`, spread(runs.map((one) => one.synth)), spread(runs.map((one) => one.rules), 'ms'), verdict];
  printTable(
    `Rules over functions with ${LAYERS} layers of ${FILES_IN_LAYER} files each, in a process that has CDK loaded: against \`app.synth()\` alone`,
    ['functions', 'synth', 'rules', 'ratio'],
    [
      ...few.map(({ way, runs }) => row(way, FEW, runs, judge(
        `rules over ${FEW} functions by ${way}`, median(runs.map((one) => one.rules / one.synth)), { atMost: WAYS[way] },
      ))),
      row('layers', MANY, many, judge(
        `rules a function, ${MANY} against ${FEW} functions`, perFunction(many, MANY) / perFunction(few[0].runs, FEW), { atMost: 1.2 },
      )),
    ],
  );
  stubs(workspace, quick);
}

function makeLayer(workspace: Workspace, number: number): string {
  const folder = workspace.fresh('layer');
  fs.mkdirSync(path.join(folder, `part${number}`), { recursive: true });
  for (let file = 0; file < FILES_IN_LAYER; file++) {
    fs.writeFileSync(path.join(folder, `part${number}`, `file${file}.txt`), `${number} ${file}`);
  }
  return folder;
}

/** No path and no cache: a stub must need neither. */
function stubs(workspace: Workspace, quick: boolean): void {
  sayProgress(`${UNIT_TESTS} unit tests with and without stubs`);
  const env = { HOME: workspace.fresh('home'), PATH: '', TMPDIR: workspace.root };
  const seconds = (folder?: string) => (): number => Number(run({
    command: process.execPath, args: [path.join(APPS, 'stubs.js'), String(UNIT_TESTS), ...(folder === undefined ? [] : [folder])], env,
  }).stdout);
  const times = interleave(quick ? 3 : 7, { without: seconds(), with: seconds(lockFolder(C, 'python3.11')) });
  const more = median(times.with) - median(times.without);
  printTable(
    `${UNIT_TESTS} unit tests, each with a new App; with a stub of set C (200 MB) besides`,
    ['without layers', 'with a stub', 'more'],
    [[spread(times.without), spread(times.with), judge(`seconds more for ${UNIT_TESTS} unit tests with stubs`, more, { atMost: 5 })]],
  );
}
