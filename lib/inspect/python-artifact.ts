import { parseHeaders } from './python-metadata';
import { parseWheelTags } from '../build/wheel-tags';
import type { LockedArtifact, LockedPackage } from '../resolve/resolution';

/** The file that a package was installed from. */
export interface Artifact {
  readonly file?: string;
  /** Lower-case hex, sorted. */
  readonly sha256: readonly string[];
}

/**
 * Finds the artefact among those that the lock names. Where it names none, the wheel's name is put together again,
 * and every digest that the lock allows may be its own.
 *
 * @param distInfo name of the dist-info folder
 * @param wheelText content of its WHEEL file
 */
export function findArtifact(distInfo: string, wheelText: string, locked: LockedPackage | undefined, isSourceBuild: boolean): Artifact {
  const known = isSourceBuild ? sourceArchive(locked) : fittingWheel(locked, parseWheelTags(wheelText));
  if (known !== undefined) {
    return { file: known.file, sha256: [known.sha256] };
  }
  return {
    file: isSourceBuild ? undefined : wheelName(distInfo, wheelText),
    sha256: (locked?.hashes ?? []).filter((hash) => hash.startsWith('sha256:')).map((hash) => hash.slice('sha256:'.length)).sort(),
  };
}

function sourceArchive(locked: LockedPackage | undefined): LockedArtifact | undefined {
  return locked?.artifacts?.find(({ file }) => !file.endsWith('.whl'));
}

/** The wheel whose name has most of the tags: old and new names of one platform may stand in one place and not in the other. */
function fittingWheel(locked: LockedPackage | undefined, tags: readonly string[]): LockedArtifact | undefined {
  const wheels = (locked?.artifacts ?? []).map((artifact) => ({
    artifact,
    shared: tagsOfFile(artifact.file).filter((tag) => tags.includes(tag)).length,
  }));
  return wheels.filter(({ shared }) => shared > 0).sort((a, b) => b.shared - a.shared)[0]?.artifact;
}

/** All tags that a wheel's name stands for: `py2.py3-none-any` is two. */
function tagsOfFile(file: string): string[] {
  const [pythons, abis, platforms] = file.replace(/\.whl$/, '').split('-').slice(-3).map((part) => part.split('.'));
  return file.endsWith('.whl') ? pythons.flatMap((python) => abis.flatMap((abi) => platforms.map((platform) => `${python}-${abi}-${platform}`))) : [];
}

function wheelName(distInfo: string, wheelText: string): string | undefined {
  const tags = parseWheelTags(wheelText).map((tag) => tag.split('-'));
  if (tags.length === 0) {
    return undefined;
  }
  const joined = [0, 1, 2].map((part) => [...new Set(tags.map((tag) => tag[part]))].join('.'));
  const build = parseHeaders(wheelText).get('build') ?? [];
  return `${[distInfo.replace(/\.dist-info$/, ''), ...build, ...joined].join('-')}.whl`;
}
