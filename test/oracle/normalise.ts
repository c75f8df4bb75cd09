import { cdkRefuses, layersInTemplate } from './layers-in-template';
import {
  bytesOf,
  CODE_FOLDER,
  FOLDERS,
  INLINE_CODE,
  isImage,
  isPublished,
  PARAMETER,
  PSEUDO,
  rootOf,
  type AppModel,
  type ArnModel,
  type Entry,
  type ForeignLayer,
  type FunctionModel,
  type LayerList,
  type LayerModel,
  type NameModel,
  type PublishedLayer,
  type StackModel,
} from './model';

/** What chance gives: indices that may point anywhere, and what CDK or a constructor would refuse at once. */
export interface RawApp {
  readonly sortsLayers: boolean;
  readonly stacks: readonly (StackModel & { readonly nested: boolean })[];
  readonly layers: readonly LayerModel[];
  readonly functions: readonly FunctionModel[];
  readonly knownBytes: number | undefined;
}

/** The nearest app that can be built. */
export function normalise(raw: RawApp): AppModel {
  const stacks = raw.stacks.map(({ nested, ...stack }, index): StackModel => nested && index > 0 ? { parent: index - 1 } : stack);
  const placed = raw.layers.map((layer) => ({ ...layer, stack: layer.stack % stacks.length }));
  const layers = sameFactsForSameArn(placed.map((layer, index) => isPublished(layer) ? publishable(layer, index) : importable(layer)));
  const base: AppModel = { sortsLayers: raw.sortsLayers, stacks, layers, functions: [] };
  const app = { ...base, functions: raw.functions.map((fn) => buildable(base, { ...fn, stack: fn.stack % stacks.length })) };
  return raw.knownBytes === undefined ? app : { ...app, layers: aimedAt(app, raw.knownBytes) };
}

function publishable(layer: PublishedLayer, index: number): PublishedLayer {
  const name = nameAt(layer.name, index);
  if (layer.kind !== 'shared') {
    return { ...layer, name };
  }
  // The constructor of ours throws for these; test/layers has them.
  return {
    ...layer,
    name: name.form === 'text' && /[^a-zA-Z0-9-_]|^.{141,}$/.test(name.text) ? { form: 'none' } : name,
    runtimes: layer.runtimes.slice(0, 15),
    descriptionLength: Math.min(layer.descriptionLength, 256),
    licenceLength: Math.min(layer.licenceLength, 512),
  };
}

/** Odd names are each layer's own. */
function nameAt(name: NameModel, index: number): NameModel {
  if (name.form !== 'text') {
    return name;
  }
  switch (name.text) {
    case 'longest': return { form: 'text', text: `${index}`.padEnd(140, 'x') };
    case 'too long': return { form: 'text', text: `${index}`.padEnd(141, 'x') };
    case 'bad characters': return { form: 'text', text: `bad name ${index}` };
    case 'dotted': return { form: 'text', text: `bad.name.${index}` };
    case 'arn': return { form: 'text', text: `arn:aws:lambda:eu-west-1:111122223333:layer:full-${index}` };
    default: return name;
  }
}

/** The three ways to name a foreign layer get versions of their own, so that what is declared of one is not meant of another. */
function importable(layer: ForeignLayer): ForeignLayer {
  const { arn } = layer;
  if (layer.kind === 'referenced') {
    return { ...layer, runtimes: [], architectures: [], bytes: undefined, arn: withVersions(arn, 2) };
  }
  if (arn.form === 'text') {
    return { ...layer, arn: { form: 'text', text: 'arn:aws:lambda:::awslayer:AmazonLinux2' } };
  }
  if (arn.form === 'parameter') {
    return layer;
  }
  // The constructor throws for what can be no ARN of a layer version; test/layers has it.
  const version = arn.version === PARAMETER || /^\d+$/.test(arn.version ?? '') ? arn.version : '1';
  return { ...layer, arn: { ...arn, account: arn.account === PSEUDO ? PSEUDO : arn.account.padEnd(12, '1'), version } };
}

function withVersions(arn: ArnModel, offset: number): ArnModel {
  return arn.form === 'parts' && /^\d+$/.test(arn.version ?? '') ? { ...arn, version: `${Number(arn.version) + offset}` } : arn;
}

function sameFactsForSameArn(layers: readonly LayerModel[]): LayerModel[] {
  const key = ({ arn }: ForeignLayer): string => arn.form === 'parts' ? `${arn.name}:${arn.version}` : JSON.stringify(arn);
  return layers.map((layer) => {
    const first = isPublished(layer) || layer.kind === 'referenced' ? undefined
      : layers.find((other): other is ForeignLayer => other.kind === 'imported' && key(other) === key(layer));
    return first ? { ...layer, bytes: first.bytes, runtimes: first.runtimes, architectures: first.architectures } as LayerModel : layer;
  });
}

function buildable(app: AppModel, fn: FunctionModel): FunctionModel {
  const usable = app.layers.flatMap((layer, index) => canUse(app, fn.stack, layer) ? [index] : []);
  const nearby = usable.filter((index) => isInSameEnvironment(app, fn.stack, app.layers[index]));
  // A layer of another region has no ARN that could stand in a branch.
  const entries = (entry: Entry): Entry[] => entriesFrom(entry, entry.kind === 'if' ? nearby : usable);
  const list = (one: LayerList): LayerList => one === PARAMETER ? one : one.flatMap(entries);
  const given = fn.given.flatMap(({ door, entry }) => entries(entry).map((one) => ({ door: possibleDoor(app, fn, door, one), entry: one })));
  return {
    ...fn,
    given: atMostFive(app, fn, given.flatMap(({ door, entry }) => door === undefined ? [] : [{ door, entry }])),
    override: fn.override && list(fn.override),
    aspect: fn.aspect && { ...fn.aspect, list: list(fn.aspect.list) },
  };
}

/** Stacks use only layers of those before them, lest they need each other, and of the same environment, which CDK demands of its own layers. */
function canUse(app: AppModel, stack: number, layer: LayerModel): boolean {
  if (!isPublished(layer) || layer.stack === stack) {
    return true;
  }
  const [here, there] = [stack, layer.stack].map((one) => app.stacks[rootOf(app, one)].region);
  const isOfKnownOtherRegion = layer.kind === 'shared' && here !== undefined && there !== undefined && here !== there;
  return layer.stack < stack && (isInSameEnvironment(app, stack, layer) || isOfKnownOtherRegion);
}

function isInSameEnvironment(app: AppModel, stack: number, layer: LayerModel): boolean {
  const [here, there] = [stack, layer.stack].map((one) => app.stacks[rootOf(app, one)]);
  return !isPublished(layer) || (here.region === there.region && here.account === there.account);
}

function entriesFrom(entry: Entry, usable: readonly number[]): Entry[] {
  switch (entry.kind) {
    case 'layer': return usable.length === 0 ? [] : [{ kind: 'layer', layer: usable[entry.layer % usable.length] }];
    case 'arn': return [{ kind: 'arn', arn: withVersions(entry.arn, 4) }];
    case 'if': {
      const [then] = entriesFrom(entry.then, usable);
      const [otherwise] = entry.otherwise ? entriesFrom(entry.otherwise, usable) : [];
      return then ? [{ ...entry, then, otherwise }] : [];
    }
  }
}

type Door = FunctionModel['given'][number]['door'];

function possibleDoor(app: AppModel, fn: FunctionModel, door: Door, entry: Entry): Door | undefined {
  const canAttach = entry.kind === 'layer' && ['shared', 'imported'].includes(app.layers[entry.layer].kind);
  if (door === 'attachTo' && canAttach) {
    return door;
  }
  switch (fn.kind) {
    case 'imageFunction': return undefined;
    case 'function': return door === 'attachTo' ? 'addLayers' : door;
    case 'rawFunction': case 'rawImageFunction': return 'layers';
  }
}

/** CDK itself throws for the sixth layer of a `Function`. */
function atMostFive(app: AppModel, fn: FunctionModel, given: FunctionModel['given']): FunctionModel['given'] {
  let taken = 0;
  return fn.kind !== 'function' ? given : given.filter(({ door, entry }) => door === 'attachTo' || (!cdkRefuses(app, fn, entry) && ++taken <= 5));
}

/** Gives one imported layer the size that brings its function to a sum. */
function aimedAt(app: AppModel, knownBytes: number): LayerModel[] {
  for (const fn of app.functions) {
    const list = layersInTemplate(app, fn);
    const used = list === PARAMETER || isImage(fn) ? [] : list.flatMap((entry) => entry.kind === 'layer' ? [entry.layer] : []);
    const target = used.find((index) => app.layers[index].kind === 'imported');
    if (target !== undefined) {
      const others = used.filter((index) => index !== target).reduce((sum, index) => sum + knownBytesOf(app.layers[index]), 0);
      const code = { inline: INLINE_CODE.length, folder: bytesOf(CODE_FOLDER), bucket: 0 }[fn.code];
      const bytes = knownBytes - others - code;
      const layers = app.layers.map((layer, index) => index === target && bytes >= 0 ? { ...layer, bytes } as LayerModel : layer);
      return sameFactsForSameArn([layers[target], ...layers]).slice(1);
    }
  }
  return [...app.layers];
}

function knownBytesOf(layer: LayerModel): number {
  return !isPublished(layer) ? layer.bytes ?? 0 : layer.kind === 'raw' ? 0 : bytesOf(FOLDERS[layer.folder]);
}
