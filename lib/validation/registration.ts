import { CfnResource, Reference, type IResolvable } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { LayerSummary } from '../cache/layer-record';
import type { ExtensionPort } from '../target/aws-extensions';

/** What a layer needs of the functions that have it. */
export interface FunctionNeeds {
  /** Id of the rule that tells of functions without it. */
  readonly rule: 'AuthNotWired' | 'ExtensionNotWired';
  /** Environment variables and their values, which may hold tokens. */
  readonly environment: Readonly<Record<string, string>>;
  /** Environment variables that users set to what they like. */
  readonly present: readonly string[];
}

/** Layers whose files an extension of a layer knows. */
export interface LayerWatch {
  /** Their L1s. */
  readonly layers: readonly IConstruct[];
  readonly hasPatterns: boolean;
  readonly stops: boolean;
}

/**
 * What this library knows of a layer, on the construct that stands for it: the L1 of a layer that the app publishes, or an imported layer.
 * Plain data behind a registered symbol, so that two copies of the library in one app understand each other.
 */
export interface LayerRegistration {
  /** Undefined for a stub, and for a layer that somebody else published. */
  readonly summary?: LayerSummary;
  /** Absolute path of the manifest with all files. */
  readonly manifestPath?: string;
  /** What functions need beside the layer. */
  readonly needs?: FunctionNeeds;
  /** Ports that its extensions listen on. */
  readonly ports?: readonly ExtensionPort[];
  /** What its extension knows of other layers. */
  readonly watch?: LayerWatch;
  /** Paths of the programs that Lambda starts. */
  readonly programs?: readonly string[];
  /** Names of the extensions that this library brings ready-made. */
  readonly readyMade?: readonly string[];
  /** Whether the user chose where some of the files lie. */
  readonly hasPlacedFiles?: boolean;
  /** Whether the runtimes are this library's choice, and nobody's who could take one out. */
  readonly isForAnyRuntime?: boolean;
  /** Whether it is a placeholder that somebody asked for. */
  readonly isStub?: boolean;
  /** Whether it is a placeholder because CDK needs nothing of its stack. */
  readonly isUnbuilt?: boolean;
  /** What is said of an imported layer. */
  readonly imported?: {
    readonly layerVersionArn: string;
    readonly unzippedBytes?: number;
    readonly runtimes?: readonly string[];
    readonly architectures?: readonly string[];
    readonly extensions?: readonly string[];
  };
}

const REGISTRATION = Symbol.for('cdk-lambda-layers.registration');
const LAYER = Symbol.for('cdk-lambda-layers.layer');

export function register(construct: IConstruct, registration: LayerRegistration): void {
  Object.defineProperty(construct, REGISTRATION, { value: registration, configurable: true });
}

export function registrationOf(construct: IConstruct): LayerRegistration | undefined {
  return (construct as { [REGISTRATION]?: LayerRegistration })[REGISTRATION];
}

/** Says of something (a token, a template parameter) that it stands for the ARN of a layer version. */
export function markAsLayer(something: object, layer: CfnResource): void {
  Object.defineProperty(something, LAYER, { value: layer });
}

/** The layer version whose ARN a token or construct stands for. */
export function layerBehind(something: IResolvable | IConstruct): CfnResource | undefined {
  const marked = (something as { [LAYER]?: CfnResource })[LAYER];
  if (marked !== undefined || !Reference.isReference(something)) {
    return marked;
  }
  const { target, displayName } = something;
  return isLayerVersion(target) && ['Ref', 'LayerVersionArn'].includes(displayName) ? target : layerBehind(target);
}

export function isLayerVersion(construct: IConstruct): construct is CfnResource {
  return CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::Lambda::LayerVersion';
}

/** How messages call a resource, and where it is acknowledged: the construct that people made. */
export function placeOf(resource: IConstruct): IConstruct {
  return resource.node.id === 'Resource' || resource.node.id === 'Default' ? resource.node.scope ?? resource : resource;
}
