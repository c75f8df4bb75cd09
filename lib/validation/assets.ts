import * as fs from 'node:fs';
import * as path from 'node:path';
import { Stage, type CfnResource } from 'aws-cdk-lib';
import { ASSET_RESOURCE_METADATA_PATH_KEY } from 'aws-cdk-lib/cx-api';
import type { Properties } from './properties';
import { readZipSizes } from '../archive/zip-sizes';
import { fileDigest } from '../cache/file-digest';
import { isExecutable, listFolder, nativeFilesOf, programsOf, type FolderFile } from '../inspect/inspect-folder';
import type { ContentFacts, FileFacts } from '../rules/facts';

/** An asset as it lies in the output folder. */
interface AssetFacts {
  readonly unzippedBytes: number;
  readonly content: ContentFacts;
}

/** The assets behind functions and layers, each read once in a run. */
export class Assets {
  private readonly known = new Map<string, AssetFacts | undefined>();

  /** Unzipped size of a function's code; undefined when it lies elsewhere, or is only known at deployment. */
  public codeBytes(resource: CfnResource, properties: Properties): number | undefined {
    const code = properties.get('Code');
    const inline = field(code, 'ZipFile');
    return typeof inline === 'string' ? Buffer.byteLength(inline) : this.facts(resource, code)?.unzippedBytes;
  }

  /** What is in a layer that this library did not build. */
  public layerFacts(resource: CfnResource, properties: Properties): AssetFacts | undefined {
    return this.facts(resource, properties.get('Content'));
  }

  private facts(resource: CfnResource, location: unknown): AssetFacts | undefined {
    const file = locate(resource, location);
    if (file === undefined) {
      return undefined;
    }
    if (!this.known.has(file)) {
      this.known.set(file, tryRead(file));
    }
    return this.known.get(file);
  }
}

/** A staged asset is found by its hash, which is its key in the bucket; one that was not staged by what CDK notes for SAM. */
function locate(resource: CfnResource, location: unknown): string | undefined {
  const outdir = Stage.of(resource)?.assetOutdir;
  const key = field(location, 'S3Key');
  const [, hash, extension] = typeof key === 'string' ? /^(?:.*\/)?([0-9a-zA-Z]+)(\.\w+)$/.exec(key) ?? [] : [];
  const noted: unknown = resource.getMetadata(ASSET_RESOURCE_METADATA_PATH_KEY);
  const candidates = [
    ...(hash === undefined ? [] : [`asset.${hash}`, `asset.${hash}${extension}`]),
    ...(typeof noted === 'string' ? [noted] : []),
  ];
  return outdir === undefined ? undefined : candidates.map((name) => path.resolve(outdir, name)).find((file) => fs.existsSync(file));
}

/** What cannot be read (links that go round, files of somebody else) is not known; who publishes it will say why. */
function tryRead(file: string): AssetFacts | undefined {
  try {
    return read(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) {
      return undefined;
    }
    throw error;
  }
}

function read(file: string): AssetFacts | undefined {
  if (!fs.statSync(file).isDirectory()) {
    const entries = readZipSizes(file);
    return entries === undefined ? undefined : factsOf(entries, () => entries);
  }
  const files = listFolder(file);
  const described = files.map(withDigest);
  return factsOf(files, () => described, files);
}

/** @param folder undefined for an archive, whose files cannot be looked into without unpacking it */
function factsOf(entries: readonly { readonly bytes: number }[], files: () => readonly FileFacts[], folder?: readonly FolderFile[]): AssetFacts {
  let executables: ReadonlySet<string> | undefined;
  let natives: ContentFacts['nativeFiles'] | undefined;
  let programs: ReturnType<ContentFacts['programs']>;
  return {
    unzippedBytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
    content: {
      get nativeFiles() { return (natives ??= nativeFilesOf(folder ?? [])); },
      hasPlacedFiles: true,
      files,
      executables: () => (executables ??= new Set(folder?.filter(isExecutable).map((file) => file.path) ?? files().map((file) => file.path))),
      programs: () => (programs ??= folder === undefined ? undefined : programsOf(folder)),
    },
  };
}

/** Hashed only when another layer has a file of that name and size. */
function withDigest({ path: name, bytes, source }: FolderFile): FileFacts {
  let sha256: string | undefined;
  return { path: name, bytes, get sha256() { return (sha256 ??= fileDigest(source)); } };
}

/** A member of `Code` or `Content`, by its CloudFormation name: typed properties begin with a small letter. */
function field(location: unknown, name: string): unknown {
  const members = (location ?? {}) as Record<string, unknown>;
  return members[name] ?? members[name[0].toLowerCase() + name.slice(1)];
}
