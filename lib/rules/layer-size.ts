import type { LayerFacts } from './facts';
import { largestPackages, shareOfQuota, UNZIPPED_BYTES_QUOTA, WARNING_BYTES } from './quota';
import type { Finding, Rule } from './rule';
import { formatBytes } from '../common/format-bytes';

/** Lambda: "Unzipped size must be smaller than 262144000 bytes". */
export const layerSize: Rule = {
  id: 'LayerSize',
  checkLayer: (layer) => layerSizeFindings(layer, layer.place),
};

/** A layer that Lambda refuses to publish, or that is close to it. */
export function layerSizeFindings(layer: Pick<LayerFacts, 'unzippedBytes' | 'content'>, place: string): Finding[] {
  const bytes = layer.unzippedBytes ?? 0;
  if (bytes < WARNING_BYTES) {
    return [];
  }
  const tooBig = bytes > UNZIPPED_BYTES_QUOTA;
  return [{
    severity: tooBig ? 'error' : 'warning',
    place,
    fault: {
      what: tooBig ? 'the layer is too big for Lambda' : 'the layer nearly fills the quota',
      got: [`${formatBytes(bytes)} unzipped${tooBig ? '' : `, ${shareOfQuota(bytes)} of the quota`}`, ...largestPackages([layer])].join('\n'),
      allowed: `${formatBytes(UNZIPPED_BYTES_QUOTA)} for a function's code and all its layers together`,
      fix: largestPackages([layer]).length > 0
        ? 'leave packages out, slim more (see SlimOptions), or make the function a container image'
        : 'leave files out, load them at run time, or make the function a container image',
    },
  }];
}
