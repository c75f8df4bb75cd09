/** A CDK app as plain data: what a user would write, and nothing that CDK or this library would make of it. */
export interface AppModel {
  /** The feature flag `@aws-cdk/aws-lambda:recognizeLayerVersion`, which makes CDK sort layers. */
  readonly sortsLayers: boolean;
  readonly stacks: readonly StackModel[];
  readonly layers: readonly LayerModel[];
  readonly functions: readonly FunctionModel[];
}

export interface StackModel {
  readonly account?: string;
  readonly region?: string;
  /** Index of the stack that it is nested in; it is then deployed where that stack is. */
  readonly parent?: number;
}

/** What is only known at deployment, and how a template spells it. */
export const PSEUDO = 'pseudo parameter';
export const PARAMETER = 'parameter';

export type ArnModel =
  | {
    readonly form: 'parts';
    readonly partition: string;
    readonly region: string;
    readonly account: string;
    readonly name: string;
    /** Nothing where the ARN has no version. */
    readonly version?: string;
    /** How what is only known at deployment gets into it: CDK's own `Fn::Join`, or `Fn::Sub`. */
    readonly spelling: 'join' | 'sub';
  }
  | { readonly form: 'text'; readonly text: string }
  | { readonly form: 'parameter' };

/** One place of a function's list of layers. */
export type Entry =
  | { readonly kind: 'layer'; readonly layer: number }
  | { readonly kind: 'arn'; readonly arn: ArnModel }
  | { readonly kind: 'if'; readonly condition: number; readonly then: Entry; readonly otherwise?: Entry };

/** A list of places, or a parameter that holds the whole list. */
export type LayerList = readonly Entry[] | typeof PARAMETER;

export type NameModel =
  | { readonly form: 'none' }
  | { readonly form: 'text' | 'lazy'; readonly text: string }
  | { readonly form: 'parameter' };

export type PermissionModel = 'account' | 'organisation' | 'everyone';

interface AnyLayer {
  readonly stack: number;
  /** Empty where nothing is declared. */
  readonly runtimes: readonly string[];
  readonly architectures: readonly string[];
}

/** A layer that the app publishes: `SharedDependencyLayer`, `LayerVersion` or `CfnLayerVersion`. */
export interface PublishedLayer extends AnyLayer {
  readonly kind: 'shared' | 'plain' | 'raw';
  /** Index in FOLDERS; a raw layer lies in a bucket and nobody knows its size. */
  readonly folder: number;
  readonly name: NameModel;
  readonly descriptionLength: number;
  readonly licenceLength: number;
  readonly permissions: readonly PermissionModel[];
  /** What `addPropertyOverride` makes of the fields afterwards. */
  readonly overridden?: { readonly name?: string; readonly runtimes?: readonly string[]; readonly architectures?: readonly string[] };
}

/** A layer of somebody else: `ImportedLayer`, or `LayerVersion.fromLayerVersionArn`, which says nothing of it. */
export interface ForeignLayer extends AnyLayer {
  readonly kind: 'imported' | 'referenced';
  readonly arn: ArnModel;
  readonly bytes?: number;
}

export type LayerModel = PublishedLayer | ForeignLayer;

export interface FunctionModel {
  readonly kind: 'function' | 'rawFunction' | 'imageFunction' | 'rawImageFunction';
  readonly stack: number;
  readonly runtime: string;
  /** Nothing where it is not said: Lambda takes x86_64. */
  readonly architecture?: string;
  readonly code: 'inline' | 'folder' | 'bucket';
  readonly given: readonly { readonly door: 'layers' | 'addLayers' | 'attachTo'; readonly entry: Entry }[];
  /** `addPropertyOverride('Layers', …)`. */
  readonly override?: LayerList;
  /** What `addPropertyOverride` makes of the fields afterwards. */
  readonly overridden?: { readonly runtime?: string; readonly architecture?: string };
  /** An aspect that sets the list at synth. */
  readonly aspect?: { readonly how: 'property' | 'override'; readonly list: LayerList };
}

/** Content of layers and functions, small, and as large as it says. */
export const FOLDERS: readonly Readonly<Record<string, string>>[] = [
  { 'certs/ca.pem': 'x'.repeat(10) },
  { 'data/words.txt': 'x'.repeat(20), 'data/more.txt': 'y'.repeat(5) },
  { 'share/notice.txt': 'z'.repeat(1000) },
];
export const CODE_FOLDER: Readonly<Record<string, string>> = { 'index.py': '#'.repeat(100), 'lib/util.py': '#'.repeat(23) };
export const INLINE_CODE = '#'.repeat(64);

export function bytesOf(folder: Readonly<Record<string, string>>): number {
  return Object.values(folder).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

export function isPublished(layer: LayerModel): layer is PublishedLayer {
  return layer.kind === 'shared' || layer.kind === 'plain' || layer.kind === 'raw';
}

export function isRaw(fn: FunctionModel): boolean {
  return fn.kind === 'rawFunction' || fn.kind === 'rawImageFunction';
}

export function isImage(fn: FunctionModel): boolean {
  return fn.kind === 'imageFunction' || fn.kind === 'rawImageFunction';
}

/** The layer as its template has it. */
export function inTemplate(layer: PublishedLayer): PublishedLayer {
  const { name, runtimes, architectures } = layer.overridden ?? {};
  return {
    ...layer,
    name: name === undefined ? layer.name : { form: 'text', text: name },
    runtimes: runtimes ?? layer.runtimes,
    architectures: architectures ?? layer.architectures,
  };
}

/** The stack whose account and region a stack shares. */
export function rootOf(app: AppModel, stack: number): number {
  const { parent } = app.stacks[stack];
  return parent === undefined ? stack : rootOf(app, parent);
}

export function stackPath(app: AppModel, stack: number): string {
  const { parent } = app.stacks[stack];
  return parent === undefined ? `Stack${stack}` : `${stackPath(app, parent)}/Stack${stack}`;
}

export function layerPath(app: AppModel, layer: number): string {
  return `${stackPath(app, app.layers[layer].stack)}/Layer${layer}`;
}

export function functionPath(app: AppModel, fn: number): string {
  return `${stackPath(app, app.functions[fn].stack)}/Function${fn}`;
}

export function permissionPath(app: AppModel, layer: number, permission: number): string {
  const separator = app.layers[layer].kind === 'raw' ? '' : '/';
  return `${layerPath(app, layer)}${separator}Permission${permission}`;
}

/** Layers as the construct tree has them: those of nested stacks before those of the stack itself, since stacks are made first. */
export function layersInTreeOrder(app: AppModel): number[] {
  const inside = (stack: number): number[] => [
    ...app.stacks.flatMap(({ parent }, index) => parent === stack ? inside(index) : []),
    ...app.layers.flatMap((layer, index) => layer.stack === stack ? [index] : []),
  ];
  return app.stacks.flatMap(({ parent }, index) => parent === undefined ? inside(index) : []);
}
