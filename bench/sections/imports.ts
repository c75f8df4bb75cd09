import { findInterpreter } from '../interpreters';
import type { LayerFolders } from '../layer-folders';
import { interleave, median, run, spread } from '../measure';
import type { Options } from '../options';
import { judge, printTable, say, sayProgress } from '../report';
import { RUNTIMES, SETS } from '../sets';
import type { Workspace } from '../workspace';

/** Time of the imports alone, by the interpreter's own clock, with nothing of this machine on the path. */
const SCRIPT = `
import sys, time
sys.path.insert(0, sys.argv[1])
begin = time.perf_counter()
exec(sys.argv[2])
print(time.perf_counter() - begin)
`;

/** Imports in a fresh process from the layer as Lambda unpacks it. */
export function imports(workspace: Workspace, { quick }: Options, folders: LayerFolders): void {
  const rows = RUNTIMES.flatMap((runtime) => {
    const interpreter = findInterpreter(workspace, runtime);
    if (interpreter === undefined) {
      say(`\nImports for ${runtime} are not measured: there is no interpreter of that version`);
      return [];
    }
    return SETS.map((set) => {
      sayProgress(`imports ${set.name}, ${runtime}`);
      const both = folders.ours(set, runtime, 'source-and-bytecode');
      const only = folders.ours(set, runtime, 'bytecode-only');
      const theirs = folders.theirs(set, runtime, interpreter);
      const timeImports = (root: string) => (): number => {
        const args = ['-I', '-S', '-B', '-c', SCRIPT, `${root}/python`, set.imports];
        return Number(run({ command: interpreter, args, cwd: workspace.root, env: workspace.env }).stdout);
      };
      const contenders = { theirs: timeImports(theirs.root), both: timeImports(both.root), only: timeImports(only.root) };
      Object.values(contenders).forEach((fillDiskCache) => fillDiskCache());
      const seconds = interleave(quick ? 5 : 15, contenders);
      const ratio = (name: 'both' | 'only'): number => median(seconds[name]) / median(seconds.theirs);
      return [
        set.name, runtime, spread(seconds.theirs, 'ms'), spread(seconds.both, 'ms'),
        judge(`imports ${set.name}, ${runtime}, SOURCE_AND_BYTECODE`, ratio('both'), { atMost: 0.55 }),
        (both.bytes / theirs.bytes).toFixed(2),
        spread(seconds.only, 'ms'), ratio('only').toFixed(2), (only.bytes / theirs.bytes).toFixed(2),
      ];
    });
  });
  printTable(
    'Import time of all packages in a fresh process, after a zip with fixed dates: against what pip leaves',
    ['set', 'runtime', 'pip', 'SOURCE_AND_BYTECODE', 'time ratio', 'bytes ratio', 'BYTECODE_ONLY', 'time ratio', 'bytes ratio'],
    rows,
  );
}
