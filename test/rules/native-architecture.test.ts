import { contentOf, functionOf, layerOf, told } from './support';
import { nativeArchitecture } from '../../lib/rules/native-architecture';

const native = (machine: string) => contentOf({ nativeFiles: [{ path: 'python/a.so', machine }, { path: 'bin/tool', machine: 'unknown-243' }] });

test('native files for the function\'s machine pass, those for none of Lambda\'s, and what declares another machine already', () => {
  expect(nativeArchitecture.checkFunction!(functionOf([layerOf('A', { content: native('x86_64') }), layerOf('B')]))).toEqual([]);
  expect(nativeArchitecture.checkFunction!(functionOf([layerOf('A', { content: native('arm64'), architectures: ['arm64'] })]))).toEqual([]);
});

test('fails for our native files for another machine, warns for others', () => {
  const findings = nativeArchitecture.checkFunction!(functionOf([
    layerOf('A', { content: native('arm64') }), layerOf('B', { content: native('arm64'), isOurs: false, architectures: ['x86_64'] }),
  ]));
  expect(told(findings)).toEqual([
    'error Shop/Orders: a layer has native files for another machine than the function\'s',
    'warning Shop/Orders: a layer has native files for another machine than the function\'s',
  ]);
  expect(findings[0].fault.got).toBe('the function is x86_64; of the native files of Shop/A, 1 are for another machine:\npython/a.so: arm64');
});
