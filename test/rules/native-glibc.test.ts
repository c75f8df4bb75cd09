import { contentOf, functionOf, layerOf, told } from './support';
import { nativeGlibc } from '../../lib/rules/native-glibc';

function check(path: string, glibc: string | undefined, runtime = 'python3.11'): string[] {
  const layer = layerOf('A', { content: contentOf({ nativeFiles: [{ path, machine: 'x86_64', glibc }] }) });
  return told(nativeGlibc.checkFunction!(functionOf([layer], { runtime })));
}

test.each([
  ['Amazon Linux 2 has 2.26', 'bin/tool', '2.26', 'python3.11'],
  ['Amazon Linux 2023 has 2.34', 'bin/tool', '2.34', 'python3.13'],
  ['a file that needs none', 'bin/tool', undefined, 'python3.11'],
  ['numbers are compared, not texts', 'bin/tool', '2.4', 'python3.11'],
  ['a runtime that nobody knows', 'bin/tool', '2.99', 'nodejs99.x'],
  ['a folder of another Python', 'python/lib/python3.13/site-packages/a.so', '2.34', 'python3.11'],
  ['an extension module of another Python', 'python/a.cpython-313-x86_64-linux-gnu.so', '2.34', 'python3.11'],
])('passes: %s', (_, path, glibc, runtime) => {
  expect(check(path, glibc, runtime)).toEqual([]);
});

test('warns for what may be loaded', () => {
  expect(check('bin/tool', '2.27')).toEqual(['warning Shop/A: native files need a newer glibc than the runtime has']);
  expect(check('lib/libx.so.1', '2.35', 'nodejs22.x')).toHaveLength(1);
});

test.each(['python/a.cpython-311-x86_64-linux-gnu.so', 'python/a.abi3.so', 'python/lib/python3.11/site-packages/a.cpython-311-x86_64-linux-gnu.so'])(
  'fails for what is loaded for certain when its name is imported: %s', (path) => {
    expect(check(path, '2.28')).toEqual(['error Shop/A: native files need a newer glibc than the runtime has']);
  });

test('fails for extensions, which are started for certain', () => {
  expect(check('extensions/audit', '2.35', 'nodejs22.x')).toEqual(['error Shop/A: native files need a newer glibc than the runtime has']);
  expect(check('extensions/audit', '2.34', 'nodejs22.x')).toEqual([]);
  expect(check('extensions/lib/x.so', '2.35', 'nodejs22.x')).toEqual(['warning Shop/A: native files need a newer glibc than the runtime has']);
});
