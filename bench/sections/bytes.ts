import * as path from 'node:path';
import { findInterpreter } from '../interpreters';
import type { FileSize, LayerFolders, OurLayer } from '../layer-folders';
import type { Options } from '../options';
import { bytes as text, judge, printTable, say, sayProgress } from '../report';
import { A, B, C, RUNTIMES } from '../sets';
import type { Workspace } from '../workspace';

const CASES = [{ set: A, atMost: 0.58 }, { set: B, atMost: 0.72 }, { set: C, atMost: 0.65 }];
const QUOTA_BYTES = 262_144_000;
const GROUPS = 10;

/** Unzipped bytes against PythonLayerVersion's content. */
export function bytes(workspace: Workspace, { verbose }: Options, folders: LayerFolders): void {
  const details: (() => void)[] = [];
  const rows = RUNTIMES.flatMap((runtime) => {
    const interpreter = findInterpreter(workspace, runtime);
    if (interpreter === undefined) {
      say(`\nBytes for ${runtime} are not measured: there is no interpreter of that version, whose pip is needed`);
      return [];
    }
    return CASES.map(({ set, atMost }) => {
      sayProgress(`bytes ${set.name}, ${runtime}`);
      const ours = folders.ours(set, runtime);
      const theirs = folders.theirs(set, runtime, interpreter);
      details.push(() => printDetails(`${set.name}, ${runtime}`, ours));
      return [
        set.name, runtime, text(ours.bytes), String(ours.files.length), text(theirs.bytes), String(theirs.files.length),
        judge(`bytes ${set.name}, ${runtime}`, ours.bytes / theirs.bytes, { atMost }),
        `${(ours.bytes / QUOTA_BYTES * 100).toFixed(1)} %`,
      ];
    });
  });
  printTable(
    'Unzipped bytes: against what pip leaves of the same lock',
    ['set', 'runtime', 'ours', 'files', 'pip', 'files', 'ratio', 'of the quota'],
    rows,
  );
  if (verbose) {
    details.forEach((print) => print());
  }
}

function printDetails(name: string, { files, manifest }: OurLayer): void {
  const savings = manifest.savings.filter((saving) => saving.bytes > 0).map((saving) => [saving.rule, String(saving.files), text(saving.bytes)]);
  printTable(`${name}: what the rules remove`, ['rule', 'files', 'bytes'], savings);
  const groups = new Map<string, { count: number; bytes: number }>();
  for (const file of files) {
    const group = groups.get(groupOf(file)) ?? { count: 0, bytes: 0 };
    groups.set(groupOf(file), { count: group.count + 1, bytes: group.bytes + file.bytes });
  }
  const largest = [...groups].sort(([, a], [, b]) => b.bytes - a.bytes).slice(0, GROUPS)
    .map(([group, one]) => [group, String(one.count), text(one.bytes)]);
  printTable(`${name}: what remains, the largest groups`, ['group', 'files', 'bytes'], largest);
}

/** Package and kind of file. */
function groupOf(file: FileSize): string {
  const [, top] = file.path.split('/');
  return `${top} ${/\.so(?:\.|$)/.test(file.path) ? '.so' : path.extname(file.path)}`;
}
