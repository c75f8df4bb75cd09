import type { LayerSummary } from '../cache/layer-record';
import type { Fault } from '../common/fault';

/**
 * Bytes that a function's code and all its layers may have together, unzipped; a layer alone as well.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const UNZIPPED_BYTES_QUOTA = 262_144_000;

const PACKAGES_NAMED = 5;

/** A layer that Lambda would refuse to publish, with the packages to look at first. */
export function checkLayerSize(summary: LayerSummary): Fault[] {
  if (summary.unzippedBytes <= UNZIPPED_BYTES_QUOTA) {
    return [];
  }
  const largest = [...summary.packages].sort((a, b) => b.bytes - a.bytes).slice(0, PACKAGES_NAMED);
  const named = largest.map((one) => `${one.name} ${one.version}: ${formatBytes(one.bytes)}`);
  return [{
    rule: 'LayerSize',
    what: 'the layer is too big for Lambda',
    got: [`${formatBytes(summary.unzippedBytes)} unzipped`, ...(named.length > 0 ? [`largest packages: ${named.join(', ')}`] : [])].join('\n'),
    allowed: `${formatBytes(UNZIPPED_BYTES_QUOTA)} for a function's code and all its layers together`,
    fix: 'leave packages out, slim more (see SlimOptions), or use a container image',
  }];
}

/** Bytes with thousands separators, the same in every locale. */
export function formatBytes(bytes: number): string {
  return `${String(bytes).replace(/\B(?=(\d{3})+$)/g, ',')} bytes`;
}
