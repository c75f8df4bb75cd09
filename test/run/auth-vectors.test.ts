import * as fs from 'node:fs';
import * as path from 'node:path';
import { runHandlerCases, runVectors } from './support/auth-vectors';
import { pythonRuntimes } from './support/tools';
import { Workshop } from './support/workshop';
import { LayerContent } from '../../lib';
import { OLDEST_LIBRARIES } from '../../lib/layers/auth/auth-content';

const runtimes = pythonRuntimes();
const describeWithEmulator = runtimes.length === 0 ? describe.skip : describe;

describeWithEmulator('auth_utils under the emulator', () => {
  const here = new Workshop();

  afterAll(async () => here.close());

  test('gives them on the oldest libraries that are let in, too', async () => {
    const folder = path.join(__dirname, 'vectors', 'oldest-python');
    const pinned = [...fs.readFileSync(path.join(folder, 'requirements.txt'), 'utf8').matchAll(/^([\w-]+)==(\S+)/gm)].map(([, ...one]) => one);
    const { PyJWT: pyjwt, cryptography } = OLDEST_LIBRARIES;
    expect(Object.fromEntries(pinned)).toMatchObject({ pyjwt, cryptography });
    const { wrong } = await runVectors(here, runtimes[0], path.join(__dirname, 'vectors', 'python'), [LayerContent.python(folder)]);
    expect(wrong).toEqual({});
  });

  // One entry where there is no emulator, so that the test is counted as skipped.
  test.each(runtimes.length === 0 ? ['python'] : runtimes)('%s gives the verdict and the code of every vector', async (runtime) => {
    const { wrong, groups } = await runVectors(here, runtime, path.join(__dirname, 'vectors', 'python'));
    expect(wrong).toEqual({});
    expect(Object.values(groups).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(1102);
  });

  test.each(runtimes.length === 0 ? ['python'] : runtimes)('%s gives the answer of every handler case', async (runtime) => {
    const { wrong, count } = await runHandlerCases(here, runtime, path.join(__dirname, 'vectors', 'python'));
    expect(wrong).toEqual({});
    expect(count).toBeGreaterThanOrEqual(90);
  });
});
