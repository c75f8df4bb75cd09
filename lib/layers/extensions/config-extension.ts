import type { Construct } from 'constructs';
import type { ConfigExtensionOptions } from './config-part';
import { ExtensionCode } from './extension-code';
import { ExtensionLayer } from './extension-layer';
import type { LayerOptions } from '../layer-options';

/** Properties of a `ConfigExtension`. */
export interface ConfigExtensionProps extends LayerOptions, ConfigExtensionOptions {}

/**
 * A layer with an extension that fetches configuration when a function starts, keeps it fresh, and serves it to the function over loopback, in any
 * language. When the service fails, the last good value stays.
 */
export class ConfigExtension extends ExtensionLayer {
  /**
   * @throws when nothing is named, the refresh or port cannot be, and for all that `ExtensionLayer` throws for
   */
  constructor(scope: Construct, id: string, props: ConfigExtensionProps) {
    super(scope, id, { ...props, extensions: [ExtensionCode.config(props)] });
  }
}
