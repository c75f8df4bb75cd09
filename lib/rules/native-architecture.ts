import type { FunctionFacts, LayerFacts } from './facts';
import { declaresOther } from './layer-architecture';
import { severityFor, type Rule } from './rule';
import type { ManifestNativeFile } from '../inspect/manifest';

const FILES_NAMED = 3;

/** Native code for another machine in a layer that does not say so. Lambda: "cannot open shared object file", or "exec format error". */
export const nativeArchitecture: Rule = {
  id: 'NativeArchitecture',
  checkFunction: (fn) => fn.architecture === undefined ? [] : fn.layers
    .filter((layer) => !declaresOther(fn, layer))
    .map((layer) => ({ layer, foreign: foreignFiles(fn, layer) }))
    .filter(({ foreign }) => foreign.length > 0)
    .map(({ layer, foreign }) => ({
      severity: severityFor(layer),
      place: fn.place,
      about: [layer],
      fault: {
        what: 'a layer has native files for another machine than the function\'s',
        got: [
          `the function is ${fn.architecture}; of the native files of ${layer.name}, ${foreign.length} are for another machine:`,
          ...foreign.slice(0, FILES_NAMED).map((file) => `${file.path}: ${file.machine}`),
        ].join('\n'),
        allowed: `native files for ${fn.architecture}`,
        fix: 'make a layer for each architecture and attach the one that fits, or change the function\'s architecture',
      },
    })),
};

/** Some packages bring a file for each machine and load the one that fits. What Lambda starts has no choice. */
function foreignFiles(fn: FunctionFacts, layer: LayerFacts): ManifestNativeFile[] {
  const started = (layer.content?.programs() ?? []).flatMap(({ path, machine }) => machine === undefined ? [] : [{ path, machine }]);
  const files = (layer.content?.nativeFiles ?? []).filter((file) => (
    ['x86_64', 'arm64'].includes(file.machine) && !started.some(({ path }) => path === file.path)
  ));
  return [
    ...started.filter((program) => program.machine !== fn.architecture),
    ...files.some((file) => file.machine === fn.architecture) ? [] : files,
  ];
}
