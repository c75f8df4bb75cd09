import { formatBytes } from '../../lib/common/format-bytes';

test.each([
  [0, '0 bytes'], [1, '1 byte'], [999, '999 bytes'], [1000, '1,000 bytes'], [1234567, '1,234,567 bytes'],
])('%d is written as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
