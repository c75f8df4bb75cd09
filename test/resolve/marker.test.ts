import * as fc from 'fast-check';

import { targetOf } from './support';
import { ConditionReader, both, either, markerOf, NEVER } from '../../lib/resolve/condition';
import { anyFact, choiceFacts, parseMarker, renderMarker, specialize } from '../../lib/resolve/marker';
import type { Facts, Marker } from '../../lib/resolve/marker';
import { platformFacts } from '../../lib/resolve/platform-facts';

function rendered(text: string): string | undefined {
  const marker = parseMarker(text);
  return marker === undefined ? undefined : renderMarker(marker);
}

function onTarget(text: string, pythonVersion: string): string | boolean {
  const marker = parseMarker(text);
  if (marker === undefined) {
    throw new Error(`no marker: ${text}`);
  }
  const result = specialize(marker, platformFacts(targetOf(pythonVersion)));
  return typeof result === 'boolean' ? result : renderMarker(result);
}

describe('parsing a marker', () => {
  test.each([
    ['python_version<"3.9"', 'python_version < \'3.9\''],
    ['"3.9" > python_version', 'python_version < \'3.9\''],
    ['(sys_platform == "win32")', 'sys_platform == \'win32\''],
    ['a == "1" and (b == "2" or c == "3")', 'a == \'1\' and (b == \'2\' or c == \'3\')'],
    ['a == "1" or b == "2" and c == "3"', 'a == \'1\' or b == \'2\' and c == \'3\''],
    ['"crypto" in extras', '\'crypto\' in extras'],
    ['sys_platform not  in "win32 cygwin"', 'sys_platform not in \'win32 cygwin\''],
    ['platform_version == "it\'s"', 'platform_version == "it\'s"'],
  ])('gives %s its one spelling', (text, expected) => {
    expect(rendered(text)).toBe(expected);
  });

  test.each(['', 'python_version', 'python_version < 3.9', 'a == "1" and', '(a == "1"', 'a == "1") or b == "2"', '"a" == "b"', 'a ! "1"'])(
    'fails for %p', (text) => {
      expect(parseMarker(text)).toBeUndefined();
    });
});

describe('what a target decides', () => {
  test.each([
    ['sys_platform == "win32"', '3.13', false],
    ['sys_platform != "win32" and os_name == "posix"', '3.13', true],
    ['platform_machine in "x86_64 aarch64"', '3.13', true],
    ['implementation_name != "pypy"', '3.13', true],
    ['python_version < "3.11"', '3.11', false],
    ['python_version >= "3.9" and python_version < "4"', '3.10', true],
    ['python_version == "3.1"', '3.10', false],
    ['python_version ~= "3.8"', '3.13', true],
    ['python_version != "3.9.*"', '3.9', false],
    ['python_full_version < "3.12"', '3.11', true],
    ['python_full_version >= "3.11"', '3.11', true],
    ['python_full_version == "3.11.*"', '3.11', true],
    ['python_full_version > "3.9" and python_full_version < "3.10"', '3.11', false],
  ])('%s on %s is %p', (text, pythonVersion, expected) => {
    expect(onTarget(text, pythonVersion)).toBe(expected);
  });

  test('leaves patch releases and what it does not know for uv', () => {
    expect(onTarget('python_full_version < "3.11.4" and sys_platform == "linux"', '3.11')).toBe('python_full_version < \'3.11.4\'');
    expect(onTarget('python_full_version <= "3.11"', '3.11')).toBe('python_full_version <= \'3.11\'');
    expect(onTarget('platform_release >= "6"', '3.11')).toBe('platform_release >= \'6\'');
    expect(onTarget('python_version in "3.10 3.11"', '3.11')).toBe('python_version in \'3.10 3.11\'');
  });

  test('knows which extras and groups were chosen, in any spelling', () => {
    const facts = anyFact(choiceFacts('extra', new Set(['my-extra'])), choiceFacts('dependency_groups', new Set(['dev'])));
    const evaluate = (text: string): Marker | boolean => specialize(parseMarker(text)!, facts);
    expect(evaluate('extra == "My_Extra"')).toBe(true);
    expect(evaluate('extra != "my-extra"')).toBe(false);
    expect(evaluate('"dev" in dependency_groups and extra == "other"')).toBe(false);
    expect(evaluate('"docs" not in dependency_groups')).toBe(true);
  });
});

/** Markers over three comparisons with opposites, which a truth assignment decides. */
const NAMES = ['os_name', 'platform_release', 'platform_version'];

const markerText: fc.Arbitrary<string> = fc.letrec<{ marker: string }>((tie) => ({
  marker: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('==', '!=')).map(([name, operator]) => `${name} ${operator} 'x'`),
    fc.tuple(tie('marker'), fc.constantFrom('and', 'or'), tie('marker')).map(([left, word, right]) => `(${left}) ${word} (${right})`),
  ),
})).marker;

function assignments(): Facts[] {
  return Array.from({ length: 2 ** NAMES.length }, (_, bits) => ({ variable, operator }) =>
    ((bits >> NAMES.indexOf(variable)) % 2 === 1) === (operator === '=='));
}

function truth(text: string | undefined): string {
  return assignments().map((facts) => text === undefined || specialize(parseMarker(text)!, facts) === true ? '1' : '0').join('');
}

describe('conditions', () => {
  const reader = new ConditionReader(() => undefined);

  test('say the same as the markers that they are made of', () => {
    fc.assert(fc.property(markerText, markerText, (a, b) => {
      const [left, right] = [reader.read(a)!, reader.read(b)!];
      for (const [condition, expected] of [[either(left, right), `(${a}) or (${b})`], [both(left, right), `(${a}) and (${b})`]] as const) {
        expect(condition === NEVER || condition.length === 0 ? '0'.repeat(8) : truth(markerOf(condition))).toBe(truth(expected));
      }
    }), { numRuns: 500 });
  });

  test('become unconditional when opposites meet', () => {
    const condition = either(reader.read('python_full_version < "3.11.4"')!, reader.read('python_full_version >= "3.11.4"')!);
    expect(markerOf(condition)).toBeUndefined();
  });

  test('drop an alternative that contains another one', () => {
    expect(markerOf(reader.read('os_name == "x" and platform_release == "x" or os_name == "x"')!)).toBe('os_name == \'x\'');
  });

  test('are never when they contradict themselves', () => {
    expect(both(reader.read('os_name == "x"')!, reader.read('os_name != "x"')!)).toEqual([]);
  });
});
