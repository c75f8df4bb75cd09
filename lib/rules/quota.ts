import type { LayerFacts } from './facts';
import { formatBytes } from '../common/format-bytes';

/**
 * Bytes that a function's code and all its layers may have together, unzipped; a layer alone as well.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const UNZIPPED_BYTES_QUOTA = 262_144_000;

/** From this share on, the next update of a package may be one too many. */
export const WARNING_BYTES = UNZIPPED_BYTES_QUOTA * 0.95;

const PACKAGES_NAMED = 5;

/** A line with the packages to look at first; none where no package is known. */
export function largestPackages(layers: readonly Pick<LayerFacts, 'content'>[]): string[] {
  const packages = layers.flatMap((layer) => layer.content?.packages ?? []);
  const largest = [...packages].sort((a, b) => b.bytes - a.bytes).slice(0, PACKAGES_NAMED);
  const named = largest.map((one) => `${one.name} ${one.version}: ${formatBytes(one.bytes)}`);
  return named.length === 0 ? [] : [`largest packages: ${named.join(', ')}`];
}

export function shareOfQuota(bytes: number): string {
  return `${(bytes / UNZIPPED_BYTES_QUOTA * 100).toFixed(1)} %`;
}
