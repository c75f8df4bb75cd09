import { parseHeaders, parsePythonMetadata } from '../../lib/inspect/python-metadata';

test('reads folded and repeated headers up to the description', () => {
  const lines = ['Name: pkg', 'License: first', '        ', '  second', 'Classifier: A', 'classifier : B', 'Odd line', '', 'Name: no header', ''];
  expect(Object.fromEntries(parseHeaders('Name: a\nX: 1\n\t2\nX:3\n\nName: b'))).toEqual({ name: ['a'], x: ['1\n2', '3'] });
  expect(Object.fromEntries(parseHeaders(lines.join('\r\n')))).toEqual({ name: ['pkg'], license: ['first\n\nsecond'], classifier: ['A', 'B'] });
});

test.each<[string[], string | undefined]>([
  [['License-Expression: MIT OR Apache-2.0', 'License: MIT', 'Classifier: License :: OSI Approved :: BSD License'], 'MIT OR Apache-2.0'],
  [['License: Apache 2.0', 'Classifier: License :: OSI Approved :: Apache Software License'], 'Apache 2.0'],
  [['License: UNKNOWN', 'Classifier: License :: OSI Approved :: MIT License'], 'MIT License'],
  [['License: ', 'Classifier: License :: Public Domain'], 'Public Domain'],
  [['Classifier: License :: OSI Approved'], undefined],
  [['Classifier: License :: OSI Approved :: MIT License', 'Classifier: License :: OSI Approved :: BSD License'], 'MIT License, BSD License'],
  [['License: BSD 3-Clause License', '        ', '        Copyright (c) somebody', '        All rights reserved.'], 'BSD 3-Clause License'],
  [['License: Copyright (c) somebody', '        All rights reserved.', 'Classifier: License :: OSI Approved :: BSD License'], 'BSD License'],
  [['Classifier: Programming Language :: Python'], undefined],
])('the licence of %j is %s', (lines, license) => {
  const text = ['Name: pkg', 'Version: 1.0', ...lines, '', 'A description'].join('\n');
  expect(parsePythonMetadata(text)).toEqual({ name: 'pkg', version: '1.0', license });
});
