import type { LayerFacts } from './facts';
import { isExtensionPath } from '../inspect/programs';

/** Names of the extensions that a layer brings, as far as its files, its construct or what is said of it tell them. */
export function extensionNames({ content, declaredPrograms, extensions }: LayerFacts): readonly string[] {
  const paths = content?.programs()?.map(({ path }) => path) ?? content?.files().map(({ path }) => path) ?? declaredPrograms;
  return paths?.filter(isExtensionPath).map((path) => path.slice(path.indexOf('/') + 1)) ?? extensions ?? [];
}
