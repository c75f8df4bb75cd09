import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { bundlingMode, excludeNewerDays, isForSam, isFrozen, layerNaming, layerRemovalPolicy } from '../../lib/layers/context';
import { BundlingMode } from '../../lib/layers/layer-bundling-options';
import { LayerNaming } from '../../lib/layers/naming';

const before = { ...process.env };

beforeEach(() => {
  delete process.env.CI;
  delete process.env.CDK_LAMBDA_LAYERS_BUNDLING;
});

afterEach(() => {
  process.env = { ...before };
});

/** A stack of an app with one of this library's choices. */
function scopeWith(key: string, value: unknown): Stack {
  return new Stack(new App({ context: { [`cdk-lambda-layers:${key}`]: value } }), 'Shop');
}

const plain = (): Stack => new Stack(new App(), 'Shop');

describe('bundling mode', () => {
  test('is AUTO where nobody chose', () => {
    expect(bundlingMode(plain(), undefined)).toBe(BundlingMode.AUTO);
  });

  test('is the prop\'s before the context\'s before the environment\'s', () => {
    process.env.CDK_LAMBDA_LAYERS_BUNDLING = 'docker';

    expect(bundlingMode(scopeWith('bundling', 'offline'), BundlingMode.LOCAL)).toBe(BundlingMode.LOCAL);
    expect(bundlingMode(scopeWith('bundling', 'offline'), undefined)).toBe(BundlingMode.OFFLINE);
    expect(bundlingMode(plain(), undefined)).toBe(BundlingMode.DOCKER);
  });

  test('is not chosen by an empty environment variable', () => {
    process.env.CDK_LAMBDA_LAYERS_BUNDLING = '';

    expect(bundlingMode(plain(), undefined)).toBe(BundlingMode.AUTO);
  });

  test('fails for a word that means nothing, and says where it stands and which there are', () => {
    expect(() => bundlingMode(scopeWith('bundling', 'Docker'), undefined))
      .toThrow(/context cdk-lambda-layers:bundling .*\n {2}got: "Docker"\n {2}allowed: auto, local, docker, offline, stub\n/);
    process.env.CDK_LAMBDA_LAYERS_BUNDLING = 'no';
    expect(() => bundlingMode(plain(), undefined)).toThrow(/environment variable CDK_LAMBDA_LAYERS_BUNDLING .*\n {2}got: "no"/);
  });
});

describe('the age that releases must have', () => {
  test('is the prop\'s before the context\'s, in days, and none where nobody chose', () => {
    expect(excludeNewerDays(scopeWith('excludeNewer', 3), Duration.hours(36))).toBe(1.5);
    expect(excludeNewerDays(scopeWith('excludeNewer', 3), undefined)).toBe(3);
    expect(excludeNewerDays(plain(), undefined)).toBeUndefined();
  });

  test.each([['7', 7], ['0.5', 0.5], [0, 0]])('takes %j', (value, days) => {
    expect(excludeNewerDays(scopeWith('excludeNewer', value), undefined)).toBe(days);
  });

  test.each(['', 'a week', '-1', -1, true, null, [], '1e3', Number.NaN])('fails for %j', (value) => {
    expect(() => excludeNewerDays(scopeWith('excludeNewer', value), undefined)).toThrow(/context cdk-lambda-layers:excludeNewer/);
  });
});

describe('a frozen lock', () => {
  test.each([[true, true], ['true', true], [false, false], ['false', false]])('is wanted when the context says %j: %j', (value, wanted) => {
    process.env.CI = wanted ? '' : 'true';

    expect(isFrozen(scopeWith('frozen', value))).toBe(wanted);
  });

  test.each([[undefined, false], ['', false], ['0', false], ['false', false], ['False', false], ['true', true], ['1', true], ['yes', true]])(
    'without context, CI=%j decides: %j', (ci, wanted) => {
      process.env = ci === undefined ? process.env : { ...process.env, CI: ci };

      expect(isFrozen(plain())).toBe(wanted);
    },
  );

  test.each(['yes', '1', 1, ''])('fails for %j in the context, which might mean either', (value) => {
    expect(() => isFrozen(scopeWith('frozen', value))).toThrow(/context cdk-lambda-layers:frozen .*\n.*\n {2}allowed: true, false/);
  });
});

describe('naming', () => {
  const nameBy = (naming: LayerNaming): string | undefined => naming._nameFor('Shop', 'libs', ['python3.13']);

  test.each([
    [undefined, 'Shop-libs-python313-layer'],
    ['scoped', 'Shop-libs-python313-layer'],
    ['byPurpose', 'libs-python313-layer'],
    ['none', undefined],
  ])(
    'by the context %j gives %j', (value, name) => {
      expect(nameBy(layerNaming(scopeWith('naming', value), undefined))).toBe(name);
    },
  );

  test('is the prop\'s before the context\'s', () => {
    expect(nameBy(layerNaming(scopeWith('naming', 'none'), LayerNaming.byPurpose()))).toBe('libs-python313-layer');
  });

  test('fails for a word that means nothing', () => {
    expect(() => layerNaming(scopeWith('naming', 'purpose'), undefined)).toThrow(/allowed: scoped, byPurpose, none/);
  });
});

describe('removal policy', () => {
  test('retains where nobody chose, and is the prop\'s before the context\'s', () => {
    expect(layerRemovalPolicy(plain(), undefined)).toBe(RemovalPolicy.RETAIN);
    expect(layerRemovalPolicy(scopeWith('removalPolicy', 'destroy'), undefined)).toBe(RemovalPolicy.DESTROY);
    expect(layerRemovalPolicy(scopeWith('removalPolicy', 'destroy'), RemovalPolicy.RETAIN)).toBe(RemovalPolicy.RETAIN);
  });

  test('fails for a policy that layers do not have', () => {
    expect(() => layerRemovalPolicy(scopeWith('removalPolicy', 'snapshot'), undefined)).toThrow(/got: "snapshot"\n {2}allowed: retain, destroy,/);
  });
});

test('SAM is served when the context says so', () => {
  expect([undefined, true, 'true', false, 'false'].map((value) => isForSam(scopeWith('sam', value)))).toEqual([false, true, true, false, false]);
  expect(() => isForSam(scopeWith('sam', 'on'))).toThrow(/context cdk-lambda-layers:sam/);
});
