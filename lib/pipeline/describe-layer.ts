import type { NodejsEntries } from './build-nodejs';
import type { PythonEntries } from './build-python';
import type { BuildJob } from './layer-plan';
import type { ResolvedPlan } from './read-plan';
import { programsOf, pythonTargetsOf } from './targets';
import type { LayerSummary } from '../cache/layer-record';
import { failOn, type Fault } from '../common/fault';
import type { TreeFacts } from '../inspect/inspect-tree';
import type { ManifestFile, ManifestNativeFile, ManifestSaving } from '../inspect/manifest';
import { readNodejsPackages } from '../inspect/nodejs-packages';
import type { OptEntry } from '../inspect/opt-tree';
import { readPrograms } from '../inspect/programs';
import { readPythonPackages } from '../inspect/python-packages';
import type { ArchitectureName } from '../target/target';

export interface BuiltParts {
  readonly job: BuildJob;
  readonly entries: readonly OptEntry[];
  readonly facts: TreeFacts;
  readonly archiveBytes: number;
  readonly pythons: readonly PythonEntries[];
  readonly nodejs: readonly NodejsEntries[];
  readonly resolved: ResolvedPlan;
}

/** Puts a layer's facts together: the small part that every synth reads, and the list of files. */
export async function describeLayer(parts: BuiltParts): Promise<{ summary: LayerSummary; files: ManifestFile[] }> {
  const { job, entries, facts, archiveBytes, pythons, nodejs, resolved } = parts;
  const installed = [...pythons, ...nodejs];
  const owners = new Map(pythons.flatMap((python) => [...python.owners]));
  const sourceBuilt = new Set(pythons.flatMap((python) => [...python.sourceBuilt]));
  const savings = sumSavings(installed.flatMap((one) => one.savings));
  const bytecode = pythons.map((python) => python.bytecodeVersion).find((version) => version !== undefined);
  const nodejsPackages = await readNodejsPackages(entries, facts);
  const locked = resolved.python.flatMap((one) => one.resolution.packages);
  const pythonPackages = await readPythonPackages(entries, facts, { owners, sourceBuilt, locked });
  const summary: LayerSummary = {
    digest: facts.digest,
    unzippedBytes: facts.unzippedBytes,
    archiveBytes,
    bytesBeforeSlimming: bytesBefore(facts, installed),
    runtimes: [...job.plan.runtimes],
    architecture: nativeArchitecture(job, withoutChoices(facts.nativeFiles, installed, nodejsPackages.owners), resolved),
    bytecodeVersion: bytecode,
    packages: [...pythonPackages, ...nodejsPackages.packages],
    nativeFiles: facts.nativeFiles,
    programs: readPrograms(entries, programsOf(job.plan).map((program) => program.path)),
    savings,
  };
  return { summary, files: facts.files.map((file) => ({ ...file, ...ownerOf(file.path, owners, nodejsPackages.owners) })) };
}

/** The name of a dist-info folder says which package it is of. */
function ownerOf(path: string, owners: ReadonlyMap<string, string>, nodejsOwners: ReadonlyMap<string, string>): Pick<ManifestFile, 'packageVersion'> {
  const nodejsOwner = nodejsOwners.get(path);
  if (nodejsOwner !== undefined) {
    return { packageVersion: nodejsOwner };
  }
  const distInfo = owners.get(path) ?? /\/([^/]+\.dist-info)\//.exec(path)?.[1];
  return distInfo === undefined ? {} : { packageVersion: distInfo.replace(/\.dist-info$/, '').replace('-', ' ') };
}

/** What was installed from packages, whatever their language. */
type InstalledEntries = Pick<PythonEntries, 'entries' | 'bytesBefore'>;

/** Packages as they were installed, without bytecode, and all that is never slimmed. */
function bytesBefore(facts: TreeFacts, installed: readonly InstalledEntries[]): number {
  const slimmed = new Set(installed.flatMap((one) => one.entries.map((entry) => entry.path)));
  const others = facts.files.filter((file) => !slimmed.has(file.path));
  return [...installed.map((one) => one.bytesBefore), ...others.map((file) => file.bytes)].reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * Files for both machines decide nothing: whoever brings both loads the one that fits. So do many packages of Node.js, in a folder `prebuilds`,
 * and so do users with what they placed.
 */
function withoutChoices(
  nativeFiles: readonly ManifestNativeFile[],
  installed: readonly InstalledEntries[],
  nodejsOwners: ReadonlyMap<string, string>,
): readonly ManifestNativeFile[] {
  const built = new Set(installed.flatMap((one) => one.entries.map((entry) => entry.path)));
  const groupOf = ({ path }: ManifestNativeFile): string | undefined => built.has(path) ? nodejsOwners.get(path) : 'placed';
  const isChoice = (group: string): boolean =>
    ['x86_64', 'arm64'].every((machine) => nativeFiles.some((file) => file.machine === machine && groupOf(file) === group));
  const groups = new Set(nativeFiles.map(groupOf).filter((group) => group !== undefined));
  const choices = new Set([...groups].filter(isChoice));
  return nativeFiles.filter((file) => !choices.has(groupOf(file) ?? ''));
}

/** The one machine of native content; undefined when any machine will do. */
function nativeArchitecture(job: BuildJob, nativeFiles: readonly ManifestNativeFile[], resolved: ResolvedPlan): string | undefined {
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
  const markers = resolved.python.flatMap((one) => one.resolution.packages.map((locked) => locked.marker ?? ''));
  const chosenByMachine = markers.some((marker) => /platform_machine/.test(marker));
  return machine ?? (chosenByMachine && declared.length < 2 ? pythonTargetsOf(job.plan)[0]?.architecture : undefined);
}

function sumSavings(savings: readonly ManifestSaving[]): ManifestSaving[] {
  const byRule = new Map<string, ManifestSaving>();
  for (const saving of savings) {
    const known = byRule.get(saving.rule) ?? { rule: saving.rule, files: 0, bytes: 0 };
    byRule.set(saving.rule, { rule: saving.rule, files: known.files + saving.files, bytes: known.bytes + saving.bytes });
  }
  return [...byRule.values()];
}
