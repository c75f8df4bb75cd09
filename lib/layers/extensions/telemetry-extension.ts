import type { Construct } from 'constructs';
import { ExtensionCode } from './extension-code';
import { ExtensionLayer } from './extension-layer';
import type { TelemetryExtensionOptions } from './telemetry-part';
import type { LayerOptions } from '../layer-options';

/** Properties of a `TelemetryExtension`. */
export interface TelemetryExtensionProps extends LayerOptions, TelemetryExtensionOptions {}

/**
 * A layer with an extension that ships what Lambda tells of a function (the Telemetry API) to a destination, with metrics of cold starts, durations
 * and errors. What CloudWatch gets stays as it is. Where Lambda has no telemetry, the function runs without it.
 */
export class TelemetryExtension extends ExtensionLayer {
  /**
   * @throws when an option is not what the extension takes, and for all that `ExtensionLayer` throws for
   */
  constructor(scope: Construct, id: string, props: TelemetryExtensionProps) {
    super(scope, id, { ...props, extensions: [ExtensionCode.telemetry(props)] });
  }
}
