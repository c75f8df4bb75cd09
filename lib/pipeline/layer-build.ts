import type { BuildSettings, LayerPlan } from './layer-plan';
import type { Progress } from '../common/progress';

/** A layer that is being built, and where. */
export interface LayerBuild {
  /** Private folder below which everything is installed. */
  readonly workFolder: string;
  readonly cacheRoot: string;
  readonly plan: LayerPlan;
  readonly settings: BuildSettings;
  readonly place: string;
  readonly progress: Progress;
}
