import type { PythonEntries } from './build-python';
import type { BuildJob } from './layer-plan';
import type { ResolvedPython } from './read-plan';
import { targetsOf } from './targets';
import type { LayerSummary } from '../cache/layer-record';
import { failOn, type Fault } from '../common/fault';
import type { TreeFacts } from '../inspect/inspect-tree';
import type { ManifestFile, ManifestNativeFile, ManifestSaving } from '../inspect/manifest';
import type { OptEntry } from '../inspect/opt-tree';
import { readPythonPackages } from '../inspect/python-packages';
import type { ArchitectureName } from '../target/target';

export interface BuiltParts {
  readonly job: BuildJob;
  readonly entries: readonly OptEntry[];
  readonly facts: TreeFacts;
  readonly archiveBytes: number;
  readonly pythons: readonly PythonEntries[];
  readonly resolved: readonly ResolvedPython[];
}

/** Puts a layer's facts together: the small part that every synth reads, and the list of files. */
export async function describeLayer(parts: BuiltParts): Promise<{ summary: LayerSummary; files: ManifestFile[] }> {
  const { job, entries, facts, archiveBytes, pythons, resolved } = parts;
  const owners = new Map(pythons.flatMap((python) => [...python.owners]));
  const sourceBuilt = new Set(pythons.flatMap((python) => [...python.sourceBuilt]));
  const savings = sumSavings(pythons.flatMap((python) => python.savings));
  const bytecode = pythons.map((python) => python.bytecodeVersion).find((version) => version !== undefined);
  const packages = await readPythonPackages(entries, facts, { owners, sourceBuilt, locked: resolved.flatMap((one) => one.resolution.packages) });
  const summary: LayerSummary = {
    digest: facts.digest,
    unzippedBytes: facts.unzippedBytes,
    archiveBytes,
    bytesBeforeSlimming: bytesBefore(facts, pythons),
    runtimes: [...job.plan.runtimes],
    architecture: nativeArchitecture(job, withoutChoices(facts.nativeFiles, pythons), resolved),
    bytecodeVersion: bytecode,
    packages,
    nativeFiles: facts.nativeFiles,
    savings,
  };
  return { summary, files: facts.files.map((file) => ({ ...file, ...ownerOf(file.path, owners) })) };
}

/** The name of a dist-info folder says which package it is of. */
function ownerOf(path: string, owners: ReadonlyMap<string, string>): Pick<ManifestFile, 'packageVersion'> {
  const distInfo = owners.get(path) ?? /\/([^/]+\.dist-info)\//.exec(path)?.[1];
  return distInfo === undefined ? {} : { packageVersion: distInfo.replace(/\.dist-info$/, '').replace('-', ' ') };
}

/** Packages as they were installed, without bytecode, and all that is never slimmed. */
function bytesBefore(facts: TreeFacts, pythons: readonly PythonEntries[]): number {
  const slimmed = new Set(pythons.flatMap((python) => python.entries.map((entry) => entry.path)));
  const others = facts.files.filter((file) => !slimmed.has(file.path));
  return [...pythons.map((python) => python.bytesBefore), ...others.map((file) => file.bytes)].reduce((sum, bytes) => sum + bytes, 0);
}

/** Files that a user placed for both machines are for packages that load the one that fits: they decide nothing. */
function withoutChoices(nativeFiles: readonly ManifestNativeFile[], pythons: readonly PythonEntries[]): readonly ManifestNativeFile[] {
  const built = new Set(pythons.flatMap((python) => python.entries.map((entry) => entry.path)));
  const placed = nativeFiles.filter(({ path }) => !built.has(path));
  const isChoice = ['x86_64', 'arm64'].every((machine) => placed.some((file) => file.machine === machine));
  return isChoice ? nativeFiles.filter(({ path }) => built.has(path)) : nativeFiles;
}

/** The one machine of native content; undefined when any machine will do. */
function nativeArchitecture(job: BuildJob, nativeFiles: readonly ManifestNativeFile[], resolved: readonly ResolvedPython[]): string | undefined {
  const declared = job.plan.architectures;
  const machines = new Set(
    nativeFiles.map((file) => file.machine).filter((machine): machine is ArchitectureName => machine === 'x86_64' || machine === 'arm64'),
  );
  const wrong = nativeFiles.filter(
    (file) => machines.has(file.machine as ArchitectureName) && declared.length > 0 && (declared.length > 1 || file.machine !== declared[0]),
  );
  const faults: Fault[] =
    wrong.length === 0
      ? []
      : [
        {
          what:
              declared.length > 1
                ? 'a layer with native files serves one architecture'
                : 'native files are for another architecture than the layer declares',
          got: wrong
            .slice(0, 3)
            .map((file) => `${file.path}: ${file.machine}`)
            .join('\n'),
          allowed: declared.length > 1 ? 'both architectures when nothing native is inside' : declared.join(', '),
          fix: 'make one layer for each architecture, each with the files built for it',
        },
      ];
  if (machines.size > 1) {
    faults.push({
      what: 'native files for two architectures are in one layer',
      got: nativeFiles
        .slice(0, 5)
        .map((file) => `${file.path}: ${file.machine}`)
        .join('\n'),
      allowed: 'one architecture',
      fix: 'make one layer for each architecture',
    });
  }
  failOn(faults);
  const [machine] = machines;
  // Pure files can still be the choice of one machine: a marker that asks for it.
  const markers = resolved.flatMap((one) => one.resolution.packages.map((locked) => locked.marker ?? ''));
  const chosenByMachine = markers.some((marker) => /platform_machine/.test(marker));
  return machine ?? (chosenByMachine && declared.length < 2 ? targetsOf(job.plan)[0]?.architecture : undefined);
}

function sumSavings(savings: readonly ManifestSaving[]): ManifestSaving[] {
  const byRule = new Map<string, ManifestSaving>();
  for (const saving of savings) {
    const known = byRule.get(saving.rule) ?? { rule: saving.rule, files: 0, bytes: 0 };
    byRule.set(saving.rule, { rule: saving.rule, files: known.files + saving.files, bytes: known.bytes + saving.bytes });
  }
  return [...byRule.values()];
}
