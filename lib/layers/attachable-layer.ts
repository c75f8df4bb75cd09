import type { IFunctionRef, ILayerVersion } from 'aws-cdk-lib/aws-lambda';

/** A layer that functions can be given with everything they need to use it. */
export interface IAttachableLayer extends ILayerVersion {
  /**
   * Adds the layer to functions: after the layers that they were made with, in the order of the calls. Where layers have the same file, the
   * later one's counts. A function that has the layer already is left as it is.
   *
   * @param functions functions made in this app, `CfnFunction` and `SingletonFunction` included; imported functions, versions and aliases
   *   cannot take layers, and container-image functions fail at synth (`ImageFunction`)
   */
  attachTo(...functions: IFunctionRef[]): void;
}
