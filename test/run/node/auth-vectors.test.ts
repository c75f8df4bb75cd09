import * as fs from 'node:fs';
import * as path from 'node:path';
import { LayerContent } from '../../../lib';
import { OLDEST_LIBRARIES } from '../../../lib/layers/auth/auth-content';
import { runHandlerCases, runVectors } from '../support/auth-vectors';
import { nodeRuntimes } from '../support/tools';
import { Workshop } from '../support/workshop';

const [runtime] = nodeRuntimes();
const describeWithEmulator = runtime === undefined ? describe.skip : describe;

describeWithEmulator('auth-utils under the emulator', () => {
  const here = new Workshop();

  afterAll(async () => here.close());

  test('gives them on the oldest jose that is let in, too', async () => {
    const folder = path.join(__dirname, '..', 'vectors', 'oldest-nodejs');
    const { dependencies } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    expect(dependencies).toEqual({ jose: OLDEST_LIBRARIES.jose });
    const { wrong } = await runVectors(here, runtime, path.join(__dirname, '..', 'vectors', 'nodejs'), [LayerContent.nodejs(folder)]);
    expect(wrong).toEqual({});
  });

  test('gives the verdict and the code of every vector', async () => {
    const { wrong, groups } = await runVectors(here, runtime, path.join(__dirname, '..', 'vectors', 'nodejs'));
    expect(wrong).toEqual({});
    expect(Object.values(groups).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(1102);
  });

  test('gives the answer of every handler case', async () => {
    const { wrong, count } = await runHandlerCases(here, runtime, path.join(__dirname, '..', 'vectors', 'nodejs'));
    expect(wrong).toEqual({});
    expect(count).toBeGreaterThanOrEqual(90);
  });
});
