import { contentOf, functionOf, layerOf, theirs, told } from './support';
import { execWrapper } from '../../lib/rules/exec-wrapper';
import type { FunctionFacts, LayerFacts } from '../../lib/rules/facts';
import { EXEC_WRAPPER } from '../../lib/target/exec-wrapper';

const UNUSED = 'the function does not start through the wrapper of its layer';
const ADOT = theirs('adot', { wrappers: ['/opt/otel-handler', '/opt/otel-instrument'] });

function wrapping(id: string, name: string): LayerFacts {
  return layerOf(id, { content: contentOf({ files: [name], executables: [name] }), wrappers: [`/opt/${name}`] });
}

/** @param value undefined for none, null for one that only deployment knows */
function check(layers: readonly LayerFacts[], value?: string | null, facts: Partial<FunctionFacts> = {}): string[] {
  return told(execWrapper.checkFunction!(functionOf(layers, {
    environment: () => new Map(value === undefined ? [] : [[EXEC_WRAPPER, value ?? undefined]]),
    literals: () => new Map(value === undefined || value === null ? [] : [[EXEC_WRAPPER, value]]),
    ...facts,
  })));
}

test.each([
  ['no wrapper', [layerOf('Libs')], undefined],
  ['the wrapper of the layer', [wrapping('A', 'wrap')], '/opt/wrap'],
  ['a wrapper of ADOT', [ADOT], '/opt/otel-instrument'],
  ['layers of ADOT whose wrapper is not wanted', [ADOT, { ...ADOT, version: 'adot2' }], undefined],
  ['the function\'s own wrapper', [layerOf('Libs', { content: contentOf({}) })], '/var/task/wrap'],
  ['a file of a layer that declares no wrapper', [layerOf('A', { content: contentOf({ files: ['wrap'], executables: ['wrap'] }) })], '/opt/wrap'],
  ['a file that an unknown layer may have', [theirs('arn')], '/opt/wrap'],
  ['a value that only deployment knows', [wrapping('A', 'wrap')], null],
])('passes: %s', (_, layers, value) => {
  expect(check(layers, value)).toEqual([]);
});

test('an environment that only deployment knows passes, and a function of an image', () => {
  expect(check([wrapping('A', 'wrap')], undefined, { environment: () => undefined })).toEqual([]);
  expect(check([wrapping('A', 'wrap')], undefined, { isImage: true })).toEqual([]);
});

test.each([undefined, '', '/opt/other', '/var/task/wrap'])('fails for a wrapper of ours that the environment does not name: %s', (value) => {
  expect(check([wrapping('A', 'wrap')], value)).toEqual([`error Shop/Orders: ${UNUSED}`]);
});

test('fails for two layers of which each brings one, by name or by the same name', () => {
  expect(check([wrapping('A', 'a'), wrapping('B', 'b')], '/opt/b')).toEqual([`error Shop/Orders: ${UNUSED}`]);
  expect(check([wrapping('A', 'a'), wrapping('B', 'a')], '/opt/a')).toEqual([`error Shop/Orders: ${UNUSED}`]);
  expect(check([wrapping('A', 'a'), ADOT], '/opt/otel-handler')).toEqual([`error Shop/Orders: ${UNUSED}`]);
});

test('warns where only the wrapper of somebody else is not used', () => {
  expect(check([ADOT, wrapping('A', 'a')], '/opt/a')).toEqual([`warning Shop/Orders: ${UNUSED}`]);
});

test('the message says what the environment names and what each layer brings', () => {
  const [{ fault }] = execWrapper.checkFunction!(functionOf([wrapping('A', 'a'), ADOT]));
  expect(fault.got).toBe(`no ${EXEC_WRAPPER}\nShop/A brings /opt/a\nadot brings /opt/otel-handler, /opt/otel-instrument`);
});

test('fails for a wrapper that none of the layers has, and for one that may not be executed', () => {
  const libs = layerOf('Libs', { content: contentOf({ files: ['wrap'] }) });
  expect(check([libs], '/opt/other')).toEqual(['error Shop/Orders: the exec wrapper of the function is in none of its layers']);
  expect(check([libs], '/opt/wrap')).toEqual(['error Shop/Orders: the exec wrapper of the function may not be executed']);
  expect(check([], '/opt/wrap')).toHaveLength(1);
  expect(check([], '/opt/wrap', { mayHaveMoreLayers: true })).toEqual([]);
});

test('fails on an OS-only runtime for a wrapper of ours, warns for a variable', () => {
  const what = 'an OS-only runtime knows no exec wrapper';
  expect(check([wrapping('A', 'wrap')], '/opt/wrap', { runtime: 'provided.al2023' })).toEqual([`error Shop/Orders: ${what}`]);
  expect(check([wrapping('A', 'wrap')], undefined, { runtime: 'provided.al2023' })).toEqual([`error Shop/Orders: ${what}`]);
  expect(check([theirs('arn')], '/opt/wrap', { runtime: 'provided.al2' })).toEqual([`warning Shop/Orders: ${what}`]);
  expect(check([ADOT], undefined, { runtime: 'provided.al2' })).toEqual([]);
});
