import * as fs from 'node:fs';
import * as path from 'node:path';
import { entriesIn, entriesOf, filesIn, installWheels, makeFolder, removeFolders } from './support';
import { inspectTree } from '../../lib/inspect/inspect-tree';
import type { ManifestPackage } from '../../lib/inspect/manifest';
import type { OptEntry } from '../../lib/inspect/opt-tree';
import { readPythonPackages, readRecordOwners, type PackageSources } from '../../lib/inspect/python-packages';
import { findUv } from '../resolve/support';

const uv = findUv();
const describeWithUv = uv === undefined ? describe.skip : describe;

afterAll(removeFolders);

async function packagesOf(entries: readonly OptEntry[], sources: Partial<PackageSources> = {}): Promise<ManifestPackage[]> {
  return readPythonPackages(entries, await inspectTree(entries), { locked: [], owners: new Map(), sourceBuilt: new Set(), ...sources });
}

/** A package of one module, without RECORD. */
function pkg(folder: string, name: string, version: string, tag = 'py3-none-any', module = 'x = 1\n'): OptEntry[] {
  const distInfo = `${folder}/${name}-${version}.dist-info`;
  return entriesOf({
    [`${folder}/${name}.py`]: { content: module },
    [`${distInfo}/METADATA`]: { content: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n` },
    [`${distInfo}/WHEEL`]: { content: `Wheel-Version: 1.0\nTag: ${tag}\n` },
  });
}

describe('RECORD', () => {
  function siteWith(record: string): string {
    const site = makeFolder();
    fs.mkdirSync(path.join(site, 'pkg-1.dist-info'));
    fs.writeFileSync(path.join(site, 'pkg-1.dist-info', 'RECORD'), record);
    return site;
  }

  test('gives each file to its package, quoted names too, and leaves out what lies elsewhere', async () => {
    const site = siteWith([
      'pkg/__init__.py,sha256=abc,10', '"pkg/a, ""b"".py",sha256=abc,10', 'pkg/größe.txt,,', '../../bin/tool,sha256=abc,1', '/etc/passwd,,',
      'pkg/./c.py,,', '',
    ].join('\r\n'));
    expect(await readRecordOwners(site, 'python')).toEqual(new Map([
      'python/pkg/__init__.py', 'python/pkg/a, "b".py', 'python/pkg/größe.txt', 'python/pkg/c.py',
    ].map((file) => [file, 'pkg-1.dist-info'])));
    expect([...(await readRecordOwners(site, '')).keys()]).toContain('pkg/c.py');
  });

  test('gives a file that two packages claim to the first by name', async () => {
    const site = siteWith('shared.py,,\n');
    fs.mkdirSync(path.join(site, 'a-1.dist-info'));
    fs.writeFileSync(path.join(site, 'a-1.dist-info', 'RECORD'), 'shared.py,,\n');
    expect(await readRecordOwners(site, '')).toEqual(new Map([['shared.py', 'a-1.dist-info']]));
  });

  test('may be missing', async () => {
    const site = makeFolder();
    fs.mkdirSync(path.join(site, 'pkg-1.dist-info'));
    expect(await readRecordOwners(site, '')).toEqual(new Map());
  });
});

test('a package in several version folders is one package with the bytes of all', async () => {
  const first = pkg('python/lib/python3.12/site-packages', 'Some_Pkg', '1.0', 'cp312-cp312-manylinux_2_17_x86_64', '12345');
  const second = pkg('python/lib/python3.13/site-packages', 'Some_Pkg', '1.0', 'cp313-cp313-manylinux_2_17_x86_64', '123');
  const other = pkg('python', 'Some_Pkg', '2.0');
  const entries = [...first, ...second, ...other];
  const owners = new Map(entries.filter(({ path: file }) => file.endsWith('.py'))
    .map(({ path: file }) => [file, file.startsWith('python/lib') ? 'Some_Pkg-1.0.dist-info' : 'Some_Pkg-2.0.dist-info']));
  const { files } = await inspectTree([...first, ...second]);
  expect(await packagesOf(entries, { owners })).toEqual([
    {
      name: 'Some_Pkg',
      version: '1.0',
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      artifact: 'Some_Pkg-1.0-cp312-cp312-manylinux_2_17_x86_64.whl, Some_Pkg-1.0-cp313-cp313-manylinux_2_17_x86_64.whl',
      hasNativeCode: false,
      sourceBuild: false,
    },
    expect.objectContaining({ version: '2.0' }),
  ]);
});

test('metadata of packages inside of packages, and outside of Python\'s folders, is not read', async () => {
  const folders = ['python/setuptools/_vendor', 'other', 'python/lib/python3.13'];
  expect(await packagesOf(folders.flatMap((folder) => pkg(folder, 'stray', '1')))).toEqual([]);
});

test('metadata without a name counts by its folder\'s', async () => {
  const entries = entriesOf({ 'python/odd-1.5.dist-info/METADATA': { content: '\n' } });
  expect(await packagesOf(entries)).toEqual([{ name: 'odd', version: '1.5', bytes: 1, hasNativeCode: false, sourceBuild: false }]);
});

describe('the artefact', () => {
  const LINUX = 'pkg-1.0-cp313-cp313-manylinux2014_x86_64.manylinux_2_17_x86_64.whl';
  const artifacts = [
    { file: 'pkg-1.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl', sha256: '12' },
    { file: 'pkg-1.0-cp313-cp313-win_amd64.whl', sha256: 'aa' },
    { file: LINUX, sha256: '13' },
    { file: 'pkg-1.0.tar.gz', sha256: '5d' },
  ];
  const locked = { name: 'pkg', version: '1.0', extras: [], hashes: ['sha256:bb', 'sha256:aa', 'md5:cc'] };
  const wheel = (tag: string): OptEntry[] => pkg('python', 'pkg', '1.0', tag);

  test.each<[string, string, Partial<PackageSources>, Partial<ManifestPackage>]>([
    ['is the one of the lock whose name has the tag', 'cp313-cp313-manylinux_2_17_x86_64', { locked: [{ ...locked, artifacts }] },
      { artifact: LINUX, sha256: ['13'] }],
    ['is put together where the lock names none', 'py3-none-any', { locked: [locked] },
      { artifact: 'pkg-1.0-py3-none-any.whl', sha256: ['aa', 'bb'] }],
    ['is put together where none of the lock fits', 'py3-none-any', { locked: [{ ...locked, artifacts }] },
      { artifact: 'pkg-1.0-py3-none-any.whl', sha256: ['aa', 'bb'] }],
    ['of several tags names each part once', 'py2-none-any\nTag: py3-none-any\nBuild: 7', {}, { artifact: 'pkg-1.0-7-py2.py3-none-any.whl' }],
    ['of a source build is the source distribution', 'py3-none-any', { locked: [{ ...locked, artifacts }], sourceBuilt: new Set(['pkg']) },
      { artifact: 'pkg-1.0.tar.gz', sha256: ['5d'], sourceBuild: true }],
    ['of another version of the lock is not taken', 'py3-none-any',
      { locked: [{ ...locked, version: '0.9', hashes: ['sha256:09'] }, { ...locked, hashes: ['sha256:10'] }] }, { sha256: ['10'] }],
    ['of a version that is spelled otherwise is found by the name', 'py3-none-any', { locked: [{ ...locked, version: '1', hashes: ['sha256:01'] }] },
      { sha256: ['01'] }],
  ])('%s', async (_what, tag, sources, expected) => {
    expect(await packagesOf(wheel(tag), sources)).toEqual([expect.objectContaining(expected)]);
  });
});

describeWithUv('real wheels (needs uv)', () => {
  test('are listed with name, version, licence, bytes and machine code, and own every file', async () => {
    const site = installWheels(uv!, 'x86_64', '3.13', ['requests==2.32.5', 'six==1.17.0', 'markupsafe==3.0.2', 'psycopg2-binary==2.9.10']);
    const owners = await readRecordOwners(site, 'python');
    const leftovers = filesIn(site).filter((file) => /(^|\/)\.lock$/.test(path.relative(site, file)));
    leftovers.forEach((file) => fs.rmSync(file));
    const entries = entriesIn(site, 'python').filter((entry) => !entry.path.endsWith('/RECORD'));
    const packages = await packagesOf(entries, { owners });
    const { unzippedBytes } = await inspectTree(entries);

    expect(packages.map(({ bytes: _bytes, ...rest }) => rest)).toEqual([
      {
        name: 'MarkupSafe', version: '3.0.2', license: 'BSD License', hasNativeCode: true, sourceBuild: false,
        artifact: 'MarkupSafe-3.0.2-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
      },
      {
        name: 'psycopg2-binary', version: '2.9.10', license: 'LGPL with exceptions', hasNativeCode: true, sourceBuild: false,
        artifact: 'psycopg2_binary-2.9.10-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
      },
      {
        name: 'requests', version: '2.32.5', license: 'Apache-2.0', hasNativeCode: false, sourceBuild: false,
        artifact: 'requests-2.32.5-py3-none-any.whl',
      },
      {
        name: 'six', version: '1.17.0', license: 'MIT', hasNativeCode: false, sourceBuild: false,
        artifact: 'six-1.17.0-py2.py3-none-any.whl',
      },
    ]);
    expect(packages.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(unzippedBytes);
    expect(entries.filter(({ path: file }) => !owners.has(file))).toEqual([]);
  });
});
