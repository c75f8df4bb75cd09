import type { ManifestNativeFile, ManifestPackage, ManifestProgram } from '../../lib/inspect/manifest';
import type { AppFacts, ContentFacts, FileFacts, FunctionFacts, LayerFacts, PublishedLayer } from '../../lib/rules/facts';
import type { Finding } from '../../lib/rules/rule';

export function functionOf(layers: readonly LayerFacts[] = [], facts: Partial<FunctionFacts> = {}): FunctionFacts {
  return {
    place: 'Shop/Orders', runtime: 'python3.13', architecture: 'x86_64', isImage: false, codeBytes: 0, layers, mayHaveMoreLayers: false,
    isAtEdge: () => false, isOnManagedInstances: false,
    environment: () => new Map(), literals: () => new Map(),
    rendered: (written) => written, ...facts,
  };
}

/** A layer of this library. */
export function layerOf(id: string, facts: Partial<LayerFacts> = {}): LayerFacts {
  return { name: `Shop/${id}`, place: `Shop/${id}`, version: `Shop/${id}/Resource`, family: id, isOurs: true, ...facts };
}

/** A layer of somebody else. */
export function theirs(arn: string, facts: Partial<LayerFacts> = {}): LayerFacts {
  return { name: arn, version: arn, isOurs: false, ...facts };
}

export function published(id: string, facts: Partial<PublishedLayer> = {}): PublishedLayer {
  return {
    ...layerOf(id),
    place: `Shop/${id}`,
    fields: { runtimes: [], architectures: [] },
    environment: { stack: 'Shop' },
    layerName: `Shop-${id}`,
    isHere: true,
    isForAnyRuntime: false,
    isStub: false,
    isConditional: false,
    ...facts,
  };
}

export function contentOf(content: {
  readonly files?: readonly (string | FileFacts)[];
  readonly nativeFiles?: readonly ManifestNativeFile[];
  readonly packages?: readonly Partial<ManifestPackage>[];
  readonly executables?: readonly string[];
  readonly programs?: readonly ManifestProgram[];
}): ContentFacts {
  return {
    nativeFiles: content.nativeFiles ?? [],
    packages: (content.packages ?? []).map((one) => ({ name: 'six', version: '1.0', bytes: 0, hasNativeCode: false, sourceBuild: false, ...one })),
    hasPlacedFiles: true,
    executables: () => new Set(content.executables),
    programs: () => content.programs ?? [],
    files: () => (content.files ?? []).map((file) => typeof file === 'string' ? { path: file, bytes: 1, sha256: file } : file),
  };
}

export function appOf(facts: Partial<AppFacts> = {}): AppFacts {
  return { functions: [], layers: [], permissions: [], isForDeployment: false, today: new Date('2026-11-24'), ...facts };
}

/** Each finding in a line: severity, place and what is wrong. Every one must say all that a message says. */
export function told(findings: readonly Finding[]): string[] {
  const text = expect.any(String);
  return findings.map((finding) => {
    expect(finding.fault).toEqual({ what: text, got: text, allowed: text, fix: text });
    return `${finding.severity} ${finding.place}: ${finding.fault.what}`;
  });
}
