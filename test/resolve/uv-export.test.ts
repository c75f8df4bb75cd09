import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

import { copyOf, findUv, folder, LOCKS, removeFolders, resolve } from './support';
import { renderRequirements } from '../../lib/resolve/requirement-lines';

const uv = findUv();
const EXPORT = ['export', '--frozen', '--quiet', '--no-header', '--no-annotate', '--no-default-groups', '--no-emit-workspace'];
const describeWithUv = uv === undefined ? describe.skip : describe;

function run(directory: string, ...args: string[]): string {
  return execFileSync(uv ?? 'uv', args, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What uv itself leaves of a list for a target. */
function evaluated(directory: string, requirements: string, pythonVersion: string): string[] {
  const list = path.join(directory, 'list.txt');
  fs.writeFileSync(list, requirements);
  // The platform is newer than the target's, so that every wheel fits: only the truth of markers counts here.
  const target = ['--python-version', pythonVersion, '--python-platform', 'x86_64-manylinux_2_40', '--only-binary', ':all:', '--no-python-downloads'];
  return run(directory, 'pip', 'compile', list, '--no-deps', '--quiet', '--no-header', '--no-annotate', ...target)
    .split('\n').filter((line) => line !== '');
}

describeWithUv('our closure of a uv.lock, beside uv export of the same lock (needs uv: set UV or put it on PATH)', () => {
  let project: string;

  beforeAll(() => {
    project = copyOf(path.join(LOCKS, 'uv'));
    fs.rmSync(path.join(project, 'uv.lock'));
    const file = path.join(project, 'pyproject.toml');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8')
      .replace('"httpx",', '"httpx", "pandas", "pyjwt[crypto]",')
      .replace(/wheel = .*\n/, '').replace('http2,wheel', 'http2').replace(/iniconfig = .*\n/, ''));
    run(project, 'lock', '--quiet');
  });

  afterAll(removeFolders);

  test.each([
    ['3.9', ['http2', 'old'], ['dev']],
    ['3.11', ['all', 'old'], ['lint']],
    ['3.13', ['http2', 'new'], ['dev']],
  ])('is the same for Python %s with extras %j and groups %j', (pythonVersion, extras, groups) => {
    const choice = [...extras.flatMap((extra) => ['--extra', extra]), ...groups.flatMap((group) => ['--group', group])];
    const exported = run(project, ...EXPORT, '--no-hashes', ...choice)
      .split('\n').filter((line) => !line.startsWith('.')).join('\n');
    const { packages } = resolve(project, pythonVersion, { extras, groups });
    const own = evaluated(project, renderRequirements(packages.map((locked) => ({ ...locked, hashes: [] }))), pythonVersion);
    expect(own.length).toBeGreaterThan(15);
    expect(own).toEqual(evaluated(project, exported, pythonVersion));
  });

  test('allows exactly the hashes that uv export allows', () => {
    const exported = run(project, ...EXPORT, '--extra', 'http2').replaceAll(' \\\n', ' ').split('\n');
    const { packages } = resolve(project, '3.13', { extras: ['http2'] });
    for (const { name, version, hashes } of packages) {
      const line = exported.find((one) => one.startsWith(`${name}==${version} `));
      expect({ name, hashes: line?.match(/sha256:\w+/g)?.sort() }).toEqual({ name, hashes });
    }
  });

  test('reads what uv exports as pylock.toml to the same packages', () => {
    const exported = folder();
    run(project, ...EXPORT, '--format', 'pylock.toml', '--extra', 'http2', '-o', path.join(exported, 'pylock.toml'));
    for (const pythonVersion of ['3.11', '3.13']) {
      expect(resolve(exported, pythonVersion).packages).toEqual(resolve(project, pythonVersion, { extras: ['http2'] }).packages);
    }
  });
});
