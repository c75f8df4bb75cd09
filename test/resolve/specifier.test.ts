import { admitsPython, parseConstraint, satisfies } from '../../lib/resolve/specifier';
import { compareVersions, parseVersion } from '../../lib/resolve/version';

test('orders versions as PEP 440 does', () => {
  const ordered = [
    '1.0.dev1', '1.0a1', '1.0a2.dev3', '1.0a2', '1.0b1', '1.0rc1', '1.0', '1.0+abc', '1.0+abc.5',
    '1.0+5', '1.0.post1.dev2', '1.0.post1', '1.1', '1.10', '1!0.1',
  ];
  const versions = ordered.map((text) => parseVersion(text)!);
  expect([...versions].reverse().sort(compareVersions)).toEqual(versions);
  expect(compareVersions(parseVersion('1.0')!, parseVersion('v1.0.0')!)).toBe(0);
  expect(compareVersions(parseVersion('1.0-1')!, parseVersion('1.0.post1')!)).toBe(0);
});

test.each([
  ['^1.2.3', ['1.2.3', '1.9'], ['2.0', '1.2.2']],
  ['^0.2', ['0.2', '0.2.9'], ['0.3']],
  ['^0.0.3', ['0.0.3'], ['0.0.4']],
  ['~1.2.3', ['1.2.9'], ['1.3']],
  ['~1', ['1.9'], ['2']],
  ['~=1.4.2', ['1.4.9'], ['1.5', '1.4.1']],
  ['1.*', ['1.0', '1.99'], ['2.0']],
  ['==1.*,!=1.5.*', ['1.4'], ['1.5.1']],
  ['>=1.5.6,<1.5.7 || >1.5.7', ['1.5.6', '2'], ['1.5.7']],
  ['>= 2.7, !=3.0.*', ['2.7', '3.1'], ['3.0.1', '2.6']],
  ['1.2', ['1.2.0', '1.2+local'], ['1.3']],
  ['*', ['0', '99'], []],
])('%s holds and excludes what it should', (constraint, inside, outside) => {
  const parsed = parseConstraint(constraint)!;
  const holds = (version: string): boolean => satisfies(parseVersion(version)!, parsed);
  expect(inside.filter((version) => !holds(version))).toEqual([]);
  expect(outside.filter(holds)).toEqual([]);
});

test('admits a language version when one of its patch releases fits', () => {
  expect(admitsPython('>=3.11.4', '3.11')).toBe(true);
  expect(admitsPython('<3.11', '3.11')).toBe(false);
  expect(admitsPython('<=3.11', '3.11')).toBe(true);
  expect(admitsPython('^3.9', '3.13')).toBe(true);
  expect(admitsPython('>=3.9,<3.12 || >=3.13', '3.12')).toBe(false);
  expect(admitsPython('!=3.9.0,!=3.9.1,>=3.9', '3.9')).toBe(true);
});

test('fails to read what is no constraint', () => {
  expect(parseConstraint('latest')).toBeUndefined();
  expect(parseVersion('1.0-beta-x')).toBeUndefined();
});
