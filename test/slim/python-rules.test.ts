import * as fc from 'fast-check';
import { ALL_RULES, planWith, removeFolders, siteOf, siteWith, type RuleName } from './support';
import { slimPython } from '../../lib/slim/python-rules';
import type { SiteFile } from '../../lib/slim/site-files';

afterAll(removeFolders);

/** What one rule alone takes away. */
async function removedBy(rule: RuleName, files: Readonly<Record<string, string>> | readonly string[]): Promise<string[]> {
  const site = Array.isArray(files) ? await siteWith(...files as string[]) : await siteOf(files as Record<string, string>);
  const { kept, savings } = slimPython(site, planWith([rule]));
  const removed = site.filter((file) => !kept.includes(file));
  expect(savings).toEqual([{ rule, files: removed.length, bytes: removed.reduce((sum, file) => sum + file.bytes, 0) }]);
  return removed.map((file) => file.path);
}

describe('caches', () => {
  test('go wherever they are', async () => {
    expect(await removedBy('caches', ['a.py', '__pycache__/a.cpython-313.pyc', 'p/__pycache__/b.cpython-313.opt-1.pyc', 'p/b.py']))
      .toEqual(['__pycache__/a.cpython-313.pyc', 'p/__pycache__/b.cpython-313.opt-1.pyc']);
  });

  test('compiled files beside their sources go, and stay in a package that has no sources', async () => {
    expect(await removedBy('caches', ['p/a.py', 'p/a.pyc', 'p/a.pyo', 'closed/__init__.pyc', 'closed/a.pyc'])).toEqual(['p/a.pyc', 'p/a.pyo']);
  });
});

describe('test folders', () => {
  test('named `tests` go with all they hold, at any depth', async () => {
    expect(await removedBy('testFolders', ['p/__init__.py', 'p/tests/__init__.py', 'p/tests/data/a.csv', 'p/q/tests/test_a.py', 'p/latests/a.py']))
      .toEqual(['p/q/tests/test_a.py', 'p/tests/__init__.py', 'p/tests/data/a.csv']);
  });

  test('named `test` go only when test modules lie in them', async () => {
    expect(await removedBy('testFolders', [
      'django/test/__init__.py', 'django/test/client.py', 'django/test/testcases.py',
      'nltk/test/__init__.py', 'nltk/test/unit/test_stem.py', 'nltk/test/corpus.doctest',
      'q/test/a_test.py',
    ])).toEqual(['nltk/test/__init__.py', 'nltk/test/corpus.doctest', 'nltk/test/unit/test_stem.py', 'q/test/a_test.py']);
  });

  test('named `testing` or `_testing` stay', async () => {
    expect(await removedBy('testFolders', ['numpy/testing/__init__.py', 'pandas/_testing/test_a.py', 'sqlalchemy/testing/suite/test_select.py']))
      .toEqual([]);
  });

  test('stay when they hold data only, and outside of packages', async () => {
    expect(await removedBy('testFolders', ['dbt/include/tests/generic/builtin.sql', 'tests/test_a.py', 'test/test_a.py', 'p/tests.py'])).toEqual([]);
  });

  test('keep the modules that others import, with what those import', async () => {
    expect(await removedBy('testFolders', {
      'numpy/testing/utils.py': 'from numpy._core.tests._natype import pd_NA\n',
      'numpy/_core/tests/__init__.py': '',
      'numpy/_core/tests/_natype.py': 'import numpy as np\n',
      'numpy/_core/tests/test_umath.py': '',
      'astropy/__init__.py': 'def boot():\n    from .tests.runner import TestRunner\n',
      'astropy/tests/__init__.py': '',
      'astropy/tests/runner.py': 'from . import (\n    helper,\n)\nimport astropy.tests.deep.er, os\n',
      'astropy/tests/helper.py': 'from .\\\n  native import x',
      'astropy/tests/native.cpython-313-x86_64-linux-gnu.so': '',
      'astropy/tests/deep/__init__.py': '',
      'astropy/tests/deep/er.py': 'from ... import tests\nfrom ..figures import a',
      'astropy/tests/figures/__init__.py': '',
      'astropy/tests/figures/b.py': '',
      'astropy/tests/test_logger.py': 'from .unused import x',
      'astropy/tests/unused.py': '',
    })).toEqual(['astropy/tests/figures/b.py', 'astropy/tests/test_logger.py', 'astropy/tests/unused.py', 'numpy/_core/tests/test_umath.py']);
  });

  test('are not kept by what only pytest imports', async () => {
    expect(await removedBy('testFolders', { 'p/conftest.py': 'from p.tests.util import x', 'p/tests/util.py': '' })).toEqual(['p/tests/util.py']);
  });
});

describe('type stubs', () => {
  test('go, and the marker of typed packages stays', async () => {
    expect(await removedBy('typeStubs', ['p/__init__.py', 'p/__init__.pyi', 'p/py.typed', 'p/_native.pyi', 'a.pyi']))
      .toEqual(['a.pyi', 'p/__init__.pyi', 'p/_native.pyi']);
  });

  test('stay where a module reads its own to know what to import lazily', async () => {
    expect(await removedBy('typeStubs', {
      'skimage/__init__.py': 'import lazy_loader as _lazy\n__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)\n',
      'skimage/__init__.pyi': 'from . import io',
      'skimage/io/__init__.py': '',
      'skimage/io/__init__.pyi': '',
    })).toEqual(['skimage/io/__init__.pyi']);
  });

  test('stay where a library brings those of others to read them', async () => {
    expect(await removedBy('typeStubs', ['jedi/third_party/typeshed/stdlib/3/ast.pyi', 'mypy/typeshed/stdlib/ast.pyi'])).toEqual([]);
  });
});

describe('native sources', () => {
  test('go', async () => {
    const sources = ['c', 'cc', 'cpp', 'cxx', 'pyx', 'pxd', 'pxi', 'f', 'f90', 'for'].map((end) => `p/a.${end}`);
    expect(await removedBy('nativeSources', ['p/__init__.py', 'p/a.csv', 'p/a.fo', ...sources])).toEqual([...sources].sort());
  });

  test('that are Python modules beside the native module compiled from them go, unless no interpreter would take that instead', async () => {
    expect(await removedBy('nativeSources', [
      'charset_normalizer/md.py', 'charset_normalizer/md.cpython-313-x86_64-linux-gnu.so',
      'mypyc/__init__.py', 'mypyc/__init__.cpython-313-aarch64-linux-gnu.so',
      'p/a.py', 'p/a.abi3.so',
      'p/b.py', 'p/b.so.1', 'p/c.py', 'other/c.abi3.so', 'p/d.py', 'p/d_ext.abi3.so',
    ])).toEqual(['charset_normalizer/md.py', 'mypyc/__init__.py', 'p/a.py']);
  });
});

test('headers and static libraries go', async () => {
  expect(await removedBy('headers', ['p/a.h', 'p/include/a.hpp', 'p/a.hh', 'p/a.hxx', 'p/lib/liba.a', 'p/a.lib', 'p/liba.so', 'p/a.html']))
    .toEqual(['p/a.h', 'p/a.hh', 'p/a.hxx', 'p/a.lib', 'p/include/a.hpp', 'p/lib/liba.a']);
});

test('modules for browsers go from within packages', async () => {
  const browser = ['p/pyodide/a.py', 'urllib3/contrib/emscripten/fetch.py', 'urllib3/contrib/emscripten/worker.js'];
  expect(await removedBy('browserModules', ['pyodide/a.py', 'urllib3/contrib/socks.py', ...browser])).toEqual(browser);
});

test('RECORD goes, and nothing else that a package says about itself', async () => {
  const stays = ['a-1.dist-info/METADATA', 'a-1.dist-info/entry_points.txt', 'a-1.dist-info/WHEEL', 'p/RECORD'];
  expect(await removedBy('installerFiles', [...stays, 'a-1.dist-info/RECORD'])).toEqual(['a-1.dist-info/RECORD']);
});

test('no rule but that one touches metadata, entry points and licences, whatever they are called', async () => {
  const metadata = [
    'METADATA', 'entry_points.txt', 'licenses/p/tests/LICENSE.py', 'licenses/src/zlib.h', 'licenses/vendored/bz2.c', 'licenses/emscripten/LICENSE',
    'licenses/types.pyi', 'licenses/__pycache__/LICENSE',
  ].map((name) => `a-1.dist-info/${name}`);
  const site = await siteWith(...metadata, 'a.py');

  expect(slimPython(site, ALL_RULES).kept).toEqual(site);
});

test('switched off, no rule does anything', async () => {
  const site = await siteWith('p/tests/test_a.py', 'a.pyi', 'a.c', 'a.h', '__pycache__/a.cpython-313.pyc', 'a-1.dist-info/RECORD');

  expect(slimPython(site, planWith([]))).toEqual({ kept: site, savings: [] });
});

describe('for any site and any switches', () => {
  const folder = fc.constantFrom('p', 'tests', 'test', 'testing', '__pycache__', 'emscripten', 'typeshed', 'a-1.dist-info', 'include');
  const name = fc.constantFrom(
    'a.py', 'a.pyi', 'a.pyc', 'a.abi3.so', 'b.cpython-313-x86_64-linux-gnu.so', 'b.py', 'b.pyx', 'c.h',
    'test_a.py', 'conftest.py', 'RECORD', 'METADATA',
  );
  const file = fc.tuple(fc.array(folder, { maxLength: 3 }), name, fc.nat(9));
  const files = fc.uniqueArray(file, { selector: ([path, last]) => [...path, last].join('/') });
  const rules = fc.subarray<RuleName>(['testFolders', 'caches', 'typeStubs', 'nativeSources', 'headers', 'browserModules', 'installerFiles']);
  const source = __filename;

  const listOf = (drawn: readonly [string[], string, number][]): SiteFile[] =>
    drawn.map(([path, last, bytes]) => ({ path: [...path, last].join('/'), bytes, executable: false, source }));

  test('what is kept and what is removed make up all, and the savings add up', () => {
    fc.assert(fc.property(files, rules, (drawn, on) => {
      const all = listOf(drawn);
      const { kept, savings } = slimPython(all, planWith(on));

      expect(kept).toEqual(all.filter((one) => kept.includes(one)));
      expect(savings.map(({ rule }) => rule).sort()).toEqual([...on].sort());
      expect(savings.reduce((sum, saving) => sum + saving.files, kept.length)).toBe(all.length);
      const bytes = (list: readonly { bytes: number }[]): number => list.reduce((sum, one) => sum + one.bytes, 0);
      expect(bytes(savings) + bytes(kept)).toBe(bytes(all));
    }));
  });

  test('the order of the files changes nothing', () => {
    fc.assert(fc.property(files, rules, fc.infiniteStream(fc.nat()), (drawn, on, order) => {
      const all = listOf(drawn);
      const places = new Map(all.map((one) => [one, order.next().value as number]));
      const shuffled = [...all].sort((a, b) => places.get(a)! - places.get(b)!);
      const once = slimPython(all, planWith(on));
      const other = slimPython(shuffled, planWith(on));

      expect(new Set(other.kept)).toEqual(new Set(once.kept));
      expect(other.savings).toEqual(once.savings);
    }));
  });
});
