import { setTimeout as sleep } from 'node:timers/promises';
import { hasMoto } from '../support/moto';
import { Receipts, REFRESH_SECONDS, signature } from '../support/receipts';
import { nodeRuntimes } from '../support/tools';

const describeWithEmulator = nodeRuntimes().includes('nodejs22.x') && hasMoto() ? describe : describe.skip;

const RECEIPT = 'order-1: 12 EUR';

describeWithEmulator('the Node.js function of the example with its three layers of extensions, as CDK would upload them', () => {
  let receipts: Receipts;

  beforeAll(async () => {
    receipts = await Receipts.start();
  });

  afterAll(async () => receipts.close());

  test('takes signatures of the key and of the one before, and no others', async () => {
    const { arn, value } = await receipts.key();
    const fn = await receipts.start('VerifyReceipt', arn);
    const isValid = async (key: string): Promise<boolean> => (
      (await fn.invoke({ receipt: RECEIPT, signature: signature(key, RECEIPT) })).answer.valid
    );
    expect([await isValid(value), await isValid('another')]).toEqual([true, false]);

    const second = await receipts.rotate(arn);
    await sleep(REFRESH_SECONDS * 1000 + 100);
    expect([await isValid(value), await isValid(second), await isValid('another')]).toEqual([true, true, false]);

    const third = await receipts.rotate(arn);
    await sleep(REFRESH_SECONDS * 1000 + 100);
    expect([await isValid(value), await isValid(second), await isValid(third)]).toEqual([false, true, true]);
    expect(fn.logs.match(/^START /gm)).toHaveLength(8);
  });
});
