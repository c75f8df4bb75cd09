import * as fc from 'fast-check';
import { contentOf, functionOf, layerOf, theirs, told } from './support';
import { extensionName } from '../../lib/rules/extension-name';
import type { LayerFacts } from '../../lib/rules/facts';

function withExtensions(id: string, ...names: string[]): LayerFacts {
  const programs = names.map((name) => ({ path: `extensions/${name}`, format: 'script', isExecutable: true, mentionsRegistration: true }));
  return layerOf(id, { content: contentOf({ programs }) });
}

function check(...layers: LayerFacts[]): string[] {
  return extensionName.checkFunction!(functionOf(layers)).map(({ fault }) => fault.got!);
}

test('other names pass, programs elsewhere, and files below the folder', () => {
  const wrapper = { path: 'a', format: 'script', isExecutable: true, mentionsRegistration: false };
  const wrapping = layerOf('C', { content: contentOf({ programs: [wrapper] }) });
  expect(check(withExtensions('A', 'a'), withExtensions('B', 'b'), wrapping, layerOf('D'))).toEqual([]);
});

test('fails for a name in two layers, on the later one', () => {
  const findings = extensionName.checkFunction!(functionOf([withExtensions('A', 'a', 'x'), withExtensions('B', 'x', 'a')]));
  expect(told(findings)).toEqual(['error Shop/B: a layer hides extensions of another one, which never start']);
  expect(findings[0]).toMatchObject({ seenIn: 'Shop/Orders', fault: { got: 'a, x of Shop/A below Shop/B' } });
});

test('warns where neither of them is ours', () => {
  const arn = theirs('arn', { extensions: ['collector'] });
  expect(told(extensionName.checkFunction!(functionOf([arn, { ...withExtensions('B', 'collector'), isOurs: false }])))).toEqual([
    'warning Shop/B: a layer hides extensions of another one, which never start',
  ]);
});

test('names are known by the files of an archive, or by what is said of an imported layer', () => {
  const archive: LayerFacts = {
    ...layerOf('A'), content: { ...contentOf({ files: ['extensions/a', 'extensions/lib/b', 'python/a'] }), programs: () => undefined },
  };
  expect(check(archive, theirs('arn', { extensions: ['a', 'b'] }))).toEqual(['a of Shop/A below arn']);
});

test('names of a stub are those that its construct declares', () => {
  const stub = layerOf('A', { declaredPrograms: ['extensions/a', 'b'] });
  expect(check(stub, theirs('arn', { extensions: ['a', 'b'] }))).toEqual(['a of Shop/A below arn']);
});

test('one layer twice, or in two versions, is another rule\'s', () => {
  const layer = withExtensions('A', 'a');
  expect(check(layer, layer)).toEqual([]);
  expect(check(layer, { ...layer, version: 'other' })).toEqual([]);
});

test('a name that n layers have is told once for each two of them', () => {
  fc.assert(fc.property(fc.array(fc.subarray(['a', 'b', 'c']), { maxLength: 5 }), (layers) => {
    const pairs = layers.flatMap((upper, place) => layers.slice(0, place).filter((lower) => lower.some((name) => upper.includes(name))));
    expect(check(...layers.map((names, number) => withExtensions(`L${number}`, ...names)))).toHaveLength(pairs.length);
  }));
});
