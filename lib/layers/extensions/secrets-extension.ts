import type { Construct } from 'constructs';
import { ExtensionCode } from './extension-code';
import { ExtensionLayer } from './extension-layer';
import type { SecretsExtensionOptions } from './secrets-part';
import type { LayerOptions } from '../layer-options';

/** Properties of a `SecretsExtension`. */
export interface SecretsExtensionProps extends LayerOptions, SecretsExtensionOptions {}

/**
 * A layer with an extension that holds secrets of Secrets Manager in memory and serves them to the function over loopback, in any language. It sees
 * when a secret is rotated, and serves the new value without a restart; the one before can be asked for as `AWSPREVIOUS`.
 */
export class SecretsExtension extends ExtensionLayer {
  /**
   * @throws when no secret is named, the refresh or port cannot be, and for all that `ExtensionLayer` throws for
   */
  constructor(scope: Construct, id: string, props: SecretsExtensionProps) {
    super(scope, id, { ...props, extensions: [ExtensionCode.secrets(props)] });
  }
}
