import * as fs from 'node:fs/promises';
import { savingOf, type SlimResult, type SlimSaving } from './python-rules';
import type { SiteFile } from './site-files';
import type { SlimPlan } from './slim-plan';

/** A rule that removes files of Node.js packages: what no `import` and no `require` loads. */
interface NodejsRule {
  /** The name of its switch. */
  readonly id: 'typeStubs' | 'documentation' | 'installerFiles';
  /** Picks what goes. */
  removes(files: readonly SiteFile[]): Promise<readonly SiteFile[]>;
}

/** A package's own folder. */
const PACKAGE_FOLDER = /^((?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+\/)/;

/** Directly in a package: deeper ones may be data, such as templates. */
const DOCUMENTS = new RegExp([
  PACKAGE_FOLDER,
  /((?:readme|changelog|changes|history|contributing|security)(?:\.[\w-]+)*\.(?:md|markdown|txt|rst))$/,
].map((part) => part.source).join(''), 'i');

/** TypeScript, under whatever name: a program that has it may compile, and then needs the types of everything. */
const COMPILER = /\/(?:lib\.es5\.d\.ts|(?:dist|lib)\/typescript\.js)$/;

const RULES: readonly NodejsRule[] = [
  {
    id: 'typeStubs',
    removes: async (files) => files.some(({ path }) => COMPILER.test(path))
      ? []
      : files.filter(({ path }) => /\.d\.[cm]?ts(?:\.map)?$/.test(path) || /^(?:.*\/node_modules\/)?@types\//.test(path)),
  },
  {
    id: 'documentation',
    removes: async (files) => {
      const documents = files.filter(({ path }) => DOCUMENTS.test(path));
      const named = await namedByPrograms(documents, files);
      return documents.filter((file) => !named.has(file));
    },
  },
  // npm's own list of what it wrote.
  { id: 'installerFiles', removes: async (files) => files.filter(({ path }) => path === '.package-lock.json') },
];

/** Applies the rules that are switched on, each to what the ones before it left. Paths are relative to `node_modules`. */
export async function slimNodejs(files: readonly SiteFile[], plan: SlimPlan): Promise<SlimResult> {
  const savings: SlimSaving[] = [];
  let kept = files;
  for (const rule of RULES.filter((one) => plan[one.id])) {
    const removed = new Set(await rule.removes(kept));
    kept = kept.filter((file) => !removed.has(file));
    savings.push(savingOf(rule.id, [...removed]));
  }
  return { kept, savings };
}

/** Documents whose name stands as a text in a program of their package, which may read them: command lines show theirs as help. */
async function namedByPrograms(documents: readonly SiteFile[], files: readonly SiteFile[]): Promise<Set<SiteFile>> {
  const byPackage = new Map<string, { readonly file: SiteFile; readonly name: RegExp }[]>();
  for (const file of documents) {
    const [, folder, name] = DOCUMENTS.exec(file.path)!;
    const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    byPackage.set(folder, [...byPackage.get(folder) ?? [], { file, name: new RegExp(`["'\`/]${escaped}["'\`]`) }]);
  }
  const named = new Set<SiteFile>();
  for (const program of files.filter(({ path }) => /\.[cm]?js$|\/[^./]+$/.test(path))) {
    const candidates = byPackage.get(PACKAGE_FOLDER.exec(program.path)?.[1] ?? '');
    if (candidates !== undefined) {
      const text = await fs.readFile(program.source, 'latin1');
      candidates.filter(({ name }) => name.test(text)).forEach(({ file }) => named.add(file));
    }
  }
  return named;
}
