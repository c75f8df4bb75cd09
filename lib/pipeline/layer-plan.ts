import type { ContentSpec } from '../content/content-spec';
import type { IndexSpec } from '../resolve/index-spec';
import type { SlimPlan } from '../slim/slim-plan';
import type { ArchitectureName } from '../target/target';

/** What a layer shall hold: all that decides its bytes. */
export interface LayerPlan {
  readonly contents: readonly ContentSpec[];
  /** Lambda's runtime identifiers, as declared. */
  readonly runtimes: readonly string[];
  /** As declared; empty when the content decides. */
  readonly architectures: readonly ArchitectureName[];
  readonly slim: SlimPlan;
}

export type BundlingModeName = 'auto' | 'local' | 'docker' | 'offline' | 'stub';

/** How a layer is built: what must not change its bytes, save for an image that somebody chose. */
export interface BuildSettings {
  readonly mode: BundlingModeName;
  /** An image that somebody chose; undefined for the runtime's own build image. */
  readonly image?: string;
  readonly network?: string;
  readonly platform?: string;
  readonly user?: string;
  readonly indexes: readonly IndexSpec[];
  readonly excludeNewerDays?: number;
  readonly installTools: boolean;
  /** A missing or stale lock is an error instead of being written. */
  readonly frozen: boolean;
}

/** One layer to build, as it is handed to the process that builds it. */
export interface BuildJob {
  /** What messages call the layer: its construct path. */
  readonly place: string;
  readonly plan: LayerPlan;
  readonly settings: BuildSettings;
  /** Where the cache may lie when the machine has no usable one. */
  readonly outputFolder?: string;
}
