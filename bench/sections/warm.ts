import { interleave, median, spread } from '../measure';
import type { Options } from '../options';
import { judge, printTable, sayProgress } from '../report';
import { SETS } from '../sets';
import { layerOf, synth, type Wishes } from '../synth';
import type { Workspace } from '../workspace';

const RUNTIME = 'python3.11';

/** Pages that the measuring itself moves. */
const NOISE = 1.05;

/** Everything cached, no output folder: what our layers cost a synth that has nothing to build. */
export function warm(workspace: Workspace, { quick }: Options): void {
  const cache = { CDK_LAMBDA_LAYERS_CACHE: workspace.fresh('cache') };
  const names = ['none', ...SETS.map((set) => set.name)] as const;
  const peaks: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const measure = (name: string, wishes: Wishes) => (): number => {
    const { seconds, peakKib, outdir } = synth(workspace, RUNTIME, wishes, cache);
    peaks[name].push(peakKib);
    workspace.remove(outdir);
    return seconds;
  };
  const contenders = Object.fromEntries(names.map((name) => {
    const set = SETS.find((one) => one.name === name);
    return [name, measure(name, set === undefined ? {} : { layers: [layerOf(set, RUNTIME)] })];
  })) as Record<typeof names[number], () => number>;

  sayProgress('warm synths');
  names.forEach((name) => contenders[name]());
  names.forEach((name) => peaks[name].pop());
  const seconds = interleave(quick ? 5 : 15, contenders);
  const megabytes = (name: string): string => `${(median(peaks[name]) / 1024).toFixed(0)} MiB`;
  printTable(
    `Warm synth, everything cached, no output folder, ${RUNTIME}: against the same app without layers, which does not load this library either`,
    ['set', 'synth', 'ratio', 'peak memory', 'against A'],
    [
      ['none', spread(seconds.none), '', megabytes('none'), ''],
      ...SETS.map(({ name }) => [
        name,
        spread(seconds[name]),
        judge(`warm synth ${name}`, median(seconds[name]) / median(seconds.none), { atMost: 1.1 }),
        megabytes(name),
        name === 'A' ? '' : judge(`peak memory ${name} against A`, median(peaks[name]) / median(peaks.A), { atMost: NOISE }),
      ]),
    ],
  );
}
