import * as path from 'node:path';
import { runVectors } from '../support/auth-vectors';
import { nodeRuntimes } from '../support/tools';
import { Workshop } from '../support/workshop';

const [runtime] = nodeRuntimes();
const describeWithEmulator = runtime === undefined ? describe.skip : describe;

describeWithEmulator('auth-utils under the emulator', () => {
  const here = new Workshop();

  afterAll(async () => here.close());

  test('gives the verdict and the code of every vector', async () => {
    const { wrong, groups } = await runVectors(here, runtime, path.join(__dirname, '..', 'vectors', 'nodejs'));
    expect(wrong).toEqual({});
    expect(Object.values(groups).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(1102);
  });
});
