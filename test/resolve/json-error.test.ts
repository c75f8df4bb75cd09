import { jsonErrorLine } from '../../lib/resolve/json-error';

test.each([
  ['{\n  "a": 1,\n}', 3],
  ['{\n  "a": 1\n  "b": 2\n}', 3],
  ['{\n  "a": [1, 2\n}', 3],
  ['{\n  "a": tru\n}', 2],
  ['{\n  "a": "x\n"\n}', 2],
  ['{\n<<<<<<< HEAD\n}', 2],
  ['{\n  "a": 01\n}', 2],
  ['{\n  a: 1\n}', 2],
  ['{\n  "a": 1\n}\nmore', 4],
  ['{\n  "a": {\n', 3],
  ['', 1],
])('fails %j on the right line', (text, line) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
  expect(jsonErrorLine(text)).toBe(line);
});
