import * as fc from 'fast-check';
import { contentOf, published, told } from './support';
import type { ManifestProgram } from '../../lib/inspect/manifest';
import { PROGRAM_RULES } from '../../lib/rules/extension-program';
import type { PublishedLayer } from '../../lib/rules/facts';
import type { Finding } from '../../lib/rules/rule';

const GOOD: ManifestProgram = { path: 'extensions/audit', format: 'script', interpreter: '/bin/sh', isExecutable: true, mentionsRegistration: true };

/** What all rules about programs find, with their ids. */
function check(program: Partial<ManifestProgram>, facts: Partial<PublishedLayer> = {}): string[] {
  const layer = published('Audit', { content: contentOf({ programs: [{ ...GOOD, ...program }] }), ...facts });
  return PROGRAM_RULES.flatMap(({ id, checkLayer }) => told(checkLayer!(layer, undefined!)).map((line) => `${id}: ${line}`));
}

function gotOf(programs: readonly Partial<ManifestProgram>[]): string[] {
  const layer = published('Audit', { content: contentOf({ programs: programs.map((one) => ({ ...GOOD, ...one })) }) });
  return PROGRAM_RULES.flatMap(({ checkLayer }): Finding[] => checkLayer!(layer, undefined!)).map(({ fault }) => fault.got!);
}

test.each([
  ['a script', {}],
  ['machine code', { format: 'elf', interpreter: '/lib64/ld-linux-x86-64.so.2', machine: 'x86_64' }],
  ['a static program', { format: 'elf', interpreter: undefined, machine: 'arm64' }],
  ['the right name', { registersAs: 'audit' }],
  ['env', { interpreter: '/usr/bin/env python3' }],
  ['env with arguments', { interpreter: '/bin/env -S node --max-old-space-size=32' }],
  ['an interpreter with an argument', { interpreter: '/bin/sh -e' }],
  ['the longest shebang', { interpreter: `/${'x'.repeat(252)}` }],
])('passes: %s', (_, program) => {
  expect(check(program)).toEqual([]);
});

test('a wrapper registers nowhere, and must be a program all the same', () => {
  expect(check({ path: 'wrap', mentionsRegistration: false }, { declaredPrograms: ['wrap'] })).toEqual([]);
  expect(check({ path: 'wrap', interpreter: '/bin/sh\r' }, { declaredPrograms: ['wrap'] })).toEqual([
    'ExtensionShebang: error Shop/Audit: the first line of a script ends with a carriage return,'
    + ' which the system takes for a part of the interpreter\'s name',
  ]);
});

test('fails for what not everyone may execute; warns for others\' layers', () => {
  expect(check({ isExecutable: false })).toEqual(['ExtensionMode: error Shop/Audit: Lambda cannot start a program that not everyone may execute']);
  expect(check({ isExecutable: false }, { isOurs: false })).toEqual([
    'ExtensionMode: warning Shop/Audit: Lambda cannot start a program that not everyone may execute',
  ]);
});

test.each([
  ['a hidden file in a layer of others', { path: 'extensions/.DS_Store', format: 'unknown', isExecutable: false }, undefined],
  ['an empty file', { format: 'empty', isExecutable: false }, undefined],
  ['a good program that is not declared', { path: 'extensions/other' }, ['extensions/audit']],
  ['a text that is not declared', { path: 'extensions/README', format: 'unknown' }, ['extensions/audit']],
])('fails once for %s', (_, program, declaredPrograms) => {
  expect(check({ mentionsRegistration: false, ...program }, { declaredPrograms })).toEqual([
    'ExtensionStray: error Shop/Audit: a file in `extensions` is no extension, and Lambda would start it as one',
  ]);
});

test.each([
  ['empty', 'an empty file'], ['bom', 'a byte order mark before the `#!`'], ['macos', 'a program for macOS'], ['windows', 'a program for Windows'],
  ['unknown', 'neither machine code nor a script with a shebang'],
])('fails for an executable file of the format %s, and says only that', (format, got) => {
  expect(gotOf([{ format, interpreter: undefined, mentionsRegistration: false }])).toEqual([`extensions/audit: ${got}`]);
});

test('fails for a link to nothing', () => {
  expect(gotOf([{ format: 'link', interpreter: undefined, isExecutable: false, mentionsRegistration: false }])).toEqual([
    'extensions/audit: a link that leads to no file of the layer',
  ]);
});

test.each([
  ['a carriage return', '/usr/bin/env python3\r', 'ends with a carriage return'],
  ['a relative path', 'bin/sh', 'names no absolute path'],
  ['no path', '', 'names no absolute path'],
  ['more than the system reads', `/bin/sh ${'x'.repeat(246)}`, 'longer than the system reads'],
  ['env and arguments without -S', '/usr/bin/env node --x', 'gives env no program'],
  ['env alone', '/usr/bin/env', 'gives env no program'],
])('fails for a shebang with %s', (_, interpreter, what) => {
  expect(check({ interpreter })).toEqual([expect.stringMatching(new RegExp(`^ExtensionShebang: error .*${what}`))]);
});

test('fails for a program that never registers, and for one that does by another name', () => {
  expect(check({ mentionsRegistration: false })).toEqual([
    'ExtensionRegistration: error Shop/Audit: an extension never registers: Lambda waits for it, and the function does not start',
  ]);
  expect(gotOf([{ path: 'extensions/audit.sh', registersAs: 'audit' }])).toEqual(['extensions/audit.sh: registers as audit']);
});

test('programs with one fault are told together', () => {
  expect(gotOf([{ path: 'extensions/a', isExecutable: false }, { path: 'extensions/b', isExecutable: false }])).toEqual([
    'extensions/a: no permission to execute it\nextensions/b: no permission to execute it',
  ]);
});

const anyProgram = fc.record({
  path: fc.constantFrom('extensions/a', 'extensions/.b', 'wrap'),
  format: fc.constantFrom('elf', 'script', 'empty', 'bom', 'macos', 'windows', 'link', 'unknown', 'of a later version'),
  interpreter: fc.option(fc.constantFrom('/bin/sh', '', 'sh', '/bin/sh\r', '/usr/bin/env', `/${'x'.repeat(300)}`), { nil: undefined }),
  isExecutable: fc.boolean(),
  mentionsRegistration: fc.boolean(),
  registersAs: fc.option(fc.constantFrom('a', 'other'), { nil: undefined }),
});

test('what is wrong is told, by as many rules as there are things to mend, and by one where the file has no business there', () => {
  fc.assert(fc.property(anyProgram, fc.boolean(), (program, isDeclared) => {
    const found = check(program, { declaredPrograms: isDeclared ? [program.path] : undefined });
    const ids = found.map((line) => line.split(':')[0]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.includes('ExtensionStray') ? ids : []).toEqual(ids.includes('ExtensionStray') ? ['ExtensionStray'] : []);
    if (!['elf', 'script'].includes(program.format)) {
      expect(ids.some((id) => ['ExtensionShebang', 'ExtensionStray'].includes(id))).toBe(true);
    }
    expect(ids.includes('ExtensionMode') || ids.includes('ExtensionStray')).toBe(
      program.format !== 'link' && !program.isExecutable
      || ids.includes('ExtensionStray'),
    );
  }), { numRuns: 500 });
});
