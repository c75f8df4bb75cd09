import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { UsageError } from './usage';
import { FaultError } from '../common/fault';
import { inspectTree } from '../inspect/inspect-tree';
import type { LayerManifest } from '../inspect/manifest';
import { readPrograms } from '../inspect/programs';
import { readPythonPackages } from '../inspect/python-packages';
import { buildFiles } from '../pipeline/build-files';

/** `inspect <folder|zip|template>`: what is in a layer, or in each layer of a synthesised template. */
export async function inspect(args: readonly string[], json: boolean): Promise<void> {
  const [subject, ...rest] = args;
  if (subject === undefined || rest.length > 0) {
    throw new UsageError('inspect takes one folder, .zip or template');
  }
  const file = path.resolve(subject);
  const manifests = /\.(?:json|template)$/.test(file) ? manifestsOfTemplate(file) : [{ layer: subject, manifest: await manifestOf(file) }];
  process.stdout.write(
    json ? `${JSON.stringify(manifests.length === 1 ? manifests[0].manifest : manifests, undefined, 2)}\n` : manifests.map(render).join('\n'),
  );
}

interface NamedManifest {
  readonly layer: string;
  readonly manifest: LayerManifest;
}

async function manifestOf(file: string): Promise<LayerManifest> {
  // An archive of ours in an output folder has its manifest beside it, which knows more than can be read from the archive.
  const own = file.replace(/\.zip$/, '.manifest.json');
  if (own !== file && fs.existsSync(own)) {
    return JSON.parse(fs.readFileSync(own, 'utf8')) as LayerManifest;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk-lambda-layers-'));
  try {
    const entries = await buildFiles({ kind: 'files', path: file, destination: '', exclude: [] }, folder);
    const facts = await inspectTree(entries);
    const machines = new Set(facts.nativeFiles.map((one) => one.machine));
    return {
      digest: facts.digest,
      unzippedBytes: facts.unzippedBytes,
      archiveBytes: file.endsWith('.zip') ? fs.statSync(file).size : 0,
      bytesBeforeSlimming: facts.unzippedBytes,
      runtimes: [],
      architecture: machines.size === 1 ? [...machines][0] : undefined,
      packages: await readPythonPackages(entries, facts, { owners: new Map(), locked: [], sourceBuilt: new Set() }),
      nativeFiles: facts.nativeFiles,
      programs: readPrograms(entries, []),
      savings: [],
      files: facts.files,
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The manifests that lie beside the archives which a template's layers name. */
function manifestsOfTemplate(file: string): NamedManifest[] {
  const template = readTemplate(file);
  const layers = Object.entries(template.Resources ?? {}).filter(([, resource]) => resource.Type === 'AWS::Lambda::LayerVersion');
  const found = layers.flatMap(([layer, resource]) => {
    const hash = /[0-9a-f]{64}/.exec(JSON.stringify(resource.Properties?.Content ?? ''))?.[0];
    const manifest = path.join(path.dirname(file), `asset.${hash}.manifest.json`);
    return hash !== undefined && fs.existsSync(manifest) ? [{ layer, manifest: JSON.parse(fs.readFileSync(manifest, 'utf8')) as LayerManifest }] : [];
  });
  if (found.length === 0) {
    throw new FaultError({
      what: 'the template has no layer with a manifest beside it',
      got: `${file}: ${layers.length} layer versions`,
      allowed: 'a template in the output folder of a synth that used cdk-lambda-layers',
      fix: 'synthesise first, or inspect a folder or a .zip',
    });
  }
  return found;
}

interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: { readonly Content?: unknown } }>>;
}

function readTemplate(file: string): Template {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Template;
  } catch (error) {
    throw new FaultError({
      what: 'the template cannot be read',
      got: `${file}: ${(error as Error).message}`,
      allowed: 'a CloudFormation template in JSON',
      fix: 'name a *.template.json of the output folder',
    });
  }
}

function render({ layer, manifest }: NamedManifest): string {
  const packages = [...manifest.packages].sort((a, b) => b.bytes - a.bytes);
  return [
    `${layer}: ${manifest.unzippedBytes} bytes unzipped, ${manifest.archiveBytes} zipped, ${manifest.files.length} files`,
    `  digest ${manifest.digest}`,
    ...packages.map(
      (one) =>
        `  ${[
          `${one.name} ${one.version}: ${one.bytes} bytes`,
          ...(one.license === undefined ? [] : [one.license]),
          ...(one.hasNativeCode ? ['native'] : []),
          ...(one.sourceBuild ? ['built from source'] : []),
        ].join(', ')}`,
    ),
    ...manifest.nativeFiles.map((one) => `  native: ${one.path}: ${one.machine}${one.glibc === undefined ? '' : `, GLIBC_${one.glibc}`}`),
    ...manifest.programs.map(({ path: place, format, interpreter, machine }) =>
      `  program: ${place}: ${[format, interpreter, machine].filter((part) => part !== undefined).join(', ')}`),
    ...manifest.savings.filter((one) => one.bytes > 0).map((one) => `  slimmed: ${one.rule}: ${one.files} files, ${one.bytes} bytes`),
    '',
  ].join('\n');
}
