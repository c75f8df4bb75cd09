import {
  bytesOf,
  CODE_FOLDER,
  FOLDERS,
  functionPath,
  INLINE_CODE,
  isImage,
  isPublished,
  layerPath,
  PARAMETER,
  type AppModel,
  type Entry,
  type FunctionModel,
  type PublishedLayer,
} from './model';
import { layersInTemplate } from './layers-in-template';
import { arnText, conditionsIn, layersIn, placeOf, publishedArn, worldsOf, type World } from './worlds';

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

type Breaches = Partial<Record<Rule, Severity>>;

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

export function judge(app: AppModel): Verdict[] {
  return [
    ...app.functions.flatMap((fn, index) => verdicts(judgeFunction(app, fn), functionPath(app, index))),
    ...app.layers.flatMap((layer, index) => isPublished(layer) ? verdicts(judgeLayer(layer), layerPath(app, index)) : []),
    ...nameClashes(app),
  ];
}

function verdicts(breaches: Breaches, path: string): Verdict[] {
  return Object.entries(breaches).map(([rule, severity]) => ({ rule: rule as Rule, path, severity }));
}

function judgeFunction(app: AppModel, fn: FunctionModel): Breaches {
  const list = layersInTemplate(app, fn);
  if (list === PARAMETER) {
    return {};
  }
  const stacks = [fn.stack, ...layersIn(list).map((layer) => app.layers[layer].stack)];
  return worldsOf(app, stacks, conditionsIn(list))
    .map((world) => breachesInWorld(app, fn, list, world))
    .reduce(brokenInBoth);
}

/** The lower severity of what is broken in both worlds. */
function brokenInBoth(one: Breaches, other: Breaches): Breaches {
  const both: Breaches = {};
  for (const rule of RULES) {
    if (one[rule] && other[rule]) {
      both[rule] = one[rule] === 'error' ? other[rule] : one[rule];
    }
  }
  return both;
}

function breachesInWorld(app: AppModel, fn: FunctionModel, list: readonly Entry[], world: World): Breaches {
  const layers = list.flatMap((entry) => meet(app, fn, entry, world));
  if (isImage(fn)) {
    return layers.length > 0 ? { ImageFunction: 'error' } : {};
  }
  const breaches: Breaches = {};
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
  }
  const names = good.map((layer) => withoutVersion(layer.arn));
  if (new Set(names).size < names.length) {
    breaches.DuplicateLayer = 'error';
  }
  const { partition, region } = placeOf(app, fn.stack, world);
  if (good.some((layer) => isElsewhere(layer.arn, partition, region))) {
    breaches.LayerRegion = 'error';
  }
  const { runtime, architecture = 'x86_64' } = fn;
  if (runtime !== PARAMETER) {
    unfit(breaches, 'LayerRuntime', layers, (layer) => layer.runtimes.length === 0 || layer.runtimes.includes(runtime));
  }
  if (architecture !== PARAMETER) {
    unfit(breaches, 'LayerArchitecture', layers, (layer) => layer.architectures.length === 0 || layer.architectures.includes(architecture));
  }
  return breaches;
}

/** Lambda takes a layer that declares something else, so that it is an error only where we know that the declaration is right: for our own. */
function unfit(breaches: Breaches, rule: Rule, layers: readonly LayerInWorld[], fits: (layer: LayerInWorld) => boolean): void {
  const wrong = layers.filter((layer) => !fits(layer));
  if (wrong.length > 0) {
    breaches[rule] = wrong.some((layer) => layer.ours) ? 'error' : 'warning';
  }
}

function meet(app: AppModel, fn: FunctionModel, entry: Entry, world: World): LayerInWorld[] {
  switch (entry.kind) {
    case 'if': {
      const chosen = world.conditions.get(entry.condition)! ? entry.then : entry.otherwise;
      return chosen ? meet(app, fn, chosen, world) : [];
    }
    case 'arn':
      return [{ arn: arnText(app, entry.arn, fn.stack, world), bytes: 0, runtimes: [], architectures: [], ours: false }];
    case 'layer': {
      const layer = app.layers[entry.layer];
      return [isPublished(layer)
        ? {
          ...layer,
          arn: publishedArn(app, entry.layer, world),
          bytes: layer.kind === 'raw' ? 0 : bytesOf(FOLDERS[layer.folder]),
          ours: layer.kind === 'shared',
        }
        : { ...layer, arn: arnText(app, layer.arn, fn.stack, world), bytes: layer.bytes ?? 0, ours: false }];
    }
  }
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

function withoutVersion(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

function isElsewhere(arn: string, partition: string, region: string): boolean {
  const [, layerPartition, , layerRegion] = arn.split(':');
  return layerRegion !== '' && (layerRegion !== region || layerPartition !== partition);
}

function judgeLayer(layer: PublishedLayer): Breaches {
  const breaches: Breaches = {};
  const { name } = layer;
  const badName = (name.form === 'text' || name.form === 'lazy') && (name.text.length > LONGEST_NAME || !LAYER_NAME.test(name.text));
  if (badName || layer.descriptionLength > LONGEST_DESCRIPTION || layer.licenceLength > LONGEST_LICENCE || layer.runtimes.length > MOST_RUNTIMES) {
    breaches.LayerFields = 'error';
  }
  if (layer.permissions.includes('everyone')) {
    breaches.PublicLayer = 'warning';
  }
  return breaches;
}

/** Layers that would publish versions of one another: certainly, or as the stacks may be deployed. */
function nameClashes(app: AppModel): Verdict[] {
  const published = app.layers.flatMap((layer, index) => isPublished(layer) && layer.name.form !== 'none' ? [index] : []);
  return published.flatMap((one, position) => published.slice(position + 1).flatMap((other): Verdict[] => {
    const worlds = worldsOf(app, [app.layers[one].stack, app.layers[other].stack], []);
    const clashing = worlds.filter((world) => publishedArn(app, one, world) === publishedArn(app, other, world));
    return clashing.length === 0 ? [] : [{
      rule: 'LayerNameClash',
      path: layerPath(app, other),
      severity: clashing.length === worlds.length ? 'error' : 'warning',
    }];
  }));
}
