import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, Stack } from 'aws-cdk-lib';
import { hasMoto } from './support/moto';
import { Receipts, REFRESH_SECONDS, signature } from './support/receipts';
import { pythonRuntimes } from './support/tools';
import { Workshop } from './support/workshop';
import { ExtensionCode, ExtensionLayer } from '../../lib';
import { archiveOf } from '../layers/support';

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

describeWithEmulator('the extension of the example', () => {
  let here: Workshop;

  beforeEach(() => {
    here = new Workshop();
  });

  afterEach(async () => here.close());

  async function invokeWith(supportFiles?: string, code = 'def handler(event, context):\n    return event\n') {
    const stack = new Stack(new App({ outdir: here.folder({}) }), 'TmpWatch');
    const extensions = [ExtensionCode.goModule(path.join(__dirname, '../../examples/extensions/extensions/tmp-watch'), { supportFiles })];
    new ExtensionLayer(stack, 'TmpWatch', { extensions });
    const fn = await here.start({ runtime, handler: 'index.handler', code: here.folder({ 'index.py': code }), layers: [archiveOf(stack)] });
    return { fn, first: await fn.invoke(1) };
  }

  test('warns of what invocations leave in /tmp, and tells the most of it at the end', async () => {
    const code = 'def handler(event, context):\n    if event == 1:\n        open("/tmp/left", "w").write("x" * 2000)\n';
    const { fn } = await invokeWith(here.folder({ 'limits.json': '{ "warnBytes": 1999 }' }), code);
    expect((await fn.invoke(2)).logs).toContain('tmp-watch: /tmp holds 2000 bytes, more than 1999');
    await fn.stop();
    expect(told(fn.logs)).toEqual([{ extension: 'tmp-watch', reason: 'SandboxTerminated', invocations: 2, mostBytes: 2000, warnBytes: 1999 }]);
  });

  test.each([
    ['is not there', undefined, 'open /opt/tmp-watch/limits.json: no such file or directory'],
    ['has no limit', '{}', '/opt/tmp-watch/limits.json: warnBytes is 0, but must be more than 0'],
  ])('tells why it cannot start when its supporting file %s', async (_what, limits, why) => {
    const { fn, first } = await invokeWith(limits === undefined ? undefined : here.folder({ 'limits.json': limits }));
    expect(first.outcome).toBe('init error');
    expect(first.emulatorLog).toContain('Extension.NoLimits');
    expect(fn.logs).toContain(`tmp-watch: ${why}`);
  });
});

/** What tmp-watch writes at its end. */
function told(logs: string): unknown[] {
  return logs.split('\n').filter((line) => line.startsWith('{"extension":"tmp-watch"')).map((line) => JSON.parse(line));
}
