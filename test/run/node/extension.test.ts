import { ExtensionCode, ExtensionLayer } from '../../../lib';
import { linesOf, LISTENER } from '../support/listeners';
import { TestApp } from '../support/test-app';
import { nodeRuntimes } from '../support/tools';
import { Workshop } from '../support/workshop';

const [runtime] = nodeRuntimes();
const describeWithEmulator = runtime === undefined ? describe.skip : describe;

let here: Workshop;

beforeEach(() => {
  here = new Workshop();
});

afterEach(async () => here.close());

describeWithEmulator('a Node.js function with an extension in JavaScript, as CDK would upload them', () => {
  test('answers, and the extension hears of its events and its end', async () => {
    const app = new TestApp(here);
    new ExtensionLayer(app.stack, 'Ours', {
      extensions: [ExtensionCode.script(LISTENER.nodejs, { name: 'agent.js', supportFiles: here.folder({ 'greeting.txt': 'hello\n' }) })],
      environment: { LISTENER: 'high' },
    }).attachTo(app.newFunction(runtime));
    const fn = await app.start();
    expect(await fn.invoke({ name: 'Ada' })).toMatchObject({ outcome: 'answer', answer: { name: 'Ada' } });
    expect(await fn.invoke(2)).toMatchObject({ outcome: 'answer', answer: 2 });
    await fn.stop();
    expect(linesOf('agent.js', fn.logs)).toEqual([
      'reads hello', 'finds LISTENER high', 'registered', 'got INVOKE', 'got INVOKE', 'got SHUTDOWN SandboxTerminated',
    ]);
  });
});
