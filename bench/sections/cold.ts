import * as fs from 'node:fs';
import { bareTools, uvInstall, zip } from '../bare-tools';
import { interleave, median, settle, spread } from '../measure';
import type { Options } from '../options';
import { openPythonLayerVersion } from '../python-layer-version';
import { judge, printTable, say, sayProgress } from '../report';
import { A, B, C, type PackageSet } from '../sets';
import { archiveIn, layerOf, synth, type Wishes } from '../synth';
import type { Workspace } from '../workspace';

const RUNTIME = 'python3.11';

interface ColdCase {
  readonly set: PackageSet;
  readonly repetitions: number;
  readonly atMost: number;
}

/** Whether uv's cache has the wheels. */
type UvCache = 'full' | 'empty';

/** From nothing to the archive, against the tools that a script would call and against PythonLayerVersion. */
export function cold(workspace: Workspace, { quick }: Options): void {
  const full: ColdCase[] = [
    { set: A, repetitions: quick ? 3 : 7, atMost: 1.1 },
    { set: B, repetitions: quick ? 2 : 5, atMost: 0.9 },
    { set: C, repetitions: quick ? 1 : 5, atMost: 0.75 },
  ];
  const empty = full.map((one) => ({ ...one, repetitions: quick || one.set === C ? 1 : 2 }));

  sayProgress('filling uv\'s cache');
  const download = workspace.fresh('download');
  for (const { set } of full) {
    uvInstall(workspace, set, RUNTIME, download, {}, []);
    coldSynth(workspace, { layers: [layerOf(set, RUNTIME)] }, 'full');
  }
  workspace.remove(download);

  printTable(
    `Cold, to the archive, less an empty synth, ${RUNTIME}: against uv pip install with the same flags, then zip -6`,
    // The library lets uv ask an index only for what is not cached; the last columns are a script that knows that all of it is.
    ['set', 'uv\'s cache', 'ours', 'bare tools', 'ratio', 'with --offline', 'ratio'],
    [
      ...full.map((one) => againstBareTools(workspace, one, 'full')),
      ...empty.map((one) => againstBareTools(workspace, one, 'empty')),
    ],
  );
  againstPythonLayerVersion(workspace, quick);
}

function againstBareTools(workspace: Workspace, { set, repetitions, atMost }: ColdCase, uvCache: UvCache): string[] {
  sayProgress(`cold ${set.name}, uv's cache ${uvCache}`);
  const offline: number[] = [];
  const { ours, nothing, bare } = interleave(repetitions, {
    nothing: () => coldSynth(workspace, {}, 'full'),
    ours: () => coldSynth(workspace, { layers: [layerOf(set, RUNTIME)] }, uvCache),
    bare: () => withUvCache(workspace, uvCache, (env) => {
      const { seconds, offlineSeconds } = bareTools(workspace, set, RUNTIME, env, uvCache);
      offline.push(...(offlineSeconds === undefined ? [] : [offlineSeconds]));
      return seconds;
    }),
  });
  const net = ours.map((seconds) => seconds - median(nothing));
  return [
    set.name, uvCache, spread(net),
    spread(bare), judge(`cold ${set.name}, uv's cache ${uvCache}, against bare tools`, median(net) / median(bare), { atMost }),
    ...(offline.length === 0 ? ['', ''] : [spread(offline), (median(net) / median(offline)).toFixed(2)]),
  ];
}

function againstPythonLayerVersion(workspace: Workspace, quick: boolean): void {
  const opened = openPythonLayerVersion(workspace, RUNTIME);
  if ('missing' in opened) {
    say(`\nPythonLayerVersion's time is not measured: ${opened.missing}`);
    return;
  }
  try {
    const cases = [{ set: A, atLeast: 4 }, { set: B, atLeast: 3 }];
    const rows = cases.map(({ set, atLeast }) => {
      sayProgress(`cold ${set.name}, PythonLayerVersion`);
      const { ours, nothing, theirs } = interleave(quick ? 1 : 3, {
        nothing: () => coldSynth(workspace, {}, 'full'),
        ours: () => coldSynth(workspace, { layers: [layerOf(set, RUNTIME)] }, 'full'),
        theirs: () => pythonLayerVersionToArchive(workspace, { pythonLayerVersions: [opened.layerOf(set)] }),
      });
      const [net, netOfTheirs] = [ours, theirs].map((all) => all.map((seconds) => seconds - median(nothing)));
      const verdict = judge(`cold ${set.name}, times faster than PythonLayerVersion`, median(netOfTheirs) / median(net), { atLeast });
      return [set.name, spread(net), spread(netOfTheirs), verdict];
    });
    printTable(
      `Cold, to the archive, less an empty synth, ${RUNTIME}: against PythonLayerVersion (image ${opened.image}, built before) and zip -6`,
      ['set', 'ours', 'PythonLayerVersion', 'times faster'],
      rows,
    );
  } finally {
    opened.close();
  }
}

function coldSynth(workspace: Workspace, wishes: Wishes, uvCache: UvCache): number {
  const cache = workspace.fresh('cache');
  return withUvCache(workspace, uvCache, (env) => {
    settle();
    const { seconds, outdir } = synth(workspace, RUNTIME, wishes, { ...env, CDK_LAMBDA_LAYERS_CACHE: cache });
    if (wishes.layers !== undefined) {
      archiveIn(outdir);
    }
    workspace.remove(cache);
    workspace.remove(outdir);
    return seconds;
  });
}

function pythonLayerVersionToArchive(workspace: Workspace, wishes: Wishes): number {
  settle();
  const { seconds, outdir } = synth(workspace, RUNTIME, wishes, {});
  const folder = fs.readdirSync(outdir, { withFileTypes: true }).find((entry) => entry.isDirectory() && entry.name.startsWith('asset.'));
  const archive = `${outdir}.zip`;
  const total = seconds + zip(workspace, `${outdir}/${folder?.name}`, archive);
  workspace.remove(outdir);
  workspace.remove(archive);
  return total;
}

/** The workspace's cache of uv, or a new one that is thrown away. */
function withUvCache(workspace: Workspace, uvCache: UvCache, work: (env: NodeJS.ProcessEnv) => number): number {
  if (uvCache === 'full') {
    return work({});
  }
  const folder = workspace.fresh('uv-cache');
  const result = work({ UV_CACHE_DIR: folder });
  workspace.remove(folder);
  return result;
}
