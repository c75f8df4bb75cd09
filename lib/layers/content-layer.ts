import { Token, type RemovalPolicy } from 'aws-cdk-lib';
import { LayerVersion, type CfnLayerVersion, type IFunctionRef, type LayerVersionPermission } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { attachLayer } from './attach';
import type { IAttachableLayer } from './attachable-layer';
import { buildLayer, type BuiltLayer, type ContentLayerProps } from './build-layer';
import { shareLayer } from './layer-permission';
import { LayerVersionReference } from './layer-version-reference';
import type { LayerManifest } from '../inspect/manifest';
import { installRules } from '../validation/install';
import { register } from '../validation/registration';

/**
 * What every layer that this library builds is: one layer version with proved content. It is no class of the API: jsii folds it into those that
 * extend it.
 *
 * @internal
 */
export abstract class ContentLayer extends LayerVersion implements IAttachableLayer {
  /**
   * The ARN of the layer version. Other stacks read it from a parameter of Systems Manager, so that they never block its update.
   *
   * @attribute
   */
  public readonly layerVersionArn: string;

  private readonly built: BuiltLayer;
  private readonly removalPolicy?: RemovalPolicy;

  constructor(scope: Construct, id: string, props: ContentLayerProps) {
    const built = buildLayer(scope, id, props);
    super(scope, id, built.layerVersionProps);
    this.built = built;
    this.removalPolicy = built.layerVersionProps.removalPolicy;
    const resource = this.node.defaultChild as CfnLayerVersion;
    this.layerVersionArn = Token.asString(new LayerVersionReference(resource));
    register(resource, built.registration);
    installRules(this);
  }

  /**
   * The facts of the layer: files, packages, native files and sizes. A stub has none of them.
   */
  public get manifest(): LayerManifest {
    return this.built.manifest();
  }

  public attachTo(...functions: IFunctionRef[]): void {
    attachLayer(this, functions, this.built.identity);
  }

  /**
   * Shares this layer version with an account, or with `*` and an organisation. The grant has the layer's removal policy.
   *
   * @throws when the principal or the organisation is not what Lambda takes
   */
  public addPermission(id: string, permission: LayerVersionPermission): void {
    shareLayer(this, id, permission, this.removalPolicy);
  }
}
