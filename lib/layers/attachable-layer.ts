import type { IFunction, ILayerVersion } from 'aws-cdk-lib/aws-lambda';

/** A layer that functions can be given with everything they need to use it. */
export interface IAttachableLayer extends ILayerVersion {
  /**
   * Adds the layer to functions. A function that it was attached to before is left as it is.
   *
   * @param functions functions made in this app; imported functions, versions, aliases and container-image functions cannot take layers
   */
  attachTo(...functions: IFunction[]): void;
}
