import * as fs from 'node:fs/promises';
import type { TreeFacts } from './inspect-tree';
import type { ManifestPackage } from './manifest';
import type { OptEntry } from './opt-tree';
import { compareText } from '../resolve/names';

/** A package's folder in one of those that Node.js searches, and a file in it. */
const IN_PACKAGE = /^(nodejs\/(?:node\d+\/)?node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\/(.+)$/;

interface Installed {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** The Node.js packages of a tree, and what each file belongs to. */
export interface NodejsPackages {
  /** Sorted by name, then version. */
  readonly packages: readonly ManifestPackage[];
  /** Name and version by path in the layer. */
  readonly owners: ReadonlyMap<string, string>;
}

/** Reads the package.json of every package in a tree. One that lies in several places is one package. */
export async function readNodejsPackages(entries: readonly OptEntry[], facts: TreeFacts): Promise<NodejsPackages> {
  const found = entries.flatMap((entry) => {
    const [, folder, file] = IN_PACKAGE.exec(entry.path) ?? [];
    return entry.kind === 'file' && file === 'package.json' ? [{ folder, source: entry.source }] : [];
  });
  const installed = new Map((await Promise.all(found.map(({ folder, source }) => readInstalled(folder, source))))
    .flatMap((one) => one === undefined ? [] : [[one.folder, one] as const]));
  const native = new Set(facts.nativeFiles.map(({ path }) => path));
  const owners = new Map<string, string>();
  const packages = new Map<string, ManifestPackage>();
  for (const { path, bytes } of facts.files) {
    const one = innermost(path, installed);
    if (one !== undefined) {
      const key = `${one.name} ${one.version}`;
      const before = packages.get(key);
      owners.set(path, key);
      packages.set(key, {
        name: one.name,
        version: one.version,
        ...(one.license === undefined ? {} : { license: one.license }),
        bytes: (before?.bytes ?? 0) + bytes,
        hasNativeCode: before?.hasNativeCode === true || native.has(path),
        sourceBuild: false,
      });
    }
  }
  return { packages: [...packages].sort(([a], [b]) => compareText(a, b)).map(([, one]) => one), owners };
}

/** The innermost package that a file lies in: packages hold folders `node_modules` that are none, such as in fixtures. */
function innermost(path: string, installed: ReadonlyMap<string, Installed>): Installed | undefined {
  for (let folder = IN_PACKAGE.exec(path)?.[1]; folder !== undefined; folder = IN_PACKAGE.exec(folder)?.[1]) {
    const one = installed.get(folder);
    if (one !== undefined) {
      return one;
    }
  }
  return undefined;
}

/** Undefined for a folder that says which module system it has and is no package of its own. */
async function readInstalled(folder: string, source: string): Promise<Installed | undefined> {
  try {
    const { name, version, license } = JSON.parse(await fs.readFile(source, 'utf8')) as Partial<Record<string, unknown>>;
    return typeof name !== 'string' || typeof version !== 'string' ? undefined : {
      folder, name, version, ...licenseOf(license),
    };
  } catch {
    return undefined;
  }
}

/** Old packages write `{ "type": "MIT" }`. */
function licenseOf(license: unknown): { license?: string } {
  const text = typeof license === 'object' && license !== null ? (license as { type?: unknown }).type : license;
  return typeof text === 'string' ? { license: text } : {};
}
