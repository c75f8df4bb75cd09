import { inTemplate, isPublished, PARAMETER, PSEUDO, rootOf, type AppModel, type ArnModel, type Entry, type PublishedLayer } from './model';

/** Regions and accounts that generated apps name, and one of each that none does: an unknown one may be any of them. */
export const REGIONS = ['eu-west-1', 'us-east-1', 'cn-north-1'];
export const ACCOUNTS = ['111122223333', '444455556666'];
const ANY_REGION = [...REGIONS, 'ap-south-1'];
const ANY_ACCOUNT = [...ACCOUNTS, '999999999999'];

/** One way in which what only the deployment knows can turn out. */
export interface World {
  readonly regions: ReadonlyMap<number, string>;
  readonly accounts: ReadonlyMap<number, string>;
  readonly conditions: ReadonlyMap<number, boolean>;
}

/** Every world that the stacks and conditions allow. */
export function worldsOf(app: AppModel, stacks: Iterable<number>, conditions: Iterable<number>): World[] {
  let worlds: World[] = [{ regions: new Map(), accounts: new Map(), conditions: new Map() }];
  for (const root of new Set([...stacks].map((stack) => rootOf(app, stack)))) {
    const { region, account } = app.stacks[root];
    worlds = worlds.flatMap((world) => (region === undefined ? ANY_REGION : [region])
      .map((one) => ({ ...world, regions: new Map([...world.regions, [root, one]]) })));
    worlds = worlds.flatMap((world) => (account === undefined ? ANY_ACCOUNT : [account])
      .map((one) => ({ ...world, accounts: new Map([...world.accounts, [root, one]]) })));
  }
  for (const condition of new Set(conditions)) {
    worlds = worlds.flatMap((world) => [true, false].map((one) => ({ ...world, conditions: new Map([...world.conditions, [condition, one]]) })));
  }
  return worlds;
}

export function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

export function placeOf(app: AppModel, stack: number, world: World, reader = stack): { region: string; account: string; partition: string } {
  const known = app.stacks[rootOf(app, stack)];
  const root = rootOf(app, reader);
  const region = known.region ?? world.regions.get(root)!;
  return { region, account: known.account ?? world.accounts.get(root)!, partition: partitionOf(region) };
}

/** The ARN that Lambda gets, from a template of this stack. A parameter holds whatever does no harm. */
export function arnText(app: AppModel, arn: ArnModel, stack: number, world: World): string {
  const place = placeOf(app, stack, world);
  switch (arn.form) {
    case 'text':
      return arn.text;
    case 'parameter':
      return `arn:${place.partition}:lambda:${place.region}:123456789012:layer:from-parameter-of-stack-${stack}:1`;
    case 'parts': {
      const part = (text: string, pseudo: string): string => text === PSEUDO ? pseudo : text;
      const version = arn.version === undefined ? '' : `:${arn.version === PARAMETER ? '1' : arn.version}`;
      return `arn:${part(arn.partition, place.partition)}:lambda:${part(arn.region, place.region)}:${part(arn.account, place.account)}`
        + `:layer:${arn.name}${version}`;
    }
  }
}

/**
 * The ARN of a version that the app publishes. Without a name, or with one that Lambda refuses, it is like no other.
 *
 * @param reader the stack that uses it: no stack can refer to what is in another place, so that they are in one where the app does not tell
 */
export function publishedArn(app: AppModel, index: number, world: World, reader?: number): string {
  const layer = app.layers[index];
  if (!isPublished(layer)) {
    throw new Error('it is published elsewhere');
  }
  const { partition, region, account } = placeOf(app, layer.stack, world, reader);
  return `arn:${partition}:lambda:${region}:${account}:layer:${nameInArn(inTemplate(layer), index)}:1`;
}

function nameInArn({ name, stack }: PublishedLayer, index: number): string {
  switch (name.form) {
    case 'none': return `made-by-cloudformation-${index}`;
    case 'parameter': return `from-parameter-of-stack-${stack}`;
    case 'text': case 'lazy': return /^[a-zA-Z0-9-_]+$/.test(name.text) ? name.text : `not-taken-${index}`;
  }
}

export function conditionsIn(entries: readonly Entry[]): number[] {
  return entries.flatMap((entry) => entry.kind === 'if'
    ? [entry.condition, ...conditionsIn([entry.then]), ...conditionsIn(entry.otherwise ? [entry.otherwise] : [])]
    : []);
}
