import { stderrOf } from './support';

const TESTED = require.resolve('../../lib/common/say-once');

/** Says lines in a process and in one that it starts. */
function inParentAndChild(lines: readonly string[], between = ''): string {
  const say = `${JSON.stringify(lines)}.forEach((line) => tested.sayOnce(line));`;
  const child = `const tested = require(${JSON.stringify(TESTED)}); ${say}`;
  return stderrOf(TESTED, `
    ${say}
    ${between}
    require('node:child_process').spawnSync(process.execPath, ['--import', 'tsx', '-e', ${JSON.stringify(child)}], {
      stdio: 'inherit', env: { ...process.env, ...tested.saidEnvironment() },
    });`);
}

test('a line is said once in a process and those that it starts', () => {
  expect(inParentAndChild(['the cache is read-only', 'another', 'the cache is read-only'])).toBe('the cache is read-only\nanother\n');
});

test('so is a text of several lines, and one that another begins with', () => {
  expect(inParentAndChild(['first\nsecond', 'first', 'first\nsecond'])).toBe('first\nsecond\nfirst\n');
});

test('a process that was told nonsense says everything', () => {
  expect(stderrOf(TESTED, "tested.sayOnce('a line');", { CDK_LAMBDA_LAYERS_SAID: '[not json' })).toBe('a line\n');
});

test('a closed stderr does not fail the work', () => {
  expect(stderrOf(TESTED, "require('node:fs').closeSync(2); tested.sayOnce('a line');")).toBe('');
});
