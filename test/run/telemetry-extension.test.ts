import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { RunningFunction } from './support/start-function';
import { pythonRuntimes } from './support/tools';
import { Workshop } from './support/workshop';

const runtime = pythonRuntimes().at(-1);
// For a managed instance the emulator starts processes as another user, which root alone may do.
const canRun = runtime !== undefined && process.getuid?.() === 0 && spawnSync('go', ['version']).status === 0;
const describeWithTools = canRun ? describe : describe.skip;

const HANDLER = `
import os
def handler(event, context):
    print("order", event["id"], flush=True)
    if event["id"] == "bad":
        raise ValueError("no such order")
    if event["id"] == "deadly":
        os._exit(3)
    return event
`;

/** Stands in for a collector of OpenTelemetry. */
class Collector {
  public readonly logs: { readonly type: string; readonly text: string }[] = [];
  /** How often each was measured, or the sum of a count. */
  public readonly metrics = new Map<string, number>();
  private readonly server = http.createServer((request, response) => {
    void this.take(request).then(() => response.end('{}'));
  });

  public async start(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.server.address() as net.AddressInfo).port}`;
  }

  /** What came of one type of event. */
  public texts(type: string): string[] {
    return this.logs.filter((one) => one.type === type).map((one) => one.text);
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }

  private async take(request: http.IncomingMessage): Promise<void> {
    const { resourceLogs = [], resourceMetrics = [] } = JSON.parse(gunzipSync(await buffer(request)).toString());
    for (const record of resourceLogs.flatMap((one: any) => one.scopeLogs).flatMap((one: any) => one.logRecords)) {
      this.logs.push({ type: record.attributes.find((one: any) => one.key === 'type').value.stringValue, text: record.body.stringValue });
    }
    for (const metric of resourceMetrics.flatMap((one: any) => one.scopeMetrics).flatMap((one: any) => one.metrics)) {
      const [point] = (metric.sum ?? metric.histogram).dataPoints;
      this.metrics.set(metric.name, (this.metrics.get(metric.name) ?? 0) + Number(point.asDouble ?? point.count));
    }
  }
}

describeWithTools('the telemetry extension', () => {
  const layer = fs.mkdtempSync(path.join(os.tmpdir(), 'telemetry-extension-'));
  let collector: Collector;
  let here: Workshop;

  beforeAll(() => {
    execFileSync('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', path.join(layer, 'extensions', 'telemetry-extension'), './cmd/extensions'], {
      cwd: path.resolve(__dirname, '../../runtime/extensions'), env: { ...process.env, CGO_ENABLED: '0' }, timeout: 120_000,
    });
  }, 120_000);

  afterAll(() => fs.rmSync(layer, { recursive: true, force: true }));

  beforeEach(() => {
    here = new Workshop();
    collector = new Collector();
  });

  afterEach(async () => {
    await here.close();
    await collector.stop();
  });

  const start = async (maxConcurrency?: number): Promise<RunningFunction> => here.start({
    runtime: runtime!, handler: 'index.handler', code: here.folder({ 'index.py': HANDLER }), layers: [layer], maxConcurrency, timeoutSeconds: 3,
    env: {
      TELEMETRY_EXTENSION_CONFIG: JSON.stringify({
        types: ['platform', 'function'], destination: { kind: 'otlp', endpoint: await collector.start() },
        namespace: 'Shop', bufferBytes: 4 << 20, flushSeconds: 1,
      }),
    },
  });

  test('sends what a function on a managed instance writes, and how it does', async () => {
    const fn = await start(2);
    const first = await fn.invoke({ id: 'good' });
    expect(first).toMatchObject({ outcome: 'answer', answer: { id: 'good' } });
    expect(first.emulatorLog).toContain('agent registered');
    expect(first.emulatorLog).toContain('events=[SHUTDOWN]');
    expect((await fn.invoke({ id: 'bad' })).outcome).toBe('function error');
    for (const end = performance.now() + 10_000; collector.texts('function').length < 2 && performance.now() < end;) {
      await sleep(20);
    }
    // Before the function ends.
    expect(collector.texts('function')).toEqual(expect.arrayContaining(['order good', 'order bad']));
    expect(collector.texts('platform.initStart')).toHaveLength(1);
    await fn.invoke({ id: 'last' });
    await fn.stop();
    expect(collector.texts('function')).toContain('order last');
    expect(collector.texts('platform.report')).toHaveLength(3);
    expect(Object.fromEntries(collector.metrics)).toEqual({ InitDuration: 1, Duration: 3, Errors: 1 });
    expect(fn.logs).not.toContain('telemetry-extension:');
  });

  test('sends what a function wrote before it died', async () => {
    const fn = await start(2);
    expect((await fn.invoke({ id: 'deadly' })).outcome).toBe('crash');
    await fn.stop();
    expect(collector.texts('function')).toContain('order deadly');
    // Of one among several processes the emulator sees no more than that it does not answer.
    expect(collector.texts('platform.report').join()).toContain('"status":"timeout"');
    expect(Object.fromEntries(collector.metrics)).toEqual({ InitDuration: 1, Duration: 1, Timeouts: 1 });
  });

  test('stays quiet where there is no telemetry', async () => {
    const fn = await start();
    expect(await fn.invoke({ id: 1 })).toMatchObject({ outcome: 'answer', answer: { id: 1 } });
    expect(await fn.invoke({ id: 2 })).toMatchObject({ outcome: 'answer', answer: { id: 2 } });
    await fn.stop();
    expect(fn.logs.split('\n').filter((line) => line.startsWith('telemetry-extension'))).toEqual([
      'telemetry-extension: no events will be sent, since there is no Telemetry API here',
    ]);
    expect(collector.logs).toEqual([]);
  });
});
