import type { ContentFacts, FunctionFacts, LayerFacts } from './facts';
import { Remembered } from './remember';
import type { Finding, Rule } from './rule';
import { counted } from '../common/counted';
import { pythonTarget } from '../target/runtimes';

const FILES_NAMED = 3;

/** A module or package at the root, or in a folder that is named as if Python looked there. */
const IN_WRONG_PLACE = /^(?:(?:python\/)?(?:lib\/python[^/]*\/)?site-packages\/)?(?:[^/]+\.pyc?|[^/]+\/__init__\.pyc?)$/;

const LOST_FILES = new Remembered<readonly string[]>();

/** Python files where no import finds them. Lambda: "Unable to import module … No module named …". */
export const layerPath: Rule = {
  id: 'LayerPath',
  checkLayer: (layer) => layer.runtimes !== undefined ? pathFindings(layer, layer.runtimes, layer.place) : [],
  // Where the layer declares no runtime, its functions tell which one will look.
  checkFunction: (fn) => fn.runtime === undefined ? [] : fn.layers
    .filter((layer) => layer.runtimes === undefined)
    .flatMap((layer) => pathFindings(layer, [fn.runtime!], layer.place ?? fn.place, fn)),
};

function pathFindings(layer: LayerFacts, runtimes: readonly string[], place: string, fn?: FunctionFacts): Finding[] {
  if (!layer.isOurs || layer.content?.hasPlacedFiles !== true) {
    return [];
  }
  const searchPaths = runtimes.flatMap((runtime) => pythonTarget(runtime, 'x86_64')?.searchPaths ?? []);
  if (searchPaths.length === 0) {
    return [];
  }
  const { content } = layer;
  const lost = LOST_FILES.of(layer, searchPaths.join(), () => lostFiles(content, searchPaths));
  return lost.length === 0 ? [] : [{
    severity: 'error',
    place,
    about: [layer],
    seenIn: fn?.place,
    fault: {
      what: 'Python files lie where no declared runtime looks for modules',
      got: [`${counted(lost.length, 'file')}, such as`, ...lost.slice(0, FILES_NAMED)].join('\n'),
      allowed: [...new Set(searchPaths)].map((path) => `${path}/`).join(', '),
      fix: 'set the `destination` of the content, for example \'python\', or declare the runtime that looks there',
    },
  }];
}

/** Modules that could be imported if only somebody looked there, when none is where somebody does: other Python files are data, or called by path. */
function lostFiles(content: ContentFacts, searchPaths: readonly string[]): string[] {
  const modules = content.files().map((file) => file.path).filter((path) => /\.pyc?$/.test(path));
  return modules.some((path) => searchPaths.some((folder) => isBelow(path, folder))) ? [] : modules.filter((path) => IN_WRONG_PLACE.test(path));
}

/** The folders of other Python versions lie below `python`, too. */
function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`) && (folder !== 'python' || !/^python\/lib\/python[^/]*\//.test(path));
}
