import { parseWheelTags, wheelFit, type WheelFit } from '../../lib/build/wheel-tags';
import { pythonTarget } from '../../lib/target/runtimes';
import type { ArchitectureName, Target } from '../../lib/target/target';

function target(version: string, architecture: ArchitectureName = 'x86_64'): Target {
  return pythonTarget(`python${version}`, architecture) as Target;
}

/** On Python 3.13, glibc 2.34, x86_64. */
test.each<[WheelFit, string]>([
  ['fits', 'py3-none-any'],
  ['fits', 'py2.py3-none-any'],
  ['fits', 'py313-none-any'],
  ['fits', 'py38-none-any'],
  ['foreign', 'py314-none-any'],
  ['foreign', 'py2-none-any'],
  ['fits', 'cp313-none-any'],
  ['foreign', 'cp312-none-any'],
  ['fits', 'cp313-cp313-manylinux_2_17_x86_64'],
  ['fits', 'cp313-cp313-manylinux2014_x86_64'],
  ['fits', 'cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64'],
  ['fits', 'cp313-cp313-manylinux1_x86_64'],
  ['fits', 'cp313-cp313-manylinux2010_x86_64'],
  ['fits', 'cp313-cp313-manylinux_2_34_x86_64'],
  ['foreign', 'cp313-cp313-manylinux_2_35_x86_64'],
  ['foreign', 'cp313-cp313-manylinux_3_0_x86_64'],
  ['fits', 'py3-none-manylinux2014_x86_64'],
  ['fits', 'cp36-abi3-manylinux2014_x86_64'],
  ['fits', 'cp313-abi3-manylinux2014_x86_64'],
  ['foreign', 'cp314-abi3-manylinux2014_x86_64'],
  ['foreign', 'cp312-cp312-manylinux2014_x86_64'],
  ['foreign', 'cp313-cp313t-manylinux2014_x86_64'],
  ['foreign', 'cp313-cp313-musllinux_1_2_x86_64'],
  ['foreign', 'cp313-cp313-macosx_11_0_arm64'],
  ['foreign', 'cp313-cp313-macosx_10_13_universal2'],
  ['foreign', 'cp313-cp313-win_amd64'],
  ['foreign', 'pp310-pypy310_pp73-manylinux2014_x86_64'],
  ['foreign', 'cp313-cp313-manylinux2014_aarch64'],
  ['foreign', 'cp313-cp313-manylinux2014_i686'],
  ['local-native', 'cp313-cp313-linux_x86_64'],
  ['local-native', 'cp39-abi3-linux_x86_64'],
  ['foreign', 'cp312-cp312-linux_x86_64'],
  ['foreign', 'cp313-cp313-linux_aarch64'],
  ['foreign', ''],
  ['foreign', 'nonsense'],
])('%s: %s', (fit, tag) => {
  expect(wheelFit([tag], target('3.13'))).toBe(fit);
});

test.each<[WheelFit, string]>([
  ['fits', 'cp311-cp311-manylinux_2_17_x86_64'],
  ['fits', 'cp311-cp311-manylinux_2_26_x86_64'],
  ['foreign', 'cp311-cp311-manylinux_2_28_x86_64'],
  ['foreign', 'cp311-cp311-manylinux_2_27_x86_64'],
])('on a runtime with glibc 2.26, %s: %s', (fit, tag) => {
  expect(wheelFit([tag], target('3.11'))).toBe(fit);
});

test.each<[WheelFit, string]>([
  ['fits', 'cp313-cp313-manylinux_2_17_aarch64'],
  ['fits', 'cp313-cp313-manylinux2014_aarch64'],
  ['local-native', 'cp313-cp313-linux_aarch64'],
  ['foreign', 'cp313-cp313-linux_arm64'],
  ['foreign', 'cp313-cp313-manylinux2014_x86_64'],
  ['fits', 'py3-none-any'],
])('on arm64, %s: %s', (fit, tag) => {
  expect(wheelFit([tag], target('3.13', 'arm64'))).toBe(fit);
});

test('the best of several tags counts, whatever their order', () => {
  const tags = ['cp313-cp313-macosx_11_0_arm64', 'cp313-cp313-linux_x86_64', 'cp313-cp313-manylinux2014_x86_64'];

  expect(wheelFit(tags, target('3.13'))).toBe('fits');
  expect(wheelFit([...tags].reverse(), target('3.13'))).toBe('fits');
  expect(wheelFit(tags.slice(0, 2), target('3.13'))).toBe('local-native');
  expect(wheelFit([], target('3.13'))).toBe('foreign');
});

test('tags are read from a WHEEL file with either line ending', () => {
  const tags = ['cp313-cp313-manylinux_2_17_x86_64', 'cp313-cp313-manylinux2014_x86_64'];
  const lines = ['Wheel-Version: 1.0', 'Generator: tool (Tag: none)', 'Root-Is-Purelib: false', ...tags.map((tag) => `Tag: ${tag}`), ''];

  expect(parseWheelTags(lines.join('\n'))).toEqual(tags);
  expect(parseWheelTags(lines.join('\r\n'))).toEqual(tags);
  expect(parseWheelTags('')).toEqual([]);
});
