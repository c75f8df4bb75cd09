import * as path from 'node:path';
import { folderOf, folderWith, removeFolders } from './support';
import { importableModules, sourceContents } from '../../lib/content/python-sources';

afterAll(removeFolders);

function modulesIn(folder: string): string[] {
  return importableModules(folder).map((file) => path.relative(folder, file));
}

test('modules and packages at the top are importable, in order', () => {
  const folder = folderOf(
    'shop/__init__.py', 'shop/cart.py', 'tools.py', 'data/a.csv', 'namespace/a.py', 'README.md', '.hidden.py', '.venv/__init__.py',
  );

  expect(modulesIn(folder)).toEqual(['shop', 'tools.py']);
});

test('what serves a project\'s upkeep is not', () => {
  const folder = folderOf(
    'tests/__init__.py', 'test/__init__.py', 'docs/__init__.py', 'setup.py', 'conftest.py', 'noxfile.py', 'tasks.py', 'app.py', 'a.py',
  );

  expect(modulesIn(folder)).toEqual(['a.py']);
});

test('in a project with `src`, what lies there is', () => {
  expect(modulesIn(folderOf('src/shop/__init__.py', 'src/tools.py', 'other.py'))).toEqual(['src/shop', 'src/tools.py']);
});

test('a `src` without modules, or a file of that name, changes nothing', () => {
  expect(modulesIn(folderOf('src/main.c', 'other.py'))).toEqual(['other.py']);
  expect(modulesIn(folderOf('src', 'other.py'))).toEqual(['other.py']);
});

test('what git ignores is not', () => {
  const folder = folderWith({
    '.git/HEAD': '', '.gitignore': 'local_settings.py\nbuild/\n',
    'project/local_settings.py': 'PASSWORD = 1', 'project/build/__init__.py': '', 'project/shop.py': '',
  });

  expect(modulesIn(path.join(folder, 'project'))).toEqual(['shop.py']);
});

test('as content, packages go into a folder of their name and modules beside them', () => {
  const folder = folderOf('src/shop/__init__.py', 'src/tools.py');

  expect(sourceContents(folder)).toEqual([
    { kind: 'files', path: path.join(folder, 'src/shop'), destination: 'shop', exclude: [] },
    { kind: 'files', path: path.join(folder, 'src/tools.py'), destination: '', exclude: [] },
  ]);
});

test('a folder without modules has none', () => {
  expect(modulesIn(folderOf('pyproject.toml'))).toEqual([]);
});
