import type { ManifestPackage } from '../../lib/inspect/manifest';
import { layerSizeFindings } from '../../lib/rules/layer-size';
import { UNZIPPED_BYTES_QUOTA, WARNING_BYTES } from '../../lib/rules/quota';
import type { Finding } from '../../lib/rules/rule';

function findings(unzippedBytes: number, packages: Readonly<Record<string, number>> = {}): Finding[] {
  return layerSizeFindings({
    unzippedBytes,
    content: {
      nativeFiles: [], hasPlacedFiles: false, files: () => [], executables: () => new Set(), programs: () => [],
      packages: Object.entries(packages).map(([name, bytes]): ManifestPackage =>
        ({ name, version: '1.0', bytes, hasNativeCode: false, sourceBuild: false })),
    },
  }, 'Shop/Libs');
}

test('a layer may fill the quota to its last byte, with a warning', () => {
  expect(findings(UNZIPPED_BYTES_QUOTA)).toEqual([expect.objectContaining({ severity: 'warning', place: 'Shop/Libs' })]);
  expect(findings(UNZIPPED_BYTES_QUOTA)[0].fault.got).toBe('262,144,000 bytes unzipped, 100.0 % of the quota');
});

test('below 95 % nothing is said', () => {
  expect(WARNING_BYTES).toBe(249_036_800);
  expect(findings(WARNING_BYTES - 1)).toEqual([]);
  expect(findings(WARNING_BYTES)).toHaveLength(1);
  expect(findings(0)).toEqual([]);
});

test('fails for one byte more, and names the largest packages', () => {
  const packages = { small: 1, numpy: 30_000_000, six: 2000, pandas: 50_000_000, tzdata: 300_000, pyarrow: 180_000_000, pytz: 400_000 };

  expect(findings(UNZIPPED_BYTES_QUOTA + 1, packages)).toEqual([{
    severity: 'error',
    place: 'Shop/Libs',
    fault: {
      what: 'the layer is too big for Lambda',
      got: '262,144,001 bytes unzipped\nlargest packages: pyarrow 1.0: 180,000,000 bytes, pandas 1.0: 50,000,000 bytes, '
        + 'numpy 1.0: 30,000,000 bytes, pytz 1.0: 400,000 bytes, tzdata 1.0: 300,000 bytes',
      allowed: expect.stringContaining('262,144,000 bytes'),
      fix: expect.any(String),
    },
  }]);
});

test('fails for a layer without packages, too', () => {
  expect(findings(300_000_000)[0].fault.got).toBe('300,000,000 bytes unzipped');
});
