import { savingOf, type SlimResult, type SlimSaving } from './python-rules';
import type { SiteFile } from './site-files';
import type { SlimPlan } from './slim-plan';

/** A rule that removes files of Node.js packages: what no `import` and no `require` loads. */
interface NodejsRule {
  /** The name of its switch. */
  readonly id: 'typeStubs' | 'documentation' | 'installerFiles';
  removes(file: SiteFile): boolean;
}

/** Directly in a package: deeper ones may be data, such as templates. */
const DOCUMENTS = new RegExp([
  /(?:^|\/node_modules\/)(?:@[^/]+\/)?[^/]+\//,
  /(?:readme|changelog|changes|history|contributing|security)(?:\.[\w-]+)*\.(?:md|markdown|txt|rst)$/,
].map((part) => part.source).join(''), 'i');

const RULES: readonly NodejsRule[] = [
  // Compilers and editors read them. TypeScript itself, as a library, reads those of its own `lib`.
  {
    id: 'typeStubs',
    removes: ({ path }) => (/\.d\.[cm]?ts(?:\.map)?$/.test(path) || /(?:^|\/)@types\//.test(path)) && !/(?:^|\/)typescript\//.test(path),
  },
  { id: 'documentation', removes: ({ path }) => DOCUMENTS.test(path) },
  // npm's own list of what it wrote.
  { id: 'installerFiles', removes: ({ path }) => path === '.package-lock.json' },
];

/** Applies the rules that are switched on, each to what the ones before it left. Paths are relative to `node_modules`. */
export function slimNodejs(files: readonly SiteFile[], plan: SlimPlan): SlimResult {
  const savings: SlimSaving[] = [];
  let kept = files;
  for (const rule of RULES.filter((one) => plan[one.id])) {
    const removed = new Set(kept.filter((file) => rule.removes(file)));
    kept = kept.filter((file) => !removed.has(file));
    savings.push(savingOf(rule.id, [...removed]));
  }
  return { kept, savings };
}
