import { Resource, SizeRoundingBehavior, type Size } from 'aws-cdk-lib';
import type { Architecture, IFunctionRef, LayerVersionPermission, LayerVersionReference, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { attachLayer } from './attach';
import type { IAttachableLayer } from './attachable-layer';
import { shareLayer } from './layer-permission';
import { renderFaults } from '../common/fault';
import { mayBeLayerVersionArn } from '../validation/arn';
import { earlyText } from '../validation/early-text';
import { installRules } from '../validation/install';
import { register } from '../validation/registration';
import { shown } from '../validation/text-of';

/** What is known of a layer that somebody else published. */
export interface ImportedLayerAttributes {
  /**
   * ARN of the layer version, with the version at its end.
   */
  readonly layerVersionArn: string;

  /**
   * Unzipped size. No API of Lambda tells it, so that it must be said for the rules about sizes to count with it.
   *
   * @default - not known: sums that the layer is part of are lower bounds
   */
  readonly unzippedSize?: Size;

  /**
   * Runtimes that the layer serves.
   *
   * @default - not checked
   */
  readonly compatibleRuntimes?: Runtime[];

  /**
   * Machines that the layer serves.
   *
   * @default - not checked
   */
  readonly compatibleArchitectures?: Architecture[];

  /**
   * Names of its extensions, which are those of the files in its `extensions` folder. A function has at most ten, and each name once.
   *
   * @default - none, but those that layers of AWS are known for
   */
  readonly extensions?: string[];
}

/** A layer that somebody else published, or another app: checked and attached like one of this app. */
export class ImportedLayer extends Resource implements IAttachableLayer {
  /**
   * A layer version by its ARN.
   *
   * @throws when the ARN is known and is not that of a layer version
   */
  public static fromArn(scope: Construct, id: string, attributes: ImportedLayerAttributes): ImportedLayer {
    return new ImportedLayer(scope, id, attributes);
  }

  public readonly layerVersionArn: string;
  public readonly compatibleRuntimes?: Runtime[];

  private constructor(scope: Construct, id: string, attributes: ImportedLayerAttributes) {
    const { layerVersionArn, unzippedSize, compatibleRuntimes, compatibleArchitectures, extensions } = attributes;
    const text = earlyText(scope, layerVersionArn);
    if (!mayBeLayerVersionArn(text)) {
      throw new Error(renderFaults([scope.node.path, id].filter((part) => part !== '').join('/'), [{
        what: 'this is no ARN of a layer version',
        got: JSON.stringify(shown(text)),
        allowed: 'arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME:VERSION, with the version at the end',
        fix: 'write the whole ARN; Lambda has no "latest" version of a layer',
      }]));
    }
    super(scope, id);
    this.layerVersionArn = layerVersionArn;
    this.compatibleRuntimes = compatibleRuntimes;
    register(this, { imported: {
      layerVersionArn,
      unzippedBytes: unzippedSize?.isUnresolved() === false ? Math.ceil(unzippedSize.toBytes({ rounding: SizeRoundingBehavior.NONE })) : undefined,
      runtimes: namesOf(compatibleRuntimes),
      architectures: namesOf(compatibleArchitectures),
      extensions,
    } });
    installRules(this);
  }

  /** Reference to the layer version. */
  public get layerVersionRef(): LayerVersionReference {
    return { layerVersionArn: this.layerVersionArn };
  }

  /** Shares the layer version, as its owner may. */
  public addPermission(id: string, permission: LayerVersionPermission): void {
    shareLayer(this, id, permission, undefined);
  }

  public attachTo(...functions: IFunctionRef[]): void {
    attachLayer(this, functions, undefined);
  }
}

/** An empty list says no more than none. */
function namesOf(list: readonly { readonly name: string }[] | undefined): string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list.map(({ name }) => name);
}
