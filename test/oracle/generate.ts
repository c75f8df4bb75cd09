import * as fc from 'fast-check';
import {
  PARAMETER, PSEUDO, type AppModel, type ArnModel, type Entry, type LayerList, type LayerModel, type NameModel, type StackModel,
} from './model';
import { normalise, type RawApp } from './normalise';
import { ACCOUNTS, partitionOf, REGIONS } from './worlds';

const NAMES = ['tools', 'shared-libs', 'metrics_2'];
const RUNTIMES = ['python3.12', 'python3.13', 'nodejs22.x'];
const INDEX = fc.nat(99);

/** One of these, the first half of the time or so. */
const mostly = <T>(first: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: others.length, arbitrary: fc.constant(first) }, { weight: others.length, arbitrary: fc.constantFrom(...others) });

const region = mostly(REGIONS[0], ...REGIONS.slice(1));
const account = mostly(ACCOUNTS[0], ...ACCOUNTS.slice(1));

const stack: fc.Arbitrary<StackModel & { nested: boolean }> = fc.record({
  region: fc.option(region, { nil: undefined, freq: 2 }),
  account: fc.option(account, { nil: undefined, freq: 2 }),
  nested: mostly(false, false, true),
});

const parts: fc.Arbitrary<ArnModel> = fc.record({
  region: mostly(REGIONS[0], REGIONS[1], REGIONS[2], PSEUDO, PSEUDO),
  partition: mostly('of the region', PSEUDO, PSEUDO, 'aws', 'aws-cn'),
  account: mostly(ACCOUNTS[0], ACCOUNTS[0], ACCOUNTS[1], ACCOUNTS[1], PSEUDO, PSEUDO, '1111'),
  name: fc.constantFrom(...NAMES),
  version: mostly<string | undefined>('1', '2', '2', '2', PARAMETER, undefined, 'latest'),
  spelling: mostly<'join' | 'sub'>('join', 'sub'),
}).map((arn) => ({
  form: 'parts',
  ...arn,
  partition: arn.partition !== 'of the region' ? arn.partition : arn.region === PSEUDO ? 'aws' : partitionOf(arn.region),
}));

const text: fc.Arbitrary<ArnModel> = fc.constantFrom(
  'arn:aws:lambda:::awslayer:AmazonLinux2',
  'arn:aws:lambda:eu-west-1:111122223333:layer:tools:latest',
  'arn:aws:lambda:eu-west-1:1111:layer:tools:1',
  'arn:aws:lambda:eu-west-1:111122223333:layer:to ols:1',
  'arn:aws:lambda:eu-west-1:111122223333:layers:tools:1',
  'arn:aws:lambda:eu-west-1:111122223333:function:tools:1',
  'arn:aws:lambda:EU-west-1:111122223333:layer:tools:1',
  'arn:aws:lambda:eu-west-1:111122223333:layer:tools:1:2',
  'arn:aws:lambda:eu-west-1:111122223333:layer:tools:$LATEST',
  'arn:aws:lambda:eu-west:111122223333:layer:tools:1',
  'arn:aws:lambda:europe-1:111122223333:layer:tools:1',
  'arn:aws:s3:::bucket/layer.zip',
  'tools:1',
).map((one) => ({ form: 'text', text: one }));

const arn: fc.Arbitrary<ArnModel> = fc.oneof(
  { weight: 8, arbitrary: parts },
  { weight: 1, arbitrary: text },
  { weight: 1, arbitrary: fc.constant<ArnModel>({ form: 'parameter' }) },
);

const simpleEntry: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 6, arbitrary: INDEX.map((layer): Entry => ({ kind: 'layer', layer })) },
  { weight: 2, arbitrary: arn.map((one): Entry => ({ kind: 'arn', arn: one })) },
);
const entry: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 9, arbitrary: simpleEntry },
  {
    weight: 1,
    arbitrary: fc.record({ condition: fc.nat(1), then: simpleEntry, otherwise: fc.option(simpleEntry, { nil: undefined }) })
      .map((one): Entry => ({ kind: 'if', ...one })),
  },
);
const list: fc.Arbitrary<LayerList> = fc.oneof(
  { weight: 9, arbitrary: fc.array(entry, { maxLength: 7, size: 'max' }) },
  { weight: 1, arbitrary: fc.constant<LayerList>(PARAMETER) },
);

const name: fc.Arbitrary<NameModel> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<NameModel>({ form: 'none' }) },
  { weight: 4, arbitrary: fc.record({ form: mostly<'text' | 'lazy'>('text', 'text', 'lazy'), text: fc.constantFrom(...NAMES) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('longest', 'too long', 'bad characters', 'dotted', 'arn').map((one): NameModel => ({ form: 'text', text: one })),
  },
  { weight: 1, arbitrary: fc.constant<NameModel>({ form: 'parameter' }) },
);

const declared = {
  stack: INDEX,
  runtimes: fc.oneof({ weight: 2, arbitrary: fc.constant<string[]>([]) }, { weight: 2, arbitrary: fc.subarray(RUNTIMES, { minLength: 1 }) }),
  architectures: fc.oneof(
    { weight: 2, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: fc.subarray(['x86_64', 'arm64'], { minLength: 1 }) },
  ),
};

const published: fc.Arbitrary<LayerModel> = fc.record({
  kind: fc.constantFrom('shared', 'shared', 'plain', 'raw'),
  ...declared,
  folder: fc.nat(2),
  name,
  descriptionLength: mostly(0, 20, 256, 257),
  licenceLength: mostly(0, 0, 0, 512, 513),
  extraRuntimes: mostly(0, 0, 0, 12, 13, 16),
  permissions: fc.array(fc.constantFrom('account', 'organisation', 'everyone'), { maxLength: 2 }),
  shares: mostly(false, false, true),
  overridden: fc.option(fc.record({
    name: fc.constantFrom(undefined, ...NAMES),
    runtimes: fc.constantFrom(undefined, ['python3.13'], ['nodejs22.x']),
    architectures: fc.constantFrom(undefined, ['arm64']),
  }), { nil: undefined, freq: 6 }),
}).map(({ extraRuntimes, shares, ...layer }): LayerModel => ({
  ...layer,
  runtimes: layer.runtimes.length === 0 || extraRuntimes === 0 ? layer.runtimes
    : [...layer.runtimes, ...Array.from({ length: extraRuntimes }, (_, index) => `custom${index}`)],
  permissions: shares ? layer.permissions : [],
}));

const foreign: fc.Arbitrary<LayerModel> = fc.record({
  kind: mostly<'imported' | 'referenced'>('imported', 'referenced'),
  ...declared,
  arn,
  bytes: fc.option(fc.constantFrom(0, 1, 1000, 100_000_000, 131_072_000, 262_144_000), { nil: undefined }),
});

const fn: fc.Arbitrary<RawApp['functions'][number]> = fc.record({
  kind: mostly<RawApp['functions'][number]['kind']>('function', 'rawFunction', 'rawFunction', 'imageFunction', 'rawImageFunction'),
  stack: INDEX,
  runtime: mostly(RUNTIMES[1], RUNTIMES[0], RUNTIMES[2], PARAMETER),
  architecture: mostly<string | undefined>(undefined, 'x86_64', 'arm64', PARAMETER),
  code: fc.constantFrom('inline', 'folder', 'bucket'),
  given: fc.array(fc.record({ door: fc.constantFrom('layers', 'addLayers', 'attachTo'), entry }), { maxLength: 7, size: 'max' }),
  overridden: fc.option(fc.record({
    runtime: fc.constantFrom(undefined, ...RUNTIMES),
    architecture: fc.constantFrom(undefined, 'x86_64', 'arm64'),
  }), { nil: undefined, freq: 6 }),
  override: fc.option(list, { nil: undefined, freq: 4 }),
  aspect: fc.option(fc.record({ how: fc.constantFrom('property', 'override'), list }), { nil: undefined, freq: 8 }),
});

const QUOTA = 262_144_000;
const NEARLY_QUOTA = 249_036_800;

export const apps: fc.Arbitrary<AppModel> = fc.record({
  sortsLayers: fc.boolean(),
  stacks: fc.array(stack, { minLength: 1, maxLength: 3, size: 'max' }),
  layers: fc.array(fc.oneof(published, foreign), { minLength: 1, maxLength: 7, size: 'max' }),
  functions: fc.array(fn, { minLength: 1, maxLength: 3, size: 'max' }),
  /** How large the known parts of a function with an imported layer are together. */
  knownBytes: fc.option(fc.constantFrom(NEARLY_QUOTA - 1, NEARLY_QUOTA, NEARLY_QUOTA + 1, QUOTA - 1, QUOTA, QUOTA + 1), { nil: undefined, freq: 2 }),
}).map(normalise);
