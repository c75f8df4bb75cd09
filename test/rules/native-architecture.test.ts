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

test('a program that Lambda starts has no choice of machine: others for the right one do not excuse it', () => {
  const program = (machine: string) => contentOf({
    nativeFiles: [{ path: 'lib/a-x86.so', machine: 'x86_64' }, { path: 'extensions/audit', machine }],
    programs: [{ path: 'extensions/audit', format: 'elf', machine, isExecutable: true, mentionsRegistration: true }],
  });
  const check = (machine: string) => nativeArchitecture.checkFunction!(functionOf([layerOf('A', { content: program(machine) })]));
  expect(check('x86_64')).toEqual([]);
  expect(check('arm64')[0].fault.got).toContain('extensions/audit: arm64');
  expect(check('unknown-3')[0]).toMatchObject({ severity: 'error' });
});

test('a program behind a link is looked at, too', () => {
  const content = contentOf({
    nativeFiles: [{ path: 'bin/audit', machine: 'arm64' }, { path: 'bin/audit-x86', machine: 'x86_64' }],
    programs: [{ path: 'extensions/audit', format: 'elf', machine: 'arm64', isExecutable: true, mentionsRegistration: true }],
  });
  expect(nativeArchitecture.checkFunction!(functionOf([layerOf('A', { content })]))).toHaveLength(1);
});
