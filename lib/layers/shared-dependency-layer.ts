import type { Construct } from 'constructs';
import { ContentLayer } from './content-layer';
import type { LayerOptions } from './layer-options';
import type { LayerContent } from '../content/layer-content';

/** Properties of a `SharedDependencyLayer`. */
export interface SharedDependencyLayerProps extends LayerOptions {
  /**
   * What the layer holds. Several contents make one layer; the same path with other bytes is an error.
   */
  readonly content: LayerContent[];
}

/**
 * A layer of dependencies that functions share: built from a lock, checked, and the same bytes on every machine.
 */
export class SharedDependencyLayer extends ContentLayer {
  /**
   * @throws when the content cannot be built, a field is not what Lambda takes (`LayerFields`), or the layer is over its size quota (`LayerSize`)
   */
  constructor(scope: Construct, id: string, props: SharedDependencyLayerProps) {
    super(scope, id, props);
  }
}
