import { Token, type RemovalPolicy } from 'aws-cdk-lib';
import {
  LayerVersion, type Architecture, type CfnLayerVersion, type IFunctionRef, type LayerVersionPermission, type Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { attachLayer } from './attach';
import type { IAttachableLayer } from './attachable-layer';
import { buildLayer, type BuiltLayer } from './build-layer';
import type { LayerBundlingOptions } from './layer-bundling-options';
import { shareLayer } from './layer-permission';
import { LayerVersionReference } from './layer-version-reference';
import type { LayerNaming } from './naming';
import type { SlimOptions } from './slim-options';
import type { LayerContent } from '../content/layer-content';
import type { LayerManifest } from '../inspect/manifest';
import { installRules } from '../validation/install';
import { register } from '../validation/registration';

/** Properties of a `SharedDependencyLayer`. */
export interface SharedDependencyLayerProps {
  /**
   * What the layer holds. Several contents make one layer; the same path with other bytes is an error.
   */
  readonly content: LayerContent[];

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
   * @default - any runtime; Python content needs at least one
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

/**
 * A layer of dependencies that functions share: built from a lock, checked, and the same bytes on every machine.
 */
export class SharedDependencyLayer extends LayerVersion implements IAttachableLayer {
  /**
   * The ARN of the layer version. Other stacks read it from a parameter of Systems Manager, so that they never block its update.
   *
   * @attribute
   */
  public readonly layerVersionArn: string;

  private readonly built: BuiltLayer;
  private readonly removalPolicy?: RemovalPolicy;

  /**
   * @throws when the content cannot be built, a field is not what Lambda takes (`LayerFields`), or the layer is over its size quota (`LayerSize`)
   */
  constructor(scope: Construct, id: string, props: SharedDependencyLayerProps) {
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
