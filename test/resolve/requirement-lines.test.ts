import { digest } from './support';
import { renderRequirements, resolutionKey } from '../../lib/resolve/requirement-lines';
import type { LockedPackage, PythonResolution } from '../../lib/resolve/resolution';

const SIX: LockedPackage = { name: 'six', version: '1.17.0', extras: [], hashes: [digest('b'), digest('a')] };
const JWT: LockedPackage = { name: 'pyjwt', version: '2.10', extras: ['crypto'], marker: 'python_full_version < \'3.13.1\'', hashes: [digest('c')] };
const DISK: LockedPackage = { name: 'disk', url: 'file:///home/one/app/wheels/disk.whl', extras: [], hashes: [digest('d')] };

test('renders a list as uv reads it, sorted', () => {
  expect(renderRequirements([SIX, JWT, DISK])).toBe(`disk @ file:///home/one/app/wheels/disk.whl \\
    --hash=${digest('d')}
pyjwt[crypto]==2.10 ; python_full_version < '3.13.1' \\
    --hash=${digest('c')}
six==1.17.0 \\
    --hash=${digest('a')} \\
    --hash=${digest('b')}
`);
  expect(renderRequirements([])).toBe('');
});

function resolutionIn(directory: string, changes: Partial<PythonResolution> = {}): PythonResolution {
  return {
    lockFile: 'uv.lock',
    packages: [SIX, JWT, { ...DISK, url: `file://${directory}/wheels/disk.whl` }],
    localPackages: [{ name: 'lib', directory: `${directory}/../lib` }],
    closed: true,
    notes: [],
    ...changes,
  };
}

describe('the key of a resolution', () => {
  const key = resolutionKey(resolutionIn('/home/one/app'), '/home/one/app');

  test('does not depend on the folder, the lock\'s name, the order or notes', () => {
    expect(resolutionKey(resolutionIn('/srv/ci'), '/srv/ci')).toBe(key);
    const { packages } = resolutionIn('/srv/ci');
    expect(resolutionKey(resolutionIn('/srv/ci', { lockFile: 'pylock.toml', notes: ['x'], packages: [...packages].reverse() }), '/srv/ci')).toBe(key);
    expect(key).not.toMatch(/home|uv\.lock/);
  });

  test.each<[string, Partial<PythonResolution>]>([
    ['a version', { packages: [{ ...SIX, version: '1.16' }] }],
    ['a hash', { packages: [{ ...SIX, hashes: [digest('e')] }] }],
    ['a marker', { packages: [{ ...SIX, marker: 'os_name == \'x\'' }] }],
    ['an extra', { packages: [{ ...SIX, extras: ['x'] }] }],
    ['a URL', { packages: [{ ...SIX, url: 'https://files.example/six.whl' }] }],
    ['a folder', { packages: [SIX], localPackages: [{ name: 'lib', directory: '/home/one/lib2' }] }],
    ['whether it is closed', { packages: [SIX], closed: false }],
  ])('changes with %s', (_, changes) => {
    expect(resolutionKey(resolutionIn('/home/one/app', changes), '/home/one/app'))
      .not.toBe(resolutionKey(resolutionIn('/home/one/app', { packages: [SIX] }), '/home/one/app'));
  });
});
