import { isDeepStrictEqual } from 'node:util';
import { layersInTemplate } from './layers-in-template';
import {
  bytesOf,
  CODE_FOLDER,
  FOLDERS,
  functionPath,
  INLINE_CODE,
  inTemplate,
  isImage,
  isPublished,
  layerPath,
  layersInTreeOrder,
  PARAMETER,
  permissionPath,
  type AppModel,
  type ArnModel,
  type Entry,
  type ForeignLayer,
  type FunctionModel,
  type PublishedLayer,
} from './model';
import { arnText, conditionsIn, placeOf, publishedArn, worldsOf, type World } from './worlds';

/*
 * What AWS would say of an app, written from the facts about Lambda layers and from nothing in lib/. What only the deployment knows is tried in
 * every way that it can turn out: a rule is broken when it is broken in all of them.
 */

export const RULES = [
  'LayerCount', 'FunctionSize', 'DuplicateLayer', 'LayerRegion', 'LayerArn', 'ImageFunction', 'LayerRuntime', 'LayerArchitecture',
  'LayerNameClash', 'LayerFields', 'PublicLayer',
] as const;
export type Rule = typeof RULES[number];
export type Severity = 'error' | 'warning';

/** What a rule may come to. */
export const POSSIBLE_VERDICTS: readonly string[] = RULES.flatMap((rule) => [
  `${rule} error`,
  ...(['FunctionSize', 'LayerRuntime', 'LayerArchitecture', 'LayerNameClash'].includes(rule) ? [`${rule} warning`] : []),
]);

export interface Verdict {
  readonly rule: Rule;
  readonly path: string;
  readonly severity: Severity;
}

/** A layer as Lambda meets it in one world. */
interface LayerInWorld {
  readonly arn: string;
  readonly bytes: number;
  readonly runtimes: readonly string[];
  readonly architectures: readonly string[];
  readonly ours: boolean;
}

/** By rule, and by whose the layer is where the severity hangs on that. */
type Breaches = Partial<Record<Rule | OfOthers, Severity>>;
type OfOthers = `${'LayerRuntime' | 'LayerArchitecture'} of others`;

interface FunctionJudgement {
  readonly breaches: Breaches;
  readonly moot: ReadonlySet<Rule>;
}

const MOST_LAYERS = 5;
const QUOTA = 262_144_000;
const NEARLY_QUOTA = QUOTA * 0.95;
const LONGEST_NAME = 140;
const LONGEST_DESCRIPTION = 256;
const LONGEST_LICENCE = 512;
const MOST_RUNTIMES = 15;
const LAYER_ARN = 'arn:(?:aws[a-zA-Z-]*)?:lambda:(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\\d:\\d{12}:layer:[a-zA-Z0-9-_]+';
const VERSION_ARN = new RegExp(`^(?:${LAYER_ARN}:[0-9]+|arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)$`);
const LAYER_NAME = new RegExp(`^(?:${LAYER_ARN}|[a-zA-Z0-9-_]+)$`);

export interface Judgement {
  readonly broken: readonly Verdict[];
  /** What Lambda never comes to say because it refuses the function for something else: either verdict is right. */
  readonly moot: readonly Omit<Verdict, 'severity'>[];
}

export function judge(app: AppModel): Judgement {
  const functions = app.functions.map((fn, index) => ({ ...judgeFunction(app, fn), path: functionPath(app, index) }));
  return {
    broken: [...functions.flatMap(({ breaches, path }) => verdicts(breaches, path)), ...judgeLayers(app)],
    moot: functions.flatMap(({ moot, path }) => [...moot].map((rule) => ({ rule, path }))),
  };
}

function judgeLayers(app: AppModel): Verdict[] {
  return [
    ...app.layers.flatMap((layer, index) => isPublished(layer) ? verdicts(judgeFields(inTemplate(layer)), layerPath(app, index)) : []),
    ...publicLayers(app),
    ...nameClashes(app),
  ];
}

function verdicts(breaches: Breaches, path: string): Verdict[] {
  return Object.entries(breaches).map(([key, severity]) => ({ rule: key.split(' ')[0] as Rule, path, severity }));
}

function judgeFunction(app: AppModel, fn: FunctionModel): FunctionJudgement {
  const list = layersInTemplate(app, fn);
  if (list === PARAMETER) {
    return { breaches: {}, moot: new Set() };
  }
  return worldsOf(app, [fn.stack], conditionsIn(list))
    .map((world) => judgeInWorld(app, fn, list, world))
    .reduce((one, other) => ({ breaches: brokenInBoth(one.breaches, other.breaches), moot: new Set([...one.moot, ...other.moot]) }));
}

/** The lower severity of what is broken in both worlds: also where it is a layer of ours in the one and somebody else's in the other. */
function brokenInBoth(one: Breaches, other: Breaches): Breaches {
  const both: Breaches = {};
  for (const key of Object.keys(one) as (keyof Breaches)[]) {
    if (other[key]) {
      both[key] = one[key] === 'error' ? other[key] : one[key];
    }
  }
  for (const rule of ['LayerRuntime', 'LayerArchitecture'] as const) {
    const keys = [rule, `${rule} of others`] as const;
    if (!keys.some((key) => both[key]) && [one, other].every((breaches) => keys.some((key) => breaches[key]))) {
      both[keys[1]] = 'warning';
    }
  }
  return both;
}

function judgeInWorld(app: AppModel, fn: FunctionModel, list: readonly Entry[], world: World): FunctionJudgement {
  const layers = list.flatMap((entry) => meet(app, fn, entry, world));
  if (isImage(fn)) {
    // Lambda refuses layers of an image function as such.
    return { breaches: layers.length > 0 ? { ImageFunction: 'error' } : {}, moot: new Set(RULES.filter((rule) => rule !== 'ImageFunction')) };
  }
  const breaches: Breaches = {};
  const moot = new Set<Rule>();
  if (layers.length > MOST_LAYERS) {
    breaches.LayerCount = 'error';
  }
  const bytes = codeBytes(fn) + layers.reduce((sum, layer) => sum + layer.bytes, 0);
  if (bytes >= NEARLY_QUOTA) {
    breaches.FunctionSize = bytes > QUOTA ? 'error' : 'warning';
  }
  const good = layers.filter((layer) => isVersionArn(layer.arn));
  if (good.length < layers.length) {
    breaches.LayerArn = 'error';
    moot.add('DuplicateLayer').add('LayerRegion');
  }
  const names = good.map((layer) => nameOf(layer.arn));
  if (new Set(names).size < names.length) {
    breaches.DuplicateLayer = 'error';
    moot.add('FunctionSize');
  }
  const { partition, region } = placeOf(app, fn.stack, world);
  if (good.some((layer) => isElsewhere(layer.arn, partition, region))) {
    breaches.LayerRegion = 'error';
  }
  if (good.some((layer) => layer.ours && isElsewhere(layer.arn, partition, region))) {
    // It cannot be had from there, so that nobody can say which account it would be of.
    moot.add('DuplicateLayer');
  }
  const runtime = fn.overridden?.runtime ?? fn.runtime;
  const architecture = fn.overridden?.architecture ?? fn.architecture ?? 'x86_64';
  if (runtime !== PARAMETER) {
    unfit(breaches, 'LayerRuntime', layers, (layer) => layer.runtimes.length === 0 || layer.runtimes.includes(runtime));
  }
  if (architecture !== PARAMETER) {
    unfit(breaches, 'LayerArchitecture', layers, (layer) => layer.architectures.length === 0 || layer.architectures.includes(architecture));
  }
  return { breaches, moot };
}

/** Lambda takes a layer that declares something else, so that it is an error only where we know that the declaration is right: for our own. */
function unfit(
  breaches: Breaches, rule: 'LayerRuntime' | 'LayerArchitecture', layers: readonly LayerInWorld[], fits: (layer: LayerInWorld) => boolean,
): void {
  for (const layer of layers.filter((one) => !fits(one))) {
    breaches[layer.ours ? rule : `${rule} of others` as const] = layer.ours ? 'error' : 'warning';
  }
}

function meet(app: AppModel, fn: FunctionModel, entry: Entry, world: World): LayerInWorld[] {
  switch (entry.kind) {
    case 'if': {
      const chosen = world.conditions.get(entry.condition)! ? entry.then : entry.otherwise;
      return chosen ? meet(app, fn, chosen, world) : [];
    }
    case 'arn':
      return [meetForeign(app, entry.arn, fn.stack, world)];
    case 'layer': {
      const layer = app.layers[entry.layer];
      return [isPublished(layer)
        ? {
          ...inTemplate(layer),
          arn: publishedArn(app, entry.layer, world, fn.stack),
          bytes: layer.kind === 'raw' ? 0 : bytesOf(FOLDERS[layer.folder]),
          ours: layer.kind === 'shared',
        }
        : meetForeign(app, layer.arn, fn.stack, world)];
    }
  }
}

/** Of a version that the app only names it may have said elsewhere what it is. */
function meetForeign(app: AppModel, arn: ArnModel, stack: number, world: World): LayerInWorld {
  const said = app.layers.find((layer): layer is ForeignLayer => layer.kind === 'imported' && isSameArn(layer.arn, arn));
  return {
    arn: arnText(app, arn, stack, world),
    bytes: said?.bytes ?? 0,
    runtimes: said?.runtimes ?? [],
    architectures: said?.architectures ?? [],
    ours: false,
  };
}

function isSameArn(one: ArnModel, other: ArnModel): boolean {
  return isDeepStrictEqual({ ...one, spelling: undefined }, { ...other, spelling: undefined });
}

/** What is known of it: a lower bound. */
function codeBytes(fn: FunctionModel): number {
  switch (fn.code) {
    case 'inline': return Buffer.byteLength(INLINE_CODE);
    case 'folder': return bytesOf(CODE_FOLDER);
    case 'bucket': return 0;
  }
}

function isVersionArn(arn: string): boolean {
  return arn.length <= 2048 && VERSION_ARN.test(arn);
}

/** What all versions of a layer share. No two partitions have a region of one name. */
function nameOf(arn: string): string {
  return arn.split(':').slice(3, 7).join(':');
}

function isElsewhere(arn: string, partition: string, region: string): boolean {
  const [, layerPartition, , layerRegion] = arn.split(':');
  return layerRegion !== '' && (layerRegion !== region || layerPartition !== partition);
}

function judgeFields(layer: PublishedLayer): Breaches {
  const breaches: Breaches = {};
  const { name } = layer;
  const badName = (name.form === 'text' || name.form === 'lazy') && (name.text.length > LONGEST_NAME || !LAYER_NAME.test(name.text));
  if (badName || layer.descriptionLength > LONGEST_DESCRIPTION || layer.licenceLength > LONGEST_LICENCE || layer.runtimes.length > MOST_RUNTIMES) {
    breaches.LayerFields = 'error';
  }
  return breaches;
}

function publicLayers(app: AppModel): Verdict[] {
  return app.layers.flatMap((layer, index) => isPublished(layer) ? layer.permissions.flatMap((permission, place): Verdict[] => (
    permission === 'everyone' ? [{ rule: 'PublicLayer', path: permissionPath(app, index, place), severity: 'error' }] : []
  )) : []);
}

/**
 * Layers that would publish versions of one another: certainly, or as the stacks may be deployed. Lambda takes it, so that it is an error only
 * where one of the two is ours. It belongs to the later one.
 */
function nameClashes(app: AppModel): Verdict[] {
  const named = layersInTreeOrder(app).filter((index) => {
    const layer = app.layers[index];
    return isPublished(layer) && inTemplate(layer).name.form !== 'none';
  });
  return named.flatMap((later, position) => named.slice(0, position).flatMap((earlier): Verdict[] => {
    const pair = [app.layers[earlier], app.layers[later]];
    const worlds = worldsOf(app, pair.map(({ stack }) => stack), []);
    const clashing = worlds.filter((world) => publishedArn(app, earlier, world) === publishedArn(app, later, world));
    const isCertain = clashing.length === worlds.length && pair.some(({ kind }) => kind === 'shared');
    return clashing.length === 0 ? [] : [{ rule: 'LayerNameClash', path: layerPath(app, later), severity: isCertain ? 'error' : 'warning' }];
  }));
}
