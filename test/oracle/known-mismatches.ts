import { isDeepStrictEqual } from 'node:util';
import { layersInTemplate } from './layers-in-template';
import {
  functionPath, inTemplate, isPublished, layerPath, PARAMETER, PSEUDO, rootOf,
  type AppModel, type ArnModel, type Entry, type FunctionModel, type LayerList, type LayerModel, type PublishedLayer,
} from './model';
import type { Rule, Verdict } from './oracle';

interface KnownMismatch {
  readonly what: string;
  /** The app without what the library does not see in it. */
  readonly asTheLibrarySees?: (app: AppModel) => AppModel;
  /** Whether a verdict, of the oracle or of the library, is left out of the comparison. */
  readonly covers?: (app: AppModel, verdict: Verdict) => boolean;
}

/** Where the library is known to be wrong. It must be empty in the end. */
export const KNOWN_MISMATCHES: readonly KnownMismatch[] = [
  {
    what: 'an Fn::If with two layers counts as one of which nothing is known, though both branches break a rule',
    asTheLibrarySees: (app) => ({ ...app, functions: app.functions.map((fn) => eachList(fn, (entry) => (
      entry.kind === 'if' && entry.otherwise ? unknownLayer(entry) : entry
    ))) }),
  },
  {
    what: 'LayerRegion is told of a layer of another region that an override took out of the list again',
    covers: (app, { rule, path }) => rule === 'LayerRegion' && app.functions.some((fn, index) => functionPath(app, index) === path
      && overriddenLayers(app, fn).some((layer) => regionOf(app, app.layers[layer].stack) !== regionOf(app, fn.stack))),
  },
  {
    what: 'two layers of one stack that are named by the same parameter are no LayerNameClash and no DuplicateLayer',
    asTheLibrarySees: (app) => ({ ...app, layers: app.layers.map((layer) => (
      isPublished(layer) && inTemplate(layer).name.form === 'parameter' ? { ...layer, name: { form: 'none' } } : layer
    )) }),
  },
  {
    what: 'an ARN with a pseudo parameter or a parameter in it is taken for well-formed when its literal parts are not',
    covers: (app, verdict) => usesArn(app, verdict, 'LayerArn', (arn) => (
      arn.form === 'parts' && (arn.version === 'latest' || arn.account === '1111')
    )),
  },
  {
    what: 'an ARN whose region cannot be one (eu-west) is taken for well-formed',
    covers: (app, verdict) => usesArn(app, verdict, 'LayerArn', (arn) => arn.form === 'text' && /:(?:eu-west|europe-1):/.test(arn.text)),
  },
  {
    what: 'where the function\'s region is not known, the partitions of two ARNs are not compared when one of them has no literal region',
    covers: (app, verdict) => usesArn(app, verdict, 'LayerRegion', (arn, fn) => (
      arn.form === 'parts' && arn.partition !== PSEUDO && arn.region === PSEUDO && regionOf(app, fn.stack) === undefined
    )),
  },
  {
    what: 'LayerNameClash only warns between a nested stack and its parent of unknown environment, which are always deployed to one place',
    covers: (app, verdict) => verdict.rule === 'LayerNameClash' && app.layers.some((layer, index) => layerPath(app, index) === verdict.path
      && isUnknown(app, layer.stack) && hasNamesakeInSameFamilyOfStacks(app, layer)),
  },
  {
    what: 'LayerFields refuses a LayerName in the form of an ARN, which Lambda takes',
    covers: (app, verdict) => verdict.rule === 'LayerFields' && app.layers.some((layer, index) => layerPath(app, index) === verdict.path
      && isPublished(layer) && layer.name.form === 'text' && layer.name.text.startsWith('arn:')),
  },
];

function unknownLayer(entry: Entry): Entry {
  return { kind: 'arn', arn: {
    form: 'parts', partition: PSEUDO, region: PSEUDO, account: '123456789012',
    name: JSON.stringify(entry).replace(/[^a-zA-Z0-9]+/g, '-'), version: PARAMETER, spelling: 'join',
  } };
}

function eachList(fn: FunctionModel, change: (entry: Entry) => Entry): FunctionModel {
  const changed = (list: LayerList): LayerList => list === PARAMETER ? list : list.map(change);
  return {
    ...fn,
    given: fn.given.map((one) => ({ ...one, entry: change(one.entry) })),
    override: fn.override && changed(fn.override),
    aspect: fn.aspect && { ...fn.aspect, list: changed(fn.aspect.list) },
  };
}

function usesArn(app: AppModel, { rule, path }: Verdict, about: Rule, is: (arn: ArnModel, fn: FunctionModel) => boolean): boolean {
  return rule === about && app.functions.some((fn, index) => {
    const list = functionPath(app, index) === path ? layersInTemplate(app, fn) : [];
    return list !== PARAMETER && list.flatMap((entry) => arnsOf(app, entry)).some((arn) => is(arn, fn));
  });
}

function arnsOf(app: AppModel, entry: Entry): ArnModel[] {
  switch (entry.kind) {
    case 'arn': return [entry.arn];
    case 'if': return [...arnsOf(app, entry.then), ...entry.otherwise ? arnsOf(app, entry.otherwise) : []];
    case 'layer': {
      const layer = app.layers[entry.layer];
      return isPublished(layer) ? [] : [layer.arn];
    }
  }
}

function overriddenLayers(app: AppModel, fn: FunctionModel): number[] {
  const list = layersInTemplate(app, fn);
  const given = [...fn.given.map(({ entry }) => entry), ...fn.aspect === undefined || fn.aspect.list === PARAMETER ? [] : fn.aspect.list];
  const isGone = (entry: Entry): boolean => list === PARAMETER || !list.some((one) => isDeepStrictEqual(one, entry));
  return given.flatMap((entry) => entry.kind === 'layer' && isGone(entry) ? [entry.layer] : []);
}

function regionOf(app: AppModel, stack: number): string | undefined {
  return app.stacks[rootOf(app, stack)].region;
}

function hasNamesakeInSameFamilyOfStacks(app: AppModel, layer: LayerModel): boolean {
  return isPublished(layer) && app.layers.some((other) => isPublished(other) && other.stack !== layer.stack
    && rootOf(app, other.stack) === rootOf(app, layer.stack) && publishedName(other) === publishedName(layer));
}

function publishedName(layer: PublishedLayer): string | undefined {
  const { name } = inTemplate(layer);
  return 'text' in name ? name.text : undefined;
}

function isUnknown(app: AppModel, stack: number): boolean {
  const { account, region } = app.stacks[rootOf(app, stack)];
  return account === undefined || region === undefined;
}
