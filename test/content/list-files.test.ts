import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { folderOf, folderWith, pathsOf, removeFolders, specOf } from './support';
import type { FaultError } from '../../lib/common/fault';
import { isArchive, listFiles } from '../../lib/content/list-files';

afterAll(removeFolders);

/** What is wrong with a content: what and where. */
function faultsOf(content: string, ...exclude: readonly string[]): { what: string; got?: string }[] {
  try {
    listFiles(specOf(content, ...exclude));
  } catch (error) {
    return (error as FaultError).faults.map(({ what, got }) => ({ what, got }));
  }
  throw new Error('nothing failed');
}

test('lists a folder with the place of every file, folders first where their names say so', () => {
  const folder = folderOf('b.txt', 'a/z.txt', 'a/b/c.txt', 'a.txt', '.hidden');

  const listed = ['.hidden', 'a/b/c.txt', 'a/z.txt', 'a.txt', 'b.txt'];
  expect(listFiles(specOf(folder))).toEqual(listed.map((file) => ({ path: file, source: path.join(folder, file) })));
});

test('lists a single file under its name', () => {
  const file = path.join(folderOf('certs/root ca.pem'), 'certs/root ca.pem');

  expect(listFiles(specOf(file))).toEqual([{ path: 'root ca.pem', source: file }]);
});

test('takes names as they are: spaces, other scripts, newlines, glob characters', () => {
  const names = [
    ' lead.txt', 'a b/c d.txt', 'größe/日本.txt', 'line\nbreak.txt', '[a]*?.txt', '!not.txt', '#hash.txt', 'back\\slash.txt', '..dots.txt', 'trail ',
  ];

  expect(pathsOf(folderOf(...names)).sort()).toEqual(names.sort());
});

test('what tools leave, environments and secrets stay out at any depth', () => {
  const out = [
    '.git/config', '.hg/x', '.svn/x', '.DS_Store', 'Thumbs.db', '__pycache__/a.pyc', 'a.pyc', 'a.pyo',
    '.pytest_cache/x', '.mypy_cache/x', '.ruff_cache/x', '.tox/x', '.nox/x', '.cache/x', 'p.egg-info/PKG-INFO',
    '.venv/x', 'venv/x', '.env', '.env.local', '.env.production', '.ENV', 'cdk.out/x', '.cdk-lambda-layers/x',
  ];

  expect(pathsOf(folderOf('env.txt', 'a/environment', 'prevenv/x', ...out, ...out.map((file) => `deep/er/${file}`))))
    .toEqual(['a/environment', 'env.txt', 'prevenv/x']);
});

test('a virtual environment stays out whatever it is called', () => {
  expect(pathsOf(folderOf('a.txt', 'my env/pyvenv.cfg', 'my env/lib/x.py', 'deep/python/pyvenv.cfg', 'deep/python/bin/python', 'deep/b.txt')))
    .toEqual(['a.txt', 'deep/b.txt']);
});

test('patterns leave out more: anchored, of folders, at any depth, with exceptions', () => {
  const folder = folderOf('a.log', 'keep.log', 'docs/a.md', 'src/docs/b.md', 'src/a.log', 'build', 'src/build/x', 'data/x.csv', 'data/y.csv');

  expect(pathsOf(folder, '*.log', '!keep.log', '/docs/', 'build/', 'data/*', '!data/y.csv'))
    .toEqual(['build', 'data/y.csv', 'keep.log', 'src/docs/b.md']);
});

test('patterns tell upper from lower case on every system', () => {
  expect(pathsOf(folderOf('Build/a', 'lib/A.TXT'), 'build', '*.txt')).toEqual(['Build/a', 'lib/A.TXT']);
});

test('no exception takes back in what never enters a layer', () => {
  const folder = folderOf('keep/a.txt', 'keep/.env', 'keep/__pycache__/a.pyc', '.env', 'b.txt');

  expect(pathsOf(folder, '*', '!keep/', '!keep/**', '!.env')).toEqual(['keep/a.txt']);
});

test('links inside the folder are kept as links', () => {
  const folder = folderOf('lib/libx.so.1.2', 'data/a.csv', 'other/b');
  fs.symlinkSync('libx.so.1.2', path.join(folder, 'lib/libx.so.1'));
  fs.symlinkSync('libx.so.1', path.join(folder, 'lib/libx.so'));
  fs.symlinkSync('../data', path.join(folder, 'other/data'));
  fs.symlinkSync('other/data/a.csv', path.join(folder, 'through.csv'));

  expect(listFiles(specOf(folder)).flatMap(({ path: file, link }) => link === undefined ? [] : [[file, link]])).toEqual([
    ['lib/libx.so', 'libx.so.1'], ['lib/libx.so.1', 'libx.so.1.2'], ['other/data', '../data'], ['through.csv', 'other/data/a.csv'],
  ]);
});

test('a folder that is itself reached through a link is read like any other', () => {
  const folder = folderOf('real/a.txt', 'real/b/c.txt');
  fs.symlinkSync('../a.txt', path.join(folder, 'real/b/link'));
  fs.symlinkSync('real', path.join(folder, 'alias'));

  expect(pathsOf(path.join(folder, 'alias'))).toEqual(['a.txt', 'b/c.txt', 'b/link']);
});

test('fails for every link that cannot work in a layer, all at once', () => {
  const folder = folderOf('content/a.txt', 'content/deep/b.txt', 'content/ignored/c.txt', 'content/empty/', 'outside.txt');
  const root = path.join(folder, 'content');
  const links: Readonly<Record<string, string>> = {
    'absolute': '/etc/hostname',
    'own': path.join(root, 'a.txt'),
    'outside': '../outside.txt',
    'dangling': 'nowhere.txt',
    'self': 'self',
    'ping': 'pong',
    'pong': 'ping',
    'here': '.',
    'deep/up': '..',
    'deep/sideways': '../deepest/../../outside.txt',
    'hidden': 'ignored/c.txt',
    'hollow': 'empty',
  };
  Object.entries(links).forEach(([name, target]) => fs.symlinkSync(target, path.join(root, name)));

  const found = faultsOf(root, 'ignored').map(({ what, got }) => `${what}: ${got?.replace(`${root}/`, '')}`);

  expect(found.sort()).toEqual([
    'a symbolic link leads nowhere: dangling -> nowhere.txt',
    'a symbolic link leads to something that is not in the layer: hidden -> ignored/c.txt',
    'a symbolic link leads to something that is not in the layer: hollow -> empty',
    'a symbolic link leaves the folder: absolute -> /etc/hostname',
    'a symbolic link leaves the folder: deep/sideways -> ../deepest/../../outside.txt',
    'a symbolic link leaves the folder: outside -> ../outside.txt',
    `a symbolic link leaves the folder: own -> ${path.join(root, 'a.txt')}`,
    'symbolic links go round in a circle: deep/up -> ..',
    'symbolic links go round in a circle: here -> .',
    'symbolic links go round in a circle: ping -> pong',
    'symbolic links go round in a circle: pong -> ping',
    'symbolic links go round in a circle: self -> self',
  ]);
  expect(pathsOf(root, 'ignored', ...Object.keys(links))).toEqual(['a.txt', 'deep/b.txt']);
});

test('fails for a link whose way leads out through another link', () => {
  const folder = folderOf('content/a/b/c.txt', 'secret.txt');
  fs.symlinkSync('a/b', path.join(folder, 'content/short'));
  fs.symlinkSync('short/../../../secret.txt', path.join(folder, 'content/way'));

  expect(faultsOf(path.join(folder, 'content'))).toEqual([expect.objectContaining({ what: 'a symbolic link leaves the folder' })]);
});

test('fails for pipes and sockets', async () => {
  const folder = folderOf('a.txt');
  execFileSync('mkfifo', [path.join(folder, 'pipe')]);
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(path.join(folder, 'socket'), resolve));
  try {
    expect(faultsOf(folder)).toEqual(['pipe', 'socket'].map((name) => ({
      what: 'the folder has something that is neither file, folder nor link',
      got: path.join(folder, name),
    })));
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('fails for names that are not UTF-8', () => {
  const folder = folderOf('a.txt');
  fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/gr`), Buffer.from([0xf6, 0xdf]), Buffer.from('e.txt')]), '');

  expect(faultsOf(folder)).toEqual([expect.objectContaining({ what: 'a name is not UTF-8' })]);
});

test('fails for a content that is not there, with the path that was tried', () => {
  const missing = path.join(folderOf('a.txt'), 'b', 'c');

  expect(faultsOf(missing)).toEqual([{ what: 'the content does not exist', got: missing }]);
});

test('fails for a content that is a link to itself, or lies below a file', () => {
  const folder = folderOf('a.txt');
  fs.symlinkSync('loop', path.join(folder, 'loop'));

  expect(faultsOf(path.join(folder, 'loop'))).toEqual([{ what: 'the content cannot be read', got: `${path.join(folder, 'loop')} (ELOOP)` }]);
  expect(faultsOf(path.join(folder, 'a.txt/b'))).toEqual([{ what: 'the content cannot be read', got: `${path.join(folder, 'a.txt/b')} (ENOTDIR)` }]);
});

test.each<[string, Record<string, string>, string[]]>([
  ['is empty', {}, []],
  ['has empty folders only', { 'a/b/': '' }, []],
  ['has nothing that is not ignored', { '.gitignore': '*', 'a.txt': '' }, []],
  ['has nothing that is not excluded', { 'a.txt': '' }, ['*.txt']],
  ['is a virtual environment', { 'pyvenv.cfg': '', 'lib/a.py': '' }, []],
])('fails for a folder that %s', (_, files, exclude) => {
  const folder = folderWith(files);

  expect(faultsOf(folder, ...exclude)).toEqual([{ what: 'the folder has nothing for the layer', got: folder }]);
});

test.each(['.env', '.env.local', 'module.pyc'])('fails for the single file %s, which never enters a layer', (name) => {
  expect(faultsOf(path.join(folderOf(name), name))).toEqual([expect.objectContaining({ what: 'the file is of a kind that never enters a layer' })]);
});

/** The list as a user without rights sees it, in a process of its own where this one is root's. */
function listAsStranger(folder: string): string {
  const program = `
    const { listFiles } = require(${JSON.stringify(require.resolve('../../lib/content/list-files'))});
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
    try { console.log(listFiles({ kind: 'files', path: ${JSON.stringify(folder)}, destination: '', exclude: [] }).length); }
    catch (error) { console.log(error.message); }`;
  return spawnSync(process.execPath, ['--import', 'tsx', '-e', program], { encoding: 'utf8', cwd: path.join(__dirname, '../..') }).stdout;
}

test('fails for every folder that cannot be read', () => {
  const folder = folderOf('a.txt', 'closed/b.txt', 'deep/shut/c.txt');
  fs.chmodSync(folder, 0o755);
  expect(listAsStranger(folder).trim()).toBe('3');
  const closed = [path.join(folder, 'closed'), path.join(folder, 'deep/shut')];
  closed.forEach((one) => fs.chmodSync(one, 0o000));
  try {
    const message = listAsStranger(folder);

    closed.forEach((one) => expect(message).toContain(`a folder cannot be read\n  got: ${one} (EACCES)`));
  } finally {
    closed.forEach((one) => fs.chmodSync(one, 0o755));
  }
});

test('a folder of many thousand files is listed whole', () => {
  const folder = folderOf('.gitignore');
  fs.writeFileSync(path.join(folder, '.gitignore'), '*7.txt\n');
  for (let outer = 0; outer < 100; outer++) {
    fs.mkdirSync(path.join(folder, `folder-${outer}`));
    for (let inner = 0; inner < 100; inner++) {
      fs.writeFileSync(path.join(folder, `folder-${outer}`, `${inner}.txt`), '');
    }
  }

  expect(pathsOf(folder)).toHaveLength(1 + 100 * 90);
});

test('a folder of great depth is listed whole', () => {
  const deep = `${'d/'.repeat(500)}a.txt`;

  expect(pathsOf(folderOf(deep))).toEqual([deep]);
});

test('an archive is known by its name', () => {
  expect(['a.zip', 'A.ZIP', 'a.zip.txt', 'zip'].map((name) => isArchive(specOf(`/${name}`)))).toEqual([true, true, false, false]);
});
