import { stderrOf } from './support';

const TESTED = require.resolve('../../lib/common/progress');

const WORK = `
  const progress = new tested.Progress('Stack/Libs');
  const result = await progress.step('installing', async () => 1);
  progress.line('a note: ' + result);
  progress.done('built');`;

test('elsewhere than on a terminal every step is a line that says how long it took', () => {
  expect(stderrOf(TESTED, WORK)).toMatch(/^Stack\/Libs: installing \(\d+\.\d s\)\nStack\/Libs: a note: 1\nStack\/Libs: built in \d+\.\d s\n$/);
});

test('on a terminal a step is a line that the next one writes over', () => {
  const clear = '\r\u001b[2K';
  const said = stderrOf(TESTED, `process.stderr.isTTY = true; ${WORK}`);

  const last = expect.stringMatching(/^Stack\/Libs: built in .* s\n$/);
  expect(said.split(clear)).toEqual(['', 'Stack/Libs: installing …', 'Stack/Libs: a note: 1\n', last]);
});

test('fails as the step fails, and does not say that it took time', () => {
  const said = stderrOf(TESTED, `
    const progress = new tested.Progress('Stack/Libs');
    await progress.step('installing', async () => { throw new Error('no'); }).catch((error) => progress.line(error.message));`);

  expect(said).toBe('Stack/Libs: no\n');
});

test('a closed stderr does not fail the work', () => {
  expect(stderrOf(TESTED, `require('node:fs').closeSync(2); ${WORK}`)).toBe('');
});
