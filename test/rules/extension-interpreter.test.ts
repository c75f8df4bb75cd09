import * as fc from 'fast-check';
import { appOf, contentOf, functionOf, layerOf, published, theirs, told } from './support';
import type { ManifestProgram } from '../../lib/inspect/manifest';
import { extensionInterpreter } from '../../lib/rules/extension-interpreter';
import type { FunctionFacts, LayerFacts } from '../../lib/rules/facts';
import { interpretersOf } from '../../lib/target/interpreters';
import { RUNTIME_NAMES, systemOf } from '../../lib/target/lambda-runtimes';

const MISSING = 'what a program is started with is not there';

function script(interpreter: string, path = 'extensions/audit'): ManifestProgram {
  return { path, format: 'script', interpreter, isExecutable: true, mentionsRegistration: true };
}

function elf(interpreter?: string): ManifestProgram {
  return { path: 'extensions/audit', format: 'elf', interpreter, machine: 'x86_64', isExecutable: true, mentionsRegistration: true };
}

function audit(program: ManifestProgram, executables: readonly string[] = []): LayerFacts {
  return layerOf('Audit', { content: contentOf({ programs: [program], executables }) });
}

/** What is missing for a program in a function with only its layer. */
function missing(program: ManifestProgram, facts: Partial<FunctionFacts> = {}, others: readonly LayerFacts[] = []): string[] {
  return extensionInterpreter.checkFunction!(functionOf([audit(program), ...others], facts)).map(({ fault }) => fault.got!);
}

test.each([
  ['a shell', script('/bin/sh -e')],
  ['bash', script('/usr/bin/bash')],
  ['the runtime\'s own interpreter', script('/var/lang/bin/python3.13')],
  ['env and the runtime\'s language', script('/usr/bin/env python3')],
  ['env -S', script('/usr/bin/env -S PYTHONUNBUFFERED=1 python3 -u')],
  ['env with a program by its path', script('/usr/bin/env /bin/sh')],
  ['options of env that change what it does', script('/usr/bin/env -S -u HOME python9')],
  ['a program that links glibc', elf('/lib64/ld-linux-x86-64.so.2')],
  ['a static program', elf()],
  ['the function\'s own code', script('/var/task/bin/node')],
  ['what other rules tell', script('bin/sh')],
  ['what other rules tell of carriage returns', script('/bin/nothing\r')],
])('passes: %s', (_, program) => {
  expect(missing(program)).toEqual([]);
});

test.each([
  ['another place of Python', script('/usr/bin/python3'), 'no runtime has /usr/bin/python3'],
  ['another language', script('/var/lang/bin/node'), 'python3.13 has no /var/lang/bin/node'],
  ['env and another language', script('/usr/bin/env node'), 'python3.13 has no node'],
  ['env -S and another language', script('/usr/bin/env -S A=b node --x'), 'python3.13 has no node'],
  ['another version', script('/var/lang/bin/python3.12'), 'python3.13 has no /var/lang/bin/python3.12'],
  ['env and a program that nothing has', script('/usr/bin/env pwsh'), 'no runtime has pwsh'],
  ['a program that links musl', elf('/lib/ld-musl-x86_64.so.1'), 'no runtime has /lib/ld-musl-x86_64.so.1'],
  ['an interpreter that no layer brings', script('/opt/bin/perl'), 'no runtime has /opt/bin/perl'],
])('fails for %s', (_, program, got) => {
  expect(missing(program)).toEqual([`extensions/audit of Shop/Audit: ${got}`]);
});

test('fails on the layer, as a warning for others\', and names each function', () => {
  const layer = audit(script('/usr/bin/env node'));
  const others = { ...layer, isOurs: false, place: undefined, name: 'arn', version: 'arn' };
  const findings = extensionInterpreter.checkFunction!(functionOf([layer, others]));
  expect(told(findings)).toEqual([`error Shop/Audit: ${MISSING}`, `warning Shop/Orders: ${MISSING}`]);
  expect(findings.map(({ seenIn }) => seenIn)).toEqual(['Shop/Orders', 'Shop/Orders']);
});

test('a wrapper is looked at as extensions are', () => {
  expect(missing(script('/usr/bin/env node', 'wrap'))).toEqual(['wrap of Shop/Audit: python3.13 has no node']);
});

test('env -S is not there on Amazon Linux 2', () => {
  expect(missing(script('/usr/bin/env -S python3 -u'), { runtime: 'python3.11' })).toEqual([
    'extensions/audit of Shop/Audit: python3.11 has no `env -S`',
  ]);
  expect(missing(script('/usr/bin/env -S nothing'), { runtime: 'python3.11' })[0]).toContain('python3.11 has no `env -S`');
  expect(missing(script('/usr/bin/env python3'), { runtime: 'python3.11' })).toEqual([]);
});

test('OS-only runtimes have shells and no language', () => {
  expect(missing(script('/bin/sh'), { runtime: 'provided.al2023' })).toEqual([]);
  expect(missing(script('/usr/bin/env python3'), { runtime: 'provided.al2023' })).toHaveLength(1);
});

test('of a runtime that is not known, only what no runtime has is told', () => {
  for (const runtime of [undefined, 'cobol1.x']) {
    expect(missing(script('/usr/bin/env node'), { runtime })).toEqual([]);
    expect(missing(script('/usr/bin/node'), { runtime })).toHaveLength(1);
  }
  expect(missing(script('/usr/bin/env python3'), { runtime: 'python3.99' })).toEqual([]);
});

test('a layer of the function may bring the interpreter, where permissions let it be executed', () => {
  const bringing = (...executables: string[]): LayerFacts => layerOf('Perl', { content: contentOf({ executables }) });
  expect(missing(script('/opt/bin/perl -w'), {}, [bringing('bin/perl')])).toEqual([]);
  expect(missing(script('/usr/bin/env perl'), {}, [bringing('bin/perl')])).toEqual([]);
  expect(missing(script('/opt/tools/bin/perl'), {}, [bringing('tools')])).toEqual([]);
  expect(missing(script('/opt/bin/perl'), {}, [bringing('bin/perl5', 'perl')])).toHaveLength(1);
  expect(missing(elf('/opt/lib/ld-musl-x86_64.so.1'), {}, [bringing('lib/ld-musl-x86_64.so.1')])).toEqual([]);
});

test('what is not known may bring it', () => {
  expect(missing(script('/opt/bin/perl'), {}, [theirs('arn')])).toEqual([]);
  expect(missing(script('/usr/bin/env perl'), { mayHaveMoreLayers: true })).toEqual([]);
  expect(missing(script('/usr/bin/perl'), {}, [theirs('arn')])).toHaveLength(1);
});

test('a path of the function\'s own, or one that is not known, may lead env anywhere', () => {
  expect(missing(script('/usr/bin/env node'), { environment: () => new Map([['PATH', '/x']]) })).toEqual([]);
  expect(missing(script('/usr/bin/env node'), { environment: () => undefined })).toEqual([]);
});

test('functions of images have their own files', () => {
  expect(missing(script('/usr/bin/node'), { isImage: true })).toEqual([]);
});

test('a layer fails for each runtime that it declares, without any function; what no runtime has is told alike', () => {
  const gots = (program: ManifestProgram, runtimes?: readonly string[]): string[] => extensionInterpreter
    .checkLayer!(published('Audit', { content: contentOf({ programs: [program] }), runtimes }), appOf()).map(({ fault }) => fault.got!);
  expect(gots(script('/usr/bin/env node'), ['nodejs22.x', 'python3.12', 'python3.13'])).toEqual([
    'extensions/audit of Shop/Audit: python3.12 has no node', 'extensions/audit of Shop/Audit: python3.13 has no node',
  ]);
  expect(new Set(gots(script('/usr/bin/node'), ['nodejs22.x', 'python3.12'])).size).toBe(1);
  expect(gots(script('/usr/bin/env node'))).toEqual([]);
});

test('what a layer declares is not held against it where a function has another layer beside it', () => {
  const layer = published('Audit', { content: contentOf({ programs: [script('/usr/bin/env node')] }), runtimes: ['python3.13'] });
  const check = (...layers: LayerFacts[]): number => extensionInterpreter.checkLayer!(layer, appOf({ functions: [functionOf(layers)] })).length;
  expect(check(layer)).toBe(1);
  expect(check(layer, layerOf('Perl'))).toBe(0);
});

test('a layer and its function tell the same', () => {
  const layer = published('Audit', { content: contentOf({ programs: [script('/usr/bin/env node')] }), runtimes: ['python3.13'] });
  const [ofFunction] = extensionInterpreter.checkFunction!(functionOf([layer]));
  const [ofLayer] = extensionInterpreter.checkLayer!(layer, appOf());
  expect({ ...ofFunction, seenIn: undefined }).toEqual({ ...ofLayer, seenIn: undefined });
});

test('what each runtime has is found by its path and, where env looks, by its name', () => {
  const paths = fc.constantFrom(...RUNTIME_NAMES).chain((runtime) => fc.tuple(fc.constant(runtime), fc.constantFrom(...interpretersOf(runtime))));
  fc.assert(fc.property(paths, ([runtime, path]) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    expect(missing(script(path), { runtime })).toEqual([]);
    expect(path.includes('/bin/') ? missing(script(`/usr/bin/env ${name}`), { runtime }) : []).toEqual([]);
    const hasSplit = path.includes('/bin/') && systemOf(runtime)!.hasEnvSplit;
    expect(hasSplit ? missing(script(`/usr/bin/env -S ${name} -x`), { runtime }) : []).toEqual([]);
  }));
});

test('more layers never make it worse', () => {
  const names = fc.constantFrom('/bin/sh', '/opt/bin/perl', '/usr/bin/env perl', '/usr/bin/perl', '/usr/bin/env -S node -x');
  const layers = fc.array(fc.subarray(['bin/perl', 'bin/node', 'bin'], { minLength: 0 }), { maxLength: 3 });
  fc.assert(fc.property(names, fc.constantFrom(...RUNTIME_NAMES, undefined), layers, (interpreter, runtime, brought) => {
    const others = brought.map((executables, number) => layerOf(`L${number}`, { content: contentOf({ executables }) }));
    expect(missing(script(interpreter), { runtime }, others).length).toBeLessThanOrEqual(missing(script(interpreter), { runtime }).length);
  }));
});
