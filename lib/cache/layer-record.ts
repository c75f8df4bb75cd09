import type { LayerManifest } from '../inspect/manifest';

/** The small part of a manifest that a construct needs at every synth; the long list of files is read when somebody asks. */
export type LayerSummary = Omit<LayerManifest, 'files'>;

/** A built layer as the cache hands it out. */
export interface CachedLayer {
  readonly key: string;
  readonly summary: LayerSummary;
  /** Absolute path of the .zip. */
  readonly archivePath: string;
  /** Absolute path of the whole manifest as JSON. */
  readonly manifestPath: string;
}
