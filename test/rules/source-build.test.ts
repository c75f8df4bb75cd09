import { appOf, contentOf, published, told } from './support';
import { sourceBuild } from '../../lib/rules/source-build';

const check = (...packages: { name: string; sourceBuild: boolean }[]) =>
  sourceBuild.checkLayer!(published('A', { content: contentOf({ packages }) }), appOf());

test('wheels pass', () => {
  expect(check({ name: 'six', sourceBuild: false })).toEqual([]);
  expect(sourceBuild.checkLayer!(published('A'), appOf())).toEqual([]);
});

test('warns of packages that were built from source', () => {
  const findings = check({ name: 'six', sourceBuild: false }, { name: 'pyshorteners', sourceBuild: true });
  expect(told(findings)).toEqual(['warning Shop/A: packages of the layer are built from source at synth']);
  expect(findings[0].fault.got).toBe('pyshorteners 1.0');
});
