import { appOf, contentOf, published, told } from './support';
import type { ManifestPackage } from '../../lib/inspect/manifest';
import { sourceBuild } from '../../lib/rules/source-build';

const check = (...packages: Partial<ManifestPackage>[]) =>
  sourceBuild.checkLayer!(published('A', { content: contentOf({ packages }) }), appOf());

test('wheels pass, and a project of the user\'s own', () => {
  expect(check({ name: 'six', sourceBuild: false })).toEqual([]);
  expect(check({ name: 'orders', sourceBuild: true })).toEqual([]);
  expect(sourceBuild.checkLayer!(published('A'), appOf())).toEqual([]);
});

test('warns of packages that were built from source', () => {
  const findings = check({ name: 'six', sourceBuild: false }, { name: 'pyshorteners', sourceBuild: true, sha256: ['a'] });
  expect(told(findings)).toEqual(['warning Shop/A: packages of the layer are built from source at synth']);
  expect(findings[0].fault.got).toBe('pyshorteners 1.0');
});
