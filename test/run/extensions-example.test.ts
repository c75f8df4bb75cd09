import { setTimeout as sleep } from 'node:timers/promises';
import { hasMoto } from './support/moto';
import { Receipts, REFRESH_SECONDS, signature } from './support/receipts';
import { pythonRuntimes } from './support/tools';

const [runtime] = pythonRuntimes();
const describeWithEmulator = runtime === undefined || !hasMoto() ? describe.skip : describe;

const RECEIPT = 'order-1: 12 EUR';

describeWithEmulator('the Python function of the example with its three layers of extensions, as CDK would upload them', () => {
  let receipts: Receipts;

  beforeAll(async () => {
    receipts = await Receipts.start(runtime);
  });

  afterAll(async () => receipts.close());

  test('signs with the secret that the extension serves, and with the new one after a rotation, without another start', async () => {
    const { arn, value } = await receipts.key();
    const fn = await receipts.start('SignReceipt', arn);
    expect((await fn.invoke({ receipt: RECEIPT })).answer).toEqual({ receipt: RECEIPT, signature: signature(value, RECEIPT) });

    const rotated = await receipts.rotate(arn);
    await sleep(REFRESH_SECONDS * 1000 + 100);
    expect((await fn.invoke({ receipt: RECEIPT })).answer).toEqual({ receipt: RECEIPT, signature: signature(rotated, RECEIPT) });

    await fn.stop();
    expect(fn.logs.match(/^START /gm)).toHaveLength(2);
    expect(fn.logs).not.toContain(value);
    expect(fn.logs).not.toContain(rotated);
  });

  test('lets the extension of the example hear of each invocation and of the end, with its supporting file at hand', async () => {
    const { arn } = await receipts.key();
    const fn = await receipts.start('SignReceipt', arn);
    for (const receipt of ['one', 'two', 'three']) {
      expect(await fn.invoke({ receipt })).toMatchObject({ outcome: 'answer' });
    }
    expect(told(fn.logs)).toEqual([]);
    await fn.stop();
    expect(told(fn.logs)).toEqual([{ extension: 'tmp-watch', reason: 'SandboxTerminated', invocations: 3, mostBytes: 0, warnBytes: 268435456 }]);
  });

  test('starts when the secret is not there, and says so where it is asked for', async () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:none-AbCdEf';
    const fn = await receipts.start('SignReceipt', arn);
    const { outcome, error } = await fn.invoke({ receipt: RECEIPT });
    expect({ outcome, error }).toMatchObject({ outcome: 'function error', error: { errorType: 'ExtensionError' } });
    expect(error!.errorMessage).toContain(`the secret ${arn}: ResourceNotFoundException`);
  });
});

/** What tmp-watch writes at its end. */
function told(logs: string): unknown[] {
  return logs.split('\n').filter((line) => line.startsWith('{"extension":"tmp-watch"')).map((line) => JSON.parse(line));
}
