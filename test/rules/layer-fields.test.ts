import * as fc from 'fast-check';
import { layerFieldFaults, type LayerFields } from '../../lib/rules/layer-fields';

function faultsOf(fields: Partial<LayerFields>): string[] {
  return layerFieldFaults({ runtimes: [], architectures: [], ...fields }).map((fault) => {
    const text = expect.any(String);
    expect(fault).toEqual({ what: text, got: text, allowed: text, fix: text });
    return fault.what;
  });
}

test('takes all that Lambda takes, up to its limits', () => {
  expect(faultsOf({
    name: 'Aa0-_'.repeat(28), description: 'ü'.repeat(256), license: 'x'.repeat(512), runtimes: Array<string>(15).fill('python3.13'),
  })).toEqual([]);
  expect(faultsOf({})).toEqual([]);
  expect(faultsOf({ name: 'arn:aws:lambda:eu-west-1:111122223333:layer:libs' })).toEqual([]);
});

test.each(['', 'with space', 'dotted.name', 'a/b', 'größe', 'line\n', 'arn:aws:lambda:eu-west-1:1:layer:x'])('fails for the name %j', (name) => {
  expect(faultsOf({ name })).toEqual(['the layer name has characters that Lambda refuses']);
});

test('fails for any name but letters, digits, hyphens and underscores', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (name) => {
    expect(faultsOf({ name })).toHaveLength(/^[\w-]+$/.test(name) ? 0 : 1);
  }));
});

test('fails for everything that is too long or too many, at once', () => {
  expect(faultsOf({
    name: `${'x'.repeat(140)}.`, description: 'x'.repeat(257), license: 'x'.repeat(513), runtimes: Array<string>(16).fill('python3.13'),
    architectures: ['x86_64', 'riscv'],
  })).toEqual([
    'the layer name has characters that Lambda refuses',
    'the layer name is too long',
    'the description is too long',
    'the licence is too long',
    'too many compatible runtimes',
    'the compatible architectures are not what Lambda takes',
  ]);
});
