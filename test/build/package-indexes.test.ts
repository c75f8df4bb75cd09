import * as fc from 'fast-check';
import { claims, groupByIndex, indexArguments, requestAccess } from '../../lib/build/package-indexes';
import type { IndexSpec } from '../../lib/resolve/index-spec';

function index(name: string, ...only: string[]): IndexSpec {
  return { name, url: `https://${name}.example/simple`, only };
}

function named(...names: string[]): { name: string }[] {
  return names.map((name) => ({ name }));
}

test.each<[string, string]>([
  ['acme-tools', 'acme-tools'],
  ['acme-*', 'acme-tools'],
  ['ACME_*', 'acme-tools'],
  ['Acme.Tools', 'acme-tools'],
  ['acme_-.tools', 'acme-tools'],
  ['*-internal', 'shop-internal'],
  ['a*c*e', 'abcde'],
  ['*', 'anything'],
  ['acme*', 'acme'],
])('%s claims %s', (pattern, name) => {
  expect(claims(index('a', pattern), name)).toBe(true);
});

test.each<[string, string]>([
  ['acme-*', 'acme'],
  ['acme-*', 'my-acme-tools'],
  ['acme', 'acme-tools'],
  ['acme.tools', 'acmextools'],
  ['acm?', 'acme'],
  ['acm[e]', 'acme'],
  ['acm(e)', 'acme'],
  ['acme|other', 'acme'],
  ['^acme$', 'acme'],
  ['acme+', 'acmee'],
  ['\\w*', 'acme'],
  ['a{4}', 'aaaa'],
  ['', 'acme'],
])('%s does not claim %s', (pattern, name) => {
  expect(claims(index('a', pattern), name)).toBe(false);
});

test('any text is a pattern that claims its own name', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    expect(() => claims(index('a', text), 'acme')).not.toThrow();
    const name = text.toLowerCase().replace(/[-_.]+/g, '-');
    fc.pre(!text.includes('*') && !/[\r\n\u2028\u2029]/.test(text));
    expect(claims(index('a', text), name)).toBe(true);
  }));
});

test('packages are split by the first index that claims them, the others together', () => {
  const company = index('company', 'acme-*');
  const team = index('team', 'acme-web-*', 'web');
  const mirror = index('mirror');
  const groups = groupByIndex(named('requests', 'acme-a', 'web', 'acme-web-b', 'six'), [mirror, company, team]);

  expect(groups).toEqual([
    { onlyFrom: undefined, packages: named('requests', 'six') },
    { onlyFrom: company, packages: named('acme-a', 'acme-web-b') },
    { onlyFrom: team, packages: named('web') },
  ]);
});

test('every package is in exactly one group, and no group is empty', () => {
  const name = fc.constantFrom('a', 'ab', 'b', 'acme-a', 'acme-b');
  const spec = fc.record({ name: fc.constantFrom('x', 'y', 'z'), only: fc.array(fc.constantFrom('a*', 'acme-*', '*', 'b'), { maxLength: 2 }) });
  fc.assert(fc.property(fc.array(name), fc.array(spec), (names, indexes) => {
    const packages = named(...names);
    const groups = groupByIndex(packages, indexes);

    expect(groups.every((group) => group.packages.length > 0)).toBe(true);
    expect(new Set(groups.flatMap((group) => group.packages))).toEqual(new Set(packages));
    expect(groups.flatMap((group) => group.packages)).toHaveLength(packages.length);
    for (const { onlyFrom, packages: own } of groups) {
      expect(own.every((one) => onlyFrom === undefined ? !indexes.some((other) => claims(other, one.name)) : claims(onlyFrom, one.name))).toBe(true);
    }
  }));
});

test('claimed packages are looked for in their index alone, whatever the machine has set', () => {
  const company = index('company', 'acme-*');

  expect(indexArguments({ packages: [], onlyFrom: company }, [index('mirror'), company]))
    .toEqual(['--no-config', '--default-index', 'company=https://company.example/simple']);
});

test('the others are looked for in every index that claims nothing, in their order, before the default one', () => {
  expect(indexArguments({ packages: [] }, [index('b'), index('company', 'acme-*'), index('a')]))
    .toEqual(['--index', 'b=https://b.example/simple', '--index', 'a=https://a.example/simple']);
});

test('an index whose URL must be asked for has one under which nothing is found until then', () => {
  const artifacts: IndexSpec = { name: 'acme pypi', codeArtifact: { domain: 'acme', repository: 'pypi' }, only: [] };

  expect(indexArguments({ packages: [] }, [artifacts])).toEqual(['--index', 'acme-pypi=https://acme-pypi.invalid/simple']);
  expect(indexArguments({ packages: [] }, [artifacts], new Map([['acme pypi', 'https://real.example/simple/']])))
    .toEqual(['--index', 'acme-pypi=https://real.example/simple/']);
});

describe('credentials', () => {
  const before = { ...process.env };

  afterEach(() => {
    process.env = { ...before };
  });

  test('are in the environment of the tool and in no argument', async () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9!@#$%/+=]{12,40}$/);
    await fc.assert(fc.asyncProperty(secret, secret, fc.boolean(), async (username, password, claimed) => {
      process.env.TEAM_USER = username;
      process.env.TEAM_PASSWORD = password;
      const team: IndexSpec = { ...index('team.one', ...(claimed ? ['acme-*'] : [])), usernameEnv: 'TEAM_USER', passwordEnv: 'TEAM_PASSWORD' };
      const access = await requestAccess({ packages: [], onlyFrom: claimed ? team : undefined }, [team]);

      expect(access.env).toMatchObject({ UV_INDEX_TEAM_ONE_USERNAME: username, UV_INDEX_TEAM_ONE_PASSWORD: password });
      expect(access.secrets).toContain(password);
      const said = JSON.stringify([access.args, [...access.urls]]);
      expect(said.includes(JSON.stringify(password).slice(1, -1)) || said.includes(JSON.stringify(username).slice(1, -1))).toBe(false);
    }));
  });

  test('of an index that is not asked are not read', async () => {
    delete process.env.TEAM_PASSWORD;
    const team: IndexSpec = { ...index('team', 'acme-*'), passwordEnv: 'TEAM_PASSWORD' };

    expect((await requestAccess({ packages: [] }, [team])).env).toEqual({});
  });

  test('that are a token alone go with the user name that means it', async () => {
    process.env.TEAM_PASSWORD = 'a token';

    expect((await requestAccess({ packages: [] }, [{ ...index('team'), passwordEnv: 'TEAM_PASSWORD' }])).env)
      .toEqual({ UV_INDEX_TEAM_USERNAME: '__token__', UV_INDEX_TEAM_PASSWORD: 'a token' });
  });

  test('fails with every variable that is empty, and without the values of the others', async () => {
    process.env.A_USER = 'hidden-user';
    process.env.A_PASSWORD = '';
    delete process.env.B_PASSWORD;
    const indexes: IndexSpec[] = [
      { ...index('a'), usernameEnv: 'A_USER', passwordEnv: 'A_PASSWORD' },
      { ...index('b'), passwordEnv: 'B_PASSWORD' },
    ];
    const error = await requestAccess({ packages: [] }, indexes).catch((thrown: Error) => thrown) as Error;

    expect(error.message).toMatch(/index a .*\n.*A_PASSWORD is empty[\s\S]*index b .*\n.*B_PASSWORD is empty/);
    expect(error.message).not.toContain('hidden-user');
  });
});
