import type { FunctionFacts, LayerFacts } from './facts';

/** Where Lambda unpacks layers. */
const MOUNT = '/opt/';

/** Whether a path of the file system is in a layer, or is for a layer to bring. */
export function isInLayers(path: string): boolean {
  return path.startsWith(MOUNT);
}

/** Whether all files of these layers are known. */
export function areKnown({ layers, mayHaveMoreLayers }: Pick<FunctionFacts, 'layers' | 'mayHaveMoreLayers'>): boolean {
  return !mayHaveMoreLayers && layers.every((layer) => layer.content !== undefined);
}

/** Whether a file of these layers can be executed by its path in the file system. What lies behind a link is taken for it. */
export function canExecute(layers: readonly LayerFacts[], path: string): boolean {
  const parts = path.slice(MOUNT.length).split('/');
  const candidates = parts.map((_, number) => parts.slice(0, number + 1).join('/'));
  return layers.some(({ content }) => content !== undefined && candidates.some((candidate) => content.executables().has(candidate)));
}

/** Whether one of these layers has a file at a path in the file system. */
export function hasFile(layers: readonly LayerFacts[], path: string): boolean {
  return layers.some(({ content }) => content?.files().some((file) => `${MOUNT}${file.path}` === path) === true);
}
