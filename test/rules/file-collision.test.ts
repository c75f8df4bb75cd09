import { contentOf, functionOf, layerOf, told } from './support';
import type { FileFacts } from '../../lib/rules/facts';
import { fileCollision } from '../../lib/rules/file-collision';

const file = (path: string, facts: Partial<FileFacts> = {}): FileFacts => ({ path, bytes: 1, sha256: 'same', ...facts });
const layer = (id: string, files: readonly FileFacts[]) => layerOf(id, { content: contentOf({ files }) });

test('other paths, the same bytes and the same version of a package pass', () => {
  const lower = layer('A', [file('python/a.py'), file('python/six.py', { sha256: 'one', package: 'six 1.17.0' })]);
  const upper = layer('B', [
    file('python/a.py'), file('python/b.py', { sha256: 'b' }), file('python/six.py', { sha256: 'two', package: 'six 1.17.0' }),
  ]);
  expect(fileCollision.checkFunction!(functionOf([lower, upper, layerOf('C')]))).toEqual([]);
});

test('warns of other bytes at one path: a line a pair, with a count and three paths', () => {
  const paths = ['1', '2', '3', '4'].map((name) => `python/pkg/${name}.py`);
  const lower = layer('A', paths.map((path) => file(path, { package: 'pkg 1.0' })));
  const upper = layer('B', paths.map((path) => file(path, { bytes: 2, sha256: 'new', package: 'pkg 2.0' })));
  const findings = fileCollision.checkFunction!(functionOf([lower, upper]));
  expect(told(findings)).toEqual(['warning Shop/B: a layer hides files of another one']);
  expect(findings[0].fault.got).toBe('4 files of Shop/A below Shop/B: python/pkg/1.py, python/pkg/2.py, python/pkg/3.py');
  expect(fileCollision.checkFunction!(functionOf([upper, lower]))[0].fault.got).toMatch(/of Shop\/B below Shop\/A/);
});

test('three layers are three pairs', () => {
  const layers = ['A', 'B', 'C'].map((id) => layer(id, [file('settings.json', { sha256: id })]));
  expect(fileCollision.checkFunction!(functionOf(layers))).toHaveLength(3);
});

test('files of one size of which one cannot be hashed are not suspected', () => {
  const check = (facts: Partial<FileFacts>) => fileCollision.checkFunction!(functionOf([layer('A', [file('a')]), layer('B', [file('a', facts)])]));
  expect(check({ sha256: undefined })).toEqual([]);
  expect(check({ sha256: undefined, bytes: 9 })).toHaveLength(1);
});

test('extensions are another rule\'s', () => {
  const layers = ['A', 'B'].map((id) => layerOf(id, { content: contentOf({ files: [{ path: 'extensions/audit', bytes: id.charCodeAt(0) }] }) }));
  expect(fileCollision.checkFunction!(functionOf(layers))).toEqual([]);
});
