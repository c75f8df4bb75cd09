import { folder, removeFolders, resolve } from './support';
import { FaultError } from '../../lib/common/fault';
import { findCredentials } from '../../lib/resolve/credentials';

afterAll(removeFolders);

const SECRET = 'hunter2-s3cr3t';

describe('a credential', () => {
  test.each([
    `https://user:${SECRET}@index.example/simple`,
    `https://${SECRET}@index.example/simple`,
    `https://aws:${SECRET}@index.example/simple`,
    `https://user:p@${SECRET}@index.example/simple`,
    `ssh://git:${SECRET}@git.example/x`,
    `https://:${SECRET}@index.example/simple`,
    `https://\${USER}:${SECRET}@index.example/simple`,
  ])('is found in %s and not shown', (url) => {
    const faults = findCredentials(`first\nfoo @ ${url}/foo.whl\n`, '/app/requirements.txt');
    expect(faults).toHaveLength(1);
    expect(faults[0]?.got).toContain('/app/requirements.txt:2');
    expect(faults[0]?.fix).toContain('usernameEnv, passwordEnv');
    expect(JSON.stringify(faults)).not.toContain(SECRET);
  });

  test.each([
    'https://index.example/simple', 'https://aws@index.example/simple', 'https://__token__@index.example', 'https://oauth2accesstoken@index.example',
    'https://VssSessionToken@index.example', 'git+ssh://git@git.example/x', 'ssh://deploy@git.example/x', 'https://files.example/a@b/c?d=e@f#g@h',
    'https://${USER}:${TOKEN}@index.example', 'mail me@example.org', 'foo @ https://files.example/foo.whl', 'https://aws:@index.example/simple',
  ])('is not found in %s', (text) => {
    expect(findCredentials(text, 'here')).toEqual([]);
  });

  test('is reported for each line that has one', () => {
    const text = ['', `https://a:${SECRET}@x.example`, '', `https://b:${SECRET}@x.example`].join('\n');
    expect(findCredentials(text, 'f').map(({ got }) => /f:\d+/.exec(got ?? '')?.[0])).toEqual(['f:2', 'f:4']);
  });
});

describe('bad input', () => {
  const url = `https://user:${SECRET}@files.example`;

  test.each<[string, Record<string, string>, Partial<{ requirements: string[] }>, string]>([
    ['a requirement', { 'requirements.txt': `six\nfoo @ ${url}/foo.whl\n` }, {}, 'requirements.txt:2'],
    ['an index option', { 'requirements.txt': `--extra-index-url ${url}/simple\nsix\n` }, {}, 'requirements.txt:1'],
    ['an included file', { 'requirements.txt': '-r more.txt\n', 'more.txt': `foo @ ${url}/foo.whl\n` }, {}, 'more.txt:1'],
    ['a line that is no requirement', { 'requirements.txt': `foo bar ${url}\n` }, {}, 'requirements.txt:1'],
    ['an inline list', {}, { requirements: ['six', `foo @ ${url}/foo.whl`] }, 'requirements[1]'],
    ['a lock', { 'pylock.toml': `lock-version = "1.0"\n\n[[packages]]\nname = "a"\narchive = { url = "${url}/a.zip" }\n` }, {}, 'pylock.toml:5'],
    ['an index of a project', { 'pyproject.toml': `[project]\nname = "a"\n[[tool.uv.index]]\nurl = "${url}/simple"\n` }, {}, 'pyproject.toml:4'],
    ['our own lock', { 'requirements.txt': 'six\n', 'cdk-lambda-layers.lock.json': `{\n"x": "${url}"}` }, {}, 'cdk-lambda-layers.lock.json:2'],
  ])('fails for a credential in %s, with its place and without its value', (_, files, overrides, place) => {
    let error: unknown;
    try {
      resolve(folder(files), '3.13', overrides);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(FaultError);
    expect((error as FaultError).message).toContain(place);
    expect((error as FaultError).message).not.toContain(SECRET);
  });
});
