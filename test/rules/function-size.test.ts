import { contentOf, functionOf, layerOf, theirs, told } from './support';
import { functionSize, sizeOf } from '../../lib/rules/function-size';
import { UNZIPPED_BYTES_QUOTA, WARNING_BYTES } from '../../lib/rules/quota';

test('code and layers may come near to 95 % of the quota in silence, and fill it with a warning', () => {
  const fn = (bytes: number) => functionOf(
    [layerOf('A', { unzippedBytes: bytes - 3_000_000 }), layerOf('B', { unzippedBytes: 1_000_000 })], { codeBytes: 2_000_000 },
  );
  expect(functionSize.checkFunction!(fn(WARNING_BYTES - 1))).toEqual([]);
  expect(told(functionSize.checkFunction!(fn(WARNING_BYTES)))).toEqual([
    'warning Shop/Orders: the function with its layers nearly fills the quota',
  ]);
  expect(told(functionSize.checkFunction!(fn(UNZIPPED_BYTES_QUOTA)))).toEqual([expect.stringMatching(/^warning /)]);
});

test('fails for one byte more, with every part and the largest packages', () => {
  const findings = functionSize.checkFunction!(functionOf([
    layerOf('A', { unzippedBytes: UNZIPPED_BYTES_QUOTA, content: contentOf({ packages: [{ name: 'pandas', version: '2.3', bytes: 50_000_000 }] }) }),
  ], { codeBytes: 1 }));
  expect(told(findings)).toEqual(['error Shop/Orders: the function with its layers is too big for Lambda']);
  expect(findings[0].fault.got).toBe([
    '262,144,001 bytes unzipped, 100.0 % of the quota', 'code: 1 byte', 'Shop/A: 262,144,000 bytes',
    'largest packages: pandas 2.3: 50,000,000 bytes',
  ].join('\n'));
});

test('what is not known makes it a lower bound, which fails all the same when it is too much', () => {
  const unknown = theirs('arn:aws:lambda:us-east-1:111122223333:layer:x:1');
  expect(functionSize.checkFunction!(functionOf([unknown], { codeBytes: undefined }))).toEqual([]);
  const findings = functionSize.checkFunction!(functionOf([unknown, layerOf('A', { unzippedBytes: UNZIPPED_BYTES_QUOTA + 1 })]));
  expect(findings[0].fault.got).toContain('at least 262,144,001 bytes');
  expect(findings[0].fault.got).toContain('a lower bound');
  expect(findings[0].fault.got).toContain('layer:x:1: not known');
});

test.each([
  [functionOf([layerOf('A', { unzippedBytes: 1 })], { codeBytes: 2 }), { bytes: 3, isLowerBound: false }],
  [functionOf([layerOf('A', { unzippedBytes: 1 })], { codeBytes: undefined }), { bytes: 1, isLowerBound: true }],
  [functionOf([layerOf('A')], { codeBytes: 2 }), { bytes: 2, isLowerBound: true }],
  [functionOf([], { codeBytes: 2, mayHaveMoreLayers: true }), { bytes: 2, isLowerBound: true }],
])('sizes add up %#', (fn, size) => {
  expect(sizeOf(fn)).toEqual(size);
});

test('an image has a quota of its own', () => {
  expect(functionSize.checkFunction!(functionOf([], { isImage: true, codeBytes: UNZIPPED_BYTES_QUOTA + 1 }))).toEqual([]);
});
