/** A version as PEP 440 orders it. */
export interface Version {
  readonly epoch: number;
  readonly release: readonly number[];
  /** `[phase, number]`, where a phase sorts as alpha, beta, candidate. */
  readonly pre?: readonly [number, number];
  readonly post?: number;
  readonly dev?: number;
  readonly local: readonly (number | string)[];
}

const VERSION = new RegExp(
  '^v?(?:(\\d+)!)?(\\d+(?:\\.\\d+)*)'
  + '(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\\d*))?'
  + '(?:-(\\d+)|[-_.]?(?:post|rev|r)[-_.]?(\\d*))?'
  + '(?:[-_.]?dev[-_.]?(\\d*))?'
  + '(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$',
  'i',
);

/** Undefined when the text is no version. */
export function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text.trim());
  if (match === null) {
    return undefined;
  }
  const [, epoch, release = '', phase, pre, implicitPost, explicitPost, dev, local] = match;
  const post = implicitPost ?? explicitPost;
  return {
    epoch: Number(epoch ?? 0),
    release: release.split('.').map(Number),
    pre: phase === undefined ? undefined : [phaseRank(phase), Number(pre ?? 0)],
    post: post === undefined ? undefined : Number(post),
    dev: dev === undefined ? undefined : Number(dev),
    local: (local ?? '').toLowerCase().split(/[-_.]/).filter((part) => part !== '').map((part) => /^\d+$/.test(part) ? Number(part) : part),
  };
}

/** Order of PEP 440, local versions included. */
export function compareVersions(a: Version, b: Version): number {
  return a.epoch - b.epoch
    || compareReleases(a.release, b.release)
    || comparePairs(preRank(a), preRank(b))
    || (a.post ?? -1) - (b.post ?? -1)
    || compareNumbers(a.dev ?? Infinity, b.dev ?? Infinity)
    || compareLocals(a.local, b.local);
}

/** Order of two release numbers, where missing parts count as zero. */
export function compareReleases(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = compareNumbers(a[index] ?? 0, b[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

function phaseRank(phase: string): number {
  switch (phase.toLowerCase()) {
    case 'a':
    case 'alpha':
      return 0;
    case 'b':
    case 'beta':
      return 1;
    default:
      return 2;
  }
}

/** A development release of the final comes before all pre-releases; a final comes after them. */
function preRank({ pre, post, dev }: Version): readonly [number, number] {
  return pre ?? (post === undefined && dev !== undefined ? [-1, 0] : [3, 0]);
}

function comparePairs(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0] || a[1] - b[1];
}

/** Subtraction that knows `Infinity`. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Numbers come after words, and longer ones after their beginnings. */
function compareLocals(a: Version['local'], b: Version['local']): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [left, right] = [a[index], b[index]];
    if (left === right) {
      continue;
    }
    if (left === undefined || right === undefined) {
      return left === undefined ? -1 : 1;
    }
    if (typeof left !== typeof right) {
      return typeof left === 'number' ? 1 : -1;
    }
    return left < right ? -1 : 1;
  }
  return 0;
}
