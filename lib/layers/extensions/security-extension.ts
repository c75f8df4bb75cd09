import type { Construct } from 'constructs';
import { ExtensionCode } from './extension-code';
import { ExtensionLayer } from './extension-layer';
import type { SecurityExtensionOptions } from './security-part';
import type { LayerOptions } from '../layer-options';

/** Properties of a `SecurityExtension`. */
export interface SecurityExtensionProps extends LayerOptions, SecurityExtensionOptions {}

/**
 * A layer with an extension that looks at `/opt` when a function starts: files that are not those of its layers, packages that are on an advisory
 * list, files that look like credentials. It reports them, or stops the start.
 */
export class SecurityExtension extends ExtensionLayer {
  /**
   * @throws when the files of a layer are not known, and for all that `ExtensionLayer` throws for
   */
  constructor(scope: Construct, id: string, props: SecurityExtensionProps) {
    super(scope, id, { ...props, extensions: [ExtensionCode.security(props)] });
  }
}
