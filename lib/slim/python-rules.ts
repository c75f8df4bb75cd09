import * as fs from 'node:fs';
import type { SiteFile } from './site-files';
import type { SlimPlan } from './slim-plan';
import { testFiles } from './test-folders';

/**
 * A rule that removes files of packages. Each was measured safe by importing and using numpy, pandas, pyarrow, sqlalchemy, psycopg2,
 * cryptography, pydantic and others without what it removes (test/slim/real-packages.test.ts).
 */
interface SlimRule {
  /** The name of its switch. */
  readonly id: Exclude<keyof SlimPlan, 'bytecode' | 'awsSdk' | 'nativeSymbols' | 'documentation'>;
  /** Picks what goes, from all files of the site. */
  readonly removes: (files: readonly SiteFile[]) => (file: SiteFile) => boolean;
}

const RULES: readonly SlimRule[] = [
  {
    // Compiled for the file dates of another machine: Lambda's zips carry fixed ones, so Python would throw them away at every start.
    // A package that ships bytecode without source keeps it.
    id: 'caches',
    removes: (files) => {
      const sources = new Set(files.map((file) => file.path));
      return ({ path }) => /(?:^|\/)__pycache__\//.test(path) || (/\.py[co]$/.test(path) && sources.has(path.replace(/[co]$/, '')));
    },
  },
  { id: 'testFolders', removes: testFiles },
  {
    // Type checkers read them, interpreters never do. But modules whose imports lazy_loader makes lazy read their own (scikit-image, librosa),
    // and type checkers that are libraries (jedi, mypy) bring theirs in a folder `typeshed`.
    id: 'typeStubs',
    removes: (files) => {
      const sources = new Map(files.map((file) => [file.path, file.source]));
      const isRead = (stub: string): boolean => {
        const module = sources.get(stub.slice(0, -1));
        return /(?:^|\/)typeshed\//.test(stub) || (module !== undefined && fs.readFileSync(module).includes('attach_stub'));
      };
      return ({ path }) => path.endsWith('.pyi') && !isRead(path);
    },
  },
  {
    // Their compiled modules lie beside them. That holds for Python modules too that mypyc or Cython compiled: an import takes the native one first.
    id: 'nativeSources',
    removes: (files) => {
      const compiled = new Set(files.flatMap(({ path }) => {
        const module = /^(.+?)\.(?:cpython-\d+-[\w-]+|abi3)\.so$/.exec(path)?.[1];
        return module === undefined ? [] : [`${module}.py`];
      }));
      return ({ path }) => /\.(?:c|cc|cpp|cxx|pyx|pxd|pxi|f|f90|for)$/.test(path) || compiled.has(path);
    },
  },
  // Only compilers and linkers read them.
  { id: 'headers', removes: () => ({ path }) => /\.(?:h|hh|hpp|hxx|a|lib)$/.test(path) },
  // Python in a browser: packages import these folders there only.
  { id: 'browserModules', removes: () => ({ path }) => /\/(?:emscripten|pyodide)\//.test(path) },
  // Lists what an installer may uninstall; nothing is uninstalled from a layer.
  { id: 'installerFiles', removes: () => ({ path }) => /^[^/]+\.dist-info\/RECORD$/.test(path) },
];

/** What one rule took away. */
export interface SlimSaving {
  readonly rule: string;
  readonly files: number;
  readonly bytes: number;
}

export interface SlimResult {
  readonly kept: readonly SiteFile[];
  readonly savings: readonly SlimSaving[];
}

/** Metadata, entry points and licences, which no rule but its own touches. */
const METADATA = /^[^/]+\.dist-info\//;

/** Applies the rules that are switched on, each to what the ones before it left. */
export function slimPython(files: readonly SiteFile[], plan: SlimPlan): SlimResult {
  const savings: SlimSaving[] = [];
  let kept = files;
  for (const rule of RULES.filter((one) => plan[one.id])) {
    const candidates = kept.filter((file) => rule.id === 'installerFiles' || !METADATA.test(file.path));
    const removed = new Set(candidates.filter(rule.removes(candidates)));
    kept = kept.filter((file) => !removed.has(file));
    savings.push(savingOf(rule.id, [...removed]));
  }
  return { kept, savings };
}

/** What removing files saved. */
export function savingOf(rule: string, removed: readonly SiteFile[]): SlimSaving {
  return { rule, files: removed.length, bytes: removed.reduce((sum, file) => sum + file.bytes, 0) };
}
