import * as path from 'node:path';
import { runVectors } from './support/auth-vectors';
import { pythonRuntimes } from './support/tools';
import { Workshop } from './support/workshop';

const runtimes = pythonRuntimes();
const describeWithEmulator = runtimes.length === 0 ? describe.skip : describe;

describeWithEmulator('auth_utils under the emulator', () => {
  const here = new Workshop();

  afterAll(async () => here.close());

  // One entry where there is no emulator, so that the test is counted as skipped.
  test.each(runtimes.length === 0 ? ['python'] : runtimes)('%s gives the verdict and the code of every vector', async (runtime) => {
    const { wrong, groups } = await runVectors(here, runtime, path.join(__dirname, 'vectors', 'python'));
    expect(wrong).toEqual({});
    expect(Object.values(groups).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(1102);
  });
});
