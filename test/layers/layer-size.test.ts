import type { LayerSummary } from '../../lib/cache/layer-record';
import type { ManifestPackage } from '../../lib/inspect/manifest';
import { checkLayerSize, formatBytes, UNZIPPED_BYTES_QUOTA } from '../../lib/layers/layer-size';

function summary(unzippedBytes: number, packages: Readonly<Record<string, number>> = {}): LayerSummary {
  return {
    digest: '', unzippedBytes, archiveBytes: 0, bytesBeforeSlimming: unzippedBytes, runtimes: [], nativeFiles: [], savings: [],
    packages: Object.entries(packages).map(([name, bytes]): ManifestPackage =>
      ({ name, version: '1.0', bytes, hasNativeCode: false, sourceBuild: false })),
  };
}

test('a layer may fill the quota to its last byte', () => {
  expect(checkLayerSize(summary(UNZIPPED_BYTES_QUOTA))).toEqual([]);
  expect(checkLayerSize(summary(0))).toEqual([]);
});

test('fails for one byte more, and names the largest packages', () => {
  const packages = { small: 1, numpy: 30_000_000, six: 2000, pandas: 50_000_000, tzdata: 300_000, pyarrow: 180_000_000, pytz: 400_000 };

  expect(checkLayerSize(summary(UNZIPPED_BYTES_QUOTA + 1, packages))).toEqual([{
    rule: 'LayerSize',
    what: 'the layer is too big for Lambda',
    got: '262,144,001 bytes unzipped\nlargest packages: pyarrow 1.0: 180,000,000 bytes, pandas 1.0: 50,000,000 bytes, '
      + 'numpy 1.0: 30,000,000 bytes, pytz 1.0: 400,000 bytes, tzdata 1.0: 300,000 bytes',
    allowed: expect.stringContaining('262,144,000 bytes'),
    fix: expect.any(String),
  }]);
});

test('fails for a layer without packages, too', () => {
  expect(checkLayerSize(summary(300_000_000))).toEqual([expect.objectContaining({ got: '300,000,000 bytes unzipped' })]);
});

test.each([[0, '0 bytes'], [999, '999 bytes'], [1000, '1,000 bytes'], [1234567, '1,234,567 bytes']])('%d is written as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
