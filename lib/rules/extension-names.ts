import type { LayerFacts } from './facts';
import { isExtensionPath } from '../inspect/programs';

/** Names of the extensions that a layer brings, as far as its files or what is said of it tell them. */
export function extensionNames({ content, extensions }: LayerFacts): readonly string[] {
  const paths = content === undefined ? undefined : (content.programs() ?? content.files()).map(({ path }) => path).filter(isExtensionPath);
  return paths?.map((path) => path.slice(path.indexOf('/') + 1)) ?? extensions ?? [];
}
