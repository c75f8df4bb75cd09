import type { FunctionFacts } from './facts';
import { largestPackages, shareOfQuota, UNZIPPED_BYTES_QUOTA, WARNING_BYTES } from './quota';
import type { Finding, Rule } from './rule';
import { formatBytes } from '../common/format-bytes';

/** What a function brings to the quota. */
export interface FunctionSize {
  readonly bytes: number;
  /** Whether some part is not known, so that it may be more. */
  readonly isLowerBound: boolean;
}

export function sizeOf(fn: FunctionFacts): FunctionSize {
  const parts = [fn.codeBytes, ...fn.layers.map((layer) => layer.unzippedBytes)];
  return {
    bytes: parts.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0),
    isLowerBound: fn.mayHaveMoreLayers || parts.includes(undefined),
  };
}

/** Lambda: "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes." */
export const functionSize: Rule = {
  id: 'FunctionSize',
  checkFunction: (fn) => fn.isImage ? [] : functionSizeFindings(fn),
};

function functionSizeFindings(fn: FunctionFacts): Finding[] {
  const size = sizeOf(fn);
  if (size.bytes < WARNING_BYTES) {
    return [];
  }
  const tooBig = size.bytes > UNZIPPED_BYTES_QUOTA;
  return [{
    severity: tooBig ? 'error' : 'warning',
    place: fn.place,
    about: fn.layers,
    fault: {
      what: tooBig ? 'the function with its layers is too big for Lambda' : 'the function with its layers nearly fills the quota',
      got: [
        `${size.isLowerBound ? 'at least ' : ''}${formatBytes(size.bytes)} unzipped, ${shareOfQuota(size.bytes)} of the quota`,
        ...(size.isLowerBound ? ['a lower bound: some sizes are not known'] : []),
        `code: ${known(fn.codeBytes)}`,
        ...fn.layers.map((layer) => `${layer.name}: ${known(layer.unzippedBytes)}`),
        ...largestPackages(fn.layers),
      ].join('\n'),
      allowed: `${formatBytes(UNZIPPED_BYTES_QUOTA)} for a function's code and all its layers together`,
      fix: 'leave packages or layers out, slim more (see SlimOptions), or make the function a container image',
    },
  }];
}

function known(bytes: number | undefined): string {
  return bytes === undefined ? 'not known' : formatBytes(bytes);
}
