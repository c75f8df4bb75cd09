import type { FunctionFacts, LayerFacts } from './facts';
import type { Finding, Rule } from './rule';
import { compareVersions } from '../common/compare-versions';
import type { ManifestNativeFile } from '../inspect/manifest';
import { isExtensionPath } from '../inspect/programs';
import { systemOf } from '../target/lambda-runtimes';

const FILES_NAMED = 3;

/** Native code that needs a newer system than the runtime has. Lambda: "version `GLIBC_2.28' not found". */
export const nativeGlibc: Rule = {
  id: 'NativeGlibc',
  checkFunction: (fn) => fn.layers.flatMap((layer) => glibcFindings(fn, layer)),
};

function glibcFindings(fn: FunctionFacts, layer: LayerFacts): Finding[] {
  const glibc = fn.runtime === undefined ? undefined : systemOf(fn.runtime)?.glibc;
  if (glibc === undefined) {
    return [];
  }
  const tooNew = (layer.content?.nativeFiles ?? [])
    .filter((file) => file.glibc !== undefined && compareVersions(file.glibc, glibc) > 0 && mayBeLoaded(file, fn.runtime!));
  return tooNew.length === 0 ? [] : [{
    severity: tooNew.some((file) => isExtensionPath(file.path) || isImported(file, fn.runtime!)) ? 'error' : 'warning',
    place: layer.place ?? fn.place,
    about: [layer],
    seenIn: fn.place,
    fault: {
      what: 'native files need a newer glibc than the runtime has',
      got: [
        `${tooNew.length} of ${layer.content!.nativeFiles.length} native files of ${layer.name}:`,
        ...tooNew.slice(0, FILES_NAMED).map((file) => `${file.path}: GLIBC_${file.glibc}`),
      ].join('\n'),
      allowed: `at most GLIBC_${glibc}, as ${fn.runtime} has it`,
      fix: 'take files that were built for the runtime\'s Amazon Linux; a newer runtime needs files for its own version of the language as well',
    },
  }];
}

/** What lies in a folder of, or is built for, another Python version is never looked at. */
function mayBeLoaded(file: ManifestNativeFile, runtime: string): boolean {
  const versions = pythonVersionsIn(file.path);
  return versions.length === 0 || versions.every((version) => runtime === `python${version}`);
}

/** An extension module of this very Python (not of a debugging or free-threaded one) is loaded when its name is imported. */
function isImported(file: ManifestNativeFile, runtime: string): boolean {
  return runtime.startsWith('python') && /^python\/.*\.(?:cpython-\d+-[^/]*|abi3)\.so$/.test(file.path);
}

/** `python/lib/python3.13/…` and `….cpython-313-x86_64-linux-gnu.so`. */
function pythonVersionsIn(path: string): string[] {
  const folder = /^python\/lib\/python(\d+\.\d+)\//.exec(path)?.[1];
  const [, major, minor] = /\.cpython-(\d)(\d+)[^/]*\.so$/.exec(path) ?? [];
  return [...(folder === undefined ? [] : [folder]), ...(major === undefined ? [] : [`${major}.${minor}`])];
}
