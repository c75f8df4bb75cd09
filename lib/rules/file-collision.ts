import type { FileFacts, LayerFacts } from './facts';
import { layerPairs } from './layer-pairs';
import { Remembered } from './remember';
import type { Finding, Rule } from './rule';
import { counted } from '../common/counted';
import { isExtensionPath } from '../inspect/programs';

const PATHS_NAMED = 3;

const COLLIDING = new Remembered<readonly string[]>();

/** Two layers bring the same path with other bytes: the function sees the later one's, and half of the earlier package may be gone. */
export const fileCollision: Rule = {
  id: 'FileCollision',
  checkFunction: (fn) => layerPairs(fn).flatMap(([lower, upper]): Finding[] => {
    const paths = COLLIDING.of(lower, upper, () => comparePaths(lower, upper));
    return paths.length === 0 ? [] : [{
      severity: 'warning',
      place: upper.place ?? fn.place,
      about: [lower, upper],
      seenIn: fn.place,
      fault: {
        what: 'a layer hides files of another one',
        got: `${counted(paths.length, 'file')} of ${lower.name} below ${upper.name}: ${paths.slice(0, PATHS_NAMED).join(', ')}`,
        allowed: 'the same bytes at the same path, or the same version of the package',
        fix: 'bring packages to one version, or give one of the files another path; if the later one is meant, acknowledge it with a reason',
      },
    }];
  }),
};

/** Extensions that are hidden are another rule's. */
function comparePaths(lower: LayerFacts, upper: LayerFacts): string[] {
  if (lower.content === undefined || upper.content === undefined) {
    return [];
  }
  const below = new Map(lower.content.files().map((file) => [file.path, file]));
  return upper.content.files().filter((file) => {
    const other = below.get(file.path);
    return other !== undefined && !isExtensionPath(file.path) && differ(other, file);
  }).map((file) => file.path);
}

/** Files of one size whose digests are not both known are given the benefit of the doubt. */
function differ(a: FileFacts, b: FileFacts): boolean {
  if (a.package !== undefined && a.package === b.package) {
    return false;
  }
  return a.bytes !== b.bytes || (a.sha256 !== undefined && b.sha256 !== undefined && a.sha256 !== b.sha256);
}
