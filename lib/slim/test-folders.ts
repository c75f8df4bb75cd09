import * as fs from 'node:fs';
import * as path from 'node:path';
import type { SiteFile } from './site-files';

/** Pytest's own file: nothing but a test run imports it. */
const PYTEST_SETTINGS = 'conftest.py';

/**
 * Picks the files of test suites. `tests` with modules in it is a suite; `test` can be part of an interface (django.test is), so only one
 * with test modules counts. `testing` never does: pandas imports pandas._testing, and users import numpy.testing.
 * What modules outside of suites import from one stays, with all that it imports there itself: numpy.testing and astropy do so.
 */
export function testFiles(files: readonly SiteFile[]): (file: SiteFile) => boolean {
  const suites = [...new Set(files.flatMap((file) => suiteOf(file.path) ?? []))];
  const inSuite = new Set(files.filter((file) => suites.some((suite) => file.path.startsWith(`${suite}/`))));
  const needed = inSuite.size > 0 ? importedFrom(inSuite, files) : new Set();
  return (file) => inSuite.has(file) && !needed.has(file);
}

function suiteOf(file: string): string | undefined {
  return /^(.+?\/tests)\/(?:.*\/)?[^/]+\.py$/.exec(file)?.[1] ?? /^(.+?\/test)\/(?:.*\/)?(?:test_[^/]*|[^/]*_test)\.py$/.exec(file)?.[1];
}

function importedFrom(suites: ReadonlySet<SiteFile>, files: readonly SiteFile[]): Set<SiteFile> {
  const modules = new Map<string, SiteFile[]>();
  suites.forEach((file) => modules.set(moduleOf(file.path), [...(modules.get(moduleOf(file.path)) ?? []), file]));
  const needed = new Set<SiteFile>();
  const reached = files.filter((file) => !suites.has(file) && file.path.endsWith('.py') && path.posix.basename(file.path) !== PYTEST_SETTINGS);
  // Grows while it is walked: what is needed is read too.
  for (const file of reached) {
    const text = fs.readFileSync(file.source, 'latin1');
    if (!suites.has(file) && !/\btests?\b/.test(text)) {
      continue;
    }
    for (const name of importsIn(text, path.posix.dirname(file.path)).flatMap(withPackages)) {
      for (const found of (modules.get(name) ?? []).filter((one) => !needed.has(one))) {
        needed.add(found);
        if (found.path.endsWith('.py')) {
          reached.push(found);
        }
      }
    }
  }
  return needed;
}

/** The path of a module without what its file name ends with. */
function moduleOf(file: string): string {
  return file.replace(/(?:\.py|(?:\.[\w-]+)?\.so)$/, '');
}

/**
 * Whatever a module's text may import, as paths without suffix. Found by its looks, in comments and strings too: naming too much only
 * keeps a file more.
 */
function importsIn(text: string, folder: string): string[] {
  const joined = text.replace(/\\\r?\n/g, ' ');
  const from = [...joined.matchAll(/\bfrom[ \t]+(\.*)[ \t]*([\w.]*)[ \t]+import\b[ \t]*(\([^)]*\)|[^\n]*)/g)].flatMap(([, dots, name, imported]) => {
    const above = dots === '' ? '' : path.posix.join(folder, '../'.repeat(dots.length - 1));
    const module = path.posix.join(above, name.split('.').join('/'));
    return [module, ...(imported.match(/\w+/g) ?? []).map((one) => path.posix.join(module, one))];
  });
  const plain = [...joined.matchAll(/\bimport[ \t]+([\w., \t]+)/g)].flatMap(([, names]) => names.match(/[\w.]+/g) ?? []);
  return [...from, ...plain.map((name) => name.split('.').join('/'))];
}

/** A module, and the packages that are imported on the way to it and by it. */
function withPackages(module: string): string[] {
  const parts = module.split('/');
  return [module, ...parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/__init__`)];
}
