import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { folderOf, folderWith, pathsOf, removeFolders } from './support';

afterEach(removeFolders);

/** What git does not ignore in a folder, when it is a repository's root. */
function seenByGit(folder: string, repository: string): string[] {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_DIR: repository, GIT_WORK_TREE: folder };
  const seen = execFileSync('git', ['ls-files', '--others', '--exclude-standard', '-z'], { cwd: folder, env, encoding: 'utf8' });
  return seen.split('\0').filter((file) => file !== '').sort();
}

test('files that git ignores stay out, by the folder\'s own list and those below', () => {
  const folder = folderWith({
    '.gitignore': '# made\r\n*.log\r\n/build\r\ncache/\r\n!keep.log\r\n\r\n',
    'a.log': '', 'keep.log': '', 'build/x': '', 'src/build': '', 'src/cache/x': '', 'cache': '',
    'src/.gitignore': '!a.log\nb/c\n', 'src/a.log': '', 'src/b/c': '', 'src/d/b/c': '',
  });

  expect(pathsOf(folder, '.gitignore')).toEqual(['cache', 'keep.log', 'src/a.log', 'src/build', 'src/d/b/c']);
});

test('lists above the folder hold up to the repository\'s root, and no further', () => {
  const folder = folderWith({
    '.gitignore': '*.md\n',
    'repository/.git/HEAD': '',
    'repository/.gitignore': '*.log\n/layers/shared/local.txt\n',
    'repository/layers/.gitignore': 'generated/\n',
    'repository/layers/shared/a.md': '', 'repository/layers/shared/a.log': '', 'repository/layers/shared/local.txt': '',
    'repository/layers/shared/generated/x': '', 'repository/layers/shared/deep/local.txt': '',
  });

  expect(pathsOf(path.join(folder, 'repository/layers/shared'))).toEqual(['a.md', 'deep/local.txt']);
});

test('without a repository only the folder\'s own lists hold', () => {
  const folder = folderWith({ '.gitignore': '*.txt\n', 'content/.gitignore': '*.log\n', 'content/a.txt': '', 'content/a.log': '' });

  expect(pathsOf(path.join(folder, 'content'), '.gitignore')).toEqual(['a.txt']);
});

test('a worktree and a submodule, whose .git is a file, end the search too', () => {
  const folder = folderWith({ '.git/HEAD': '', '.gitignore': '*.txt\n', 'sub/.git': 'gitdir: ../.git/modules/sub\n', 'sub/a/b.txt': '' });

  expect(pathsOf(path.join(folder, 'sub/a'))).toEqual(['b.txt']);
});

test.each(['dist', 'dist/bin'])('the ignored folder %s that somebody names is taken, with its own list alone', (named) => {
  const folder = folderWith({
    '.git/HEAD': '', '.gitignore': 'dist/\n*.map\n',
    'dist/bin/tool': '', 'dist/bin/tool.map': '', 'dist/bin/.gitignore': 'junk\n', 'dist/bin/junk': '',
  });

  expect(pathsOf(path.join(folder, named), '.gitignore').map((file) => path.basename(file))).toEqual(['tool', 'tool.map']);
});

test('a folder that a deeper list takes back in is taken with what it holds', () => {
  const folder = folderWith({
    '.git/HEAD': '', '.gitignore': 'build/\n', 'layers/.gitignore': '!build/\n', 'layers/build/tool': '', 'build/x': '',
  });

  expect(pathsOf(folder, '.gitignore')).toEqual(['layers/build/tool']);
  expect(pathsOf(path.join(folder, 'layers/build'))).toEqual(['tool']);
});

test('folders whose names hold pattern characters are ignored by their own lists', () => {
  const names = ['[ab]', 'a*', '!x', '#y', 'back\\slash', 'sp ace '];
  const folder = folderOf(...names.flatMap((name) => [`${name}/in.txt`, `${name}/out.txt`]), 'a/out.txt', 'ab/out.txt');
  names.forEach((name) => fs.writeFileSync(path.join(folder, name, '.gitignore'), '/out.txt\n.gitignore\n'));

  expect(pathsOf(folder).sort()).toEqual([...names.map((name) => `${name}/in.txt`), 'a/out.txt', 'ab/out.txt'].sort());
});

test('a list that begins with a byte order mark, and a folder of that name, are understood', () => {
  const folder = folderWith({ '.gitignore': '\uFEFFout.txt\n', 'out.txt': '', 'in.txt': '', 'sub/.gitignore/in.txt': '' });

  expect(pathsOf(folder, '/.gitignore')).toEqual(['in.txt', 'sub/.gitignore/in.txt']);
});

test('git agrees, for any tree and any lists', () => {
  const name = fc.constantFrom('a', 'b', 'build', 'x.py', 'y.log', 'A');
  const place = (lengths: { minLength: number; maxLength: number }) => fc.array(name, lengths).map((parts) => parts.join('/'));
  const tree = fc.uniqueArray(place({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 14 });
  const line = fc.constantFrom(
    'a', 'a/', '/a', '/a/', '!a', '!a/', 'build/', '!build/', 'b/a', '/b/a', '!a/b', '/build/*', '!/build/a', 'b/*', '!/b/', '!/a', '!b', 'A',
    'x.py/', '*.py', '!*.py', '!x.py', '*', '!*/', '**/a', 'a/**', 'a/**/b', 'y.*', '*/a', '/*', '[ab]', '[!a]', '?',
    '# c', '', '   ', '\\!a', '\\#a', 'a ', 'a\\ ', '/', '!',
  );
  const list = fc.record({ folder: place({ minLength: 0, maxLength: 2 }), lines: fc.array(line, { minLength: 1, maxLength: 4 }) });
  const repository = folderOf();
  execFileSync('git', ['init', '--quiet', '--bare', '--template=', repository]);
  fc.assert(fc.property(tree, fc.array(list, { minLength: 1, maxLength: 4 }), (files, lists) => {
    const folder = folderOf();
    // A name may be wanted for a file and for a folder: the first one has it.
    const write = (file: string, text: string): void => {
      try {
        fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
        fs.writeFileSync(path.join(folder, file), text, { flag: 'wx' });
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toMatch(/EEXIST|ENOTDIR|EISDIR/);
      }
    };
    files.forEach((file) => write(file, ''));
    lists.forEach(({ folder: below, lines }) => write(path.join(below, '.gitignore'), `${lines.join('\n')}\n`));
    // Whatever the lists say, so that there is something to list.
    write('always', '');
    fs.appendFileSync(path.join(folder, '.gitignore'), '!/always\n');

    expect(pathsOf(folder).sort()).toEqual(seenByGit(folder, repository));
  }), { numRuns: 150 });
});
