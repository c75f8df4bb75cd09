import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunctionRef } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ExtensionCode } from './extension-code';
import { renderExtensions } from './render-extensions';
import type { LayerContent } from '../../content/layer-content';
import { ContentLayer } from '../content-layer';
import type { LayerOptions } from '../layer-options';
import { checkWiring, wire, type Wiring } from '../wire-functions';

/** Properties of an `ExtensionLayer`. */
export interface ExtensionLayerProps extends LayerOptions {
  /**
   * The extensions, each of which Lambda starts before the runtime. A function can have ten, in all of its layers.
   *
   * @default - none; then there must be an `execWrapper`
   */
  readonly extensions?: ExtensionCode[];

  /**
   * What else the layer holds: libraries of the extensions, or of the functions.
   *
   * @default - nothing
   */
  readonly content?: LayerContent[];

  /**
   * Script that starts the runtime, with the runtime's command line for its arguments. It lies in `/opt` under its own name, and `attachTo` names it
   * in `AWS_LAMBDA_EXEC_WRAPPER`, of which a function has one. OS-only runtimes know no wrapper.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
   * @default - none
   */
  readonly execWrapper?: string;

  /**
   * Environment variables that the extensions read: `attachTo` puts them into the environment of its functions. No secrets: templates show them.
   *
   * @default - none, but those that ready-made extensions need
   */
  readonly environment?: { [name: string]: string };
}

/**
 * A layer of Lambda extensions that cannot fail to start: its programs can be executed, are for the layer's machine, and have what starts them.
 *
 * An extension serves every runtime, so that `compatibleRuntimes` can be left out.
 */
export class ExtensionLayer extends ContentLayer {
  /**
   * What a function needs in its environment: for functions that `attachTo` cannot reach, such as those of a container image.
   */
  public readonly environment: { [name: string]: string };

  private readonly wiring: Wiring;

  /**
   * @throws when an extension could not start, and for all that `SharedDependencyLayer` throws for
   */
  constructor(scope: Construct, id: string, props: ExtensionLayerProps) {
    const { programs, environment, facts, grant, checkContent } = renderExtensions(scope, id, props);
    super(scope, id, { ...props, programs, needs: { rule: 'ExtensionNotWired', environment, present: [] }, facts, checkContent });
    this.environment = environment;
    this.wiring = {
      environment,
      runtimes: props.compatibleRuntimes,
      access: grant === undefined ? undefined : { what: 'what the extensions need', method: 'grantAccess', grant },
    };
  }

  /**
   * Adds the layer to functions, with the variables that its extensions read and the permissions that they need.
   *
   * @throws when a function has other values in its environment, a runtime that the layer does not declare, or no role that this library can see
   */
  public attachTo(...functions: IFunctionRef[]): void {
    checkWiring(this, functions, this.wiring);
    super.attachTo(...functions);
    wire(functions, this.wiring);
  }

  /**
   * Lets somebody do what the ready-made extensions of this layer do in a function. `attachTo` does it for its functions.
   */
  public grantAccess(grantee: IGrantable): void {
    this.wiring.access?.grant(grantee);
  }
}
