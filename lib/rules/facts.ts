import type { LayerFields } from './layer-fields';
import type { ManifestNativeFile, ManifestPackage, ManifestProgram } from '../inspect/manifest';
import type { ExtensionPort } from '../target/aws-extensions';

/** A file of a layer, as far as comparing layers needs it. */
export interface FileFacts {
  /** Relative to `/opt`. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the content; undefined where reading it would cost too much. */
  readonly sha256?: string;
  /** Name and version of the package that it belongs to. */
  readonly package?: string;
}

/** What is in a layer. */
export interface ContentFacts {
  readonly nativeFiles: readonly ManifestNativeFile[];
  /** Undefined when not known. */
  readonly packages?: readonly ManifestPackage[];
  /** Whether the user chose where some of the files lie. */
  readonly hasPlacedFiles: boolean;
  /** Read only when a rule needs them. */
  files(): readonly FileFacts[];
  /** Paths of what can be executed, as far as permissions are known, and of links. Read only when a rule needs them. */
  executables(): ReadonlySet<string>;
  /** What Lambda starts of it. Read only when a rule needs them; undefined when not known. */
  programs(): readonly ManifestProgram[] | undefined;
}

/** Layers whose files a layer's extension knows, to look at them where the function runs. */
export interface WatchFacts {
  /** Names of the layers by their versions. */
  readonly layers: ReadonlyMap<string, string>;
  /** Whether files of others are told by patterns. */
  readonly hasPatterns: boolean;
  /** Whether a function with other files does not start. */
  readonly stops: boolean;
}

/** What a layer needs of a function's environment. */
export interface NeedsFacts {
  /** Id of the rule that looks after them. */
  readonly rule: string;
  /** Variables that have a certain value, as it was written. */
  readonly settings: ReadonlyMap<string, string>;
  /** Variables with any value. */
  readonly present: readonly string[];
}

/** A layer version, as far as it is known. One object stands for one layer version in a whole run, so that rules can remember what they found. */
export interface LayerFacts {
  /** How messages call it: its construct path, or its ARN. */
  readonly name: string;
  /** Path of the construct that findings about it belong to; undefined for a bare ARN. */
  readonly place?: string;
  /** Equal for the same layer version only. */
  readonly version: string;
  /** Equal for all versions of one layer; undefined when that is not known. */
  readonly family?: string;
  /** Whether this library built it. */
  readonly isOurs: boolean;
  /** Whether it stands in a list of layers without being one. */
  readonly isMalformed?: boolean;
  /** Literal parts of its ARN; undefined where they are only known at deployment, and for layers of the app. */
  readonly region?: string;
  readonly partition?: string;
  /** Undefined when not known. */
  readonly unzippedBytes?: number;
  /** As declared; undefined when any will do, or when that is not known. */
  readonly runtimes?: readonly string[];
  readonly architectures?: readonly string[];
  /** Undefined when not known. */
  readonly content?: ContentFacts;
  /** Undefined when the layer needs nothing. */
  readonly needs?: NeedsFacts;
  /** Ports that its extensions listen on, as far as they are known. */
  readonly ports?: readonly ExtensionPort[];
  /** Undefined when nothing of it looks at other layers. */
  readonly watches?: WatchFacts;
  /** Paths of the programs that its construct says Lambda starts; undefined where none says so. */
  readonly declaredPrograms?: readonly string[];
  /** Names of those of them that this library brings ready-made. */
  readonly readyMade?: readonly string[];
  /** Names of its extensions, where its files are not known but these are said. */
  readonly extensions?: readonly string[];
  /** Absolute paths of what it has to start the runtime through, of which a function chooses one. */
  readonly wrappers?: readonly string[];
}

/** A layer version that the app publishes. */
export interface PublishedLayer extends LayerFacts {
  readonly place: string;
  readonly fields: LayerFields;
  /** The name that Lambda will know it by; one that is only known at deployment by what gives it. */
  readonly layerName: string;
  readonly environment: EnvironmentFacts;
  /** Whether it belongs to the assembly that is checked now, and not to another stage. */
  readonly isHere: boolean;
  /** Whether the runtimes that it declares are nobody's choice. */
  readonly isForAnyRuntime: boolean;
  /** Whether it is a placeholder that somebody asked for. */
  readonly isStub: boolean;
  /** Whether a condition may keep it out of the stack. */
  readonly isConditional: boolean;
}

/** Where a stack goes; undefined where that is only known at deployment. */
export interface EnvironmentFacts {
  readonly stack: string;
  readonly account?: string;
  readonly region?: string;
}

/** A function, as the template will have it. */
export interface FunctionFacts {
  readonly place: string;
  /** Undefined where only known at deployment. */
  readonly region?: string;
  readonly runtime?: string;
  readonly architecture?: string;
  readonly isImage: boolean;
  /** Whether it runs on instances of a capacity provider. */
  readonly isOnManagedInstances: boolean;
  /** Unzipped bytes of its own code; undefined when not known. */
  readonly codeBytes?: number;
  /** In Lambda's order: the last one wins. */
  readonly layers: readonly LayerFacts[];
  /** Whether deployment may add layers to the list. */
  readonly mayHaveMoreLayers: boolean;
  /** What conditions of the template can make of it; without any, itself is meant. */
  readonly variants?: readonly FunctionFacts[];
  /**
   * Variables of its environment and their values, undefined where nothing of a value is known before deployment; undefined when the whole is. Read
   * only when a rule needs them.
   */
  environment(): ReadonlyMap<string, string | undefined> | undefined;
  /** Whether CloudFront may run it at its edges. Asked only when a rule needs it. */
  isAtEdge(): boolean;
  /** Variables of its environment whose whole values are known. */
  literals(): ReadonlyMap<string, string>;
  /** A value as it would be in this function's environment. */
  rendered(written: string): string | undefined;
}

/** A grant of a layer version to somebody else. */
export interface PermissionFacts {
  readonly place: string;
  /** Undefined for a bare ARN. */
  readonly layer?: LayerFacts;
  /** Undefined where only known at deployment. */
  readonly principal?: string;
  readonly hasOrganization: boolean;
}

/** All that the rules look at. */
export interface AppFacts {
  readonly functions: readonly FunctionFacts[];
  readonly layers: readonly PublishedLayer[];
  readonly permissions: readonly PermissionFacts[];
  /** Whether the synth serves a deployment: the CDK CLI runs it. */
  readonly isForDeployment: boolean;
  readonly today: Date;
}
