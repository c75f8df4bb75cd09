import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { LayerBundlingOptions } from './layer-bundling-options';
import type { LayerNaming } from './naming';
import type { SlimOptions } from './slim-options';

/** What all layers of this library can be told, whatever they hold. */
export interface LayerOptions {
  /**
   * What the layer is for, in a word or two: a part of its name.
   *
   * @default - the construct's id
   */
  readonly purpose?: string;

  /**
   * The layer's name, used as it is.
   *
   * @default - a name by `naming`
   */
  readonly layerVersionName?: string;

  /**
   * How the layer is named when `layerVersionName` is not given.
   *
   * @default - context `cdk-lambda-layers:naming`, else LayerNaming.scoped()
   */
  readonly naming?: LayerNaming;

  /**
   * Runtimes that the layer serves, at most 15. The content is built for each of them.
   *
   * @default - any runtime; Python and Node.js content needs at least one
   */
  readonly compatibleRuntimes?: Runtime[];

  /**
   * Machines that the layer serves. Native content serves exactly one.
   *
   * @default - any machine when nothing native is inside, else x86_64
   */
  readonly compatibleArchitectures?: Architecture[];

  /**
   * Description of the layer version, at most 256 characters.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * Licence of the layer's content, an SPDX id, a URL or the text, at most 512 characters.
   *
   * @default - no licence is stated
   */
  readonly license?: string;

  /**
   * What happens to a layer version that the stack no longer holds. Functions elsewhere may still use it, so it is retained.
   *
   * @default - context `cdk-lambda-layers:removalPolicy`, else RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * How and where the content is built.
   *
   * @default - local tools first, Docker where it is needed
   */
  readonly bundling?: LayerBundlingOptions;

  /**
   * What is left out of the layer.
   *
   * @default - the rules that are safe for every package
   */
  readonly slim?: SlimOptions;
}
