import { pythonRuntimes } from './support/tools';
import { Workshop } from './support/workshop';

const [runtime] = pythonRuntimes();
const describeWithEmulator = runtime === undefined ? describe.skip : describe;

/** Registers by the name that its file has, and keeps a list of its events where the function can read it. */
const EXTENSION = `#!/usr/bin/env python3
import json, os, urllib.request
API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension/"
def call(path, headers, body=None):
    return urllib.request.urlopen(urllib.request.Request(API + path, data=body, headers=headers))
events = json.dumps({"events": ["INVOKE", "SHUTDOWN"]}).encode()
token = call("register", {"Lambda-Extension-Name": os.path.basename(__file__)}, events).headers["Lambda-Extension-Identifier"]
print("extension registered", flush=True)
while True:
    event = json.load(call("event/next", {"Lambda-Extension-Identifier": token}))
    print("extension got", event["eventType"], event.get("shutdownReason", ""), flush=True)
    if event["eventType"] == "SHUTDOWN":
        break
`;

const HANDLER = 'def handler(event, context):\n    return event\n';

let here: Workshop;

beforeEach(() => {
  here = new Workshop();
});

afterEach(async () => here.close());

describeWithEmulator('an extension in a layer', () => {
  test('is started before the function, and hears of its events and its end', async () => {
    const layers = [here.folder({ 'extensions/listener': EXTENSION })];
    const fn = await here.start({ runtime, handler: 'index.handler', code: here.folder({ 'index.py': HANDLER }), layers });
    expect(await fn.invoke(1)).toMatchObject({ outcome: 'answer', answer: 1 });
    expect(await fn.invoke(2)).toMatchObject({ outcome: 'answer', answer: 2 });
    await fn.stop();
    expect(fn.logs.split('\n').filter((line) => line.startsWith('extension'))).toEqual([
      'extension registered', 'extension got INVOKE ', 'extension got INVOKE ', 'extension got SHUTDOWN SandboxTerminated',
    ]);
  });

  test.each([
    ['ends before it registers', '#!/bin/sh\nexit 5\n', 'Extension.Crash'],
    ['has no interpreter', '#!/no/such/interpreter\n', 'no such file or directory'],
  ])('fails the start of the function when it %s', async (_what, content, said) => {
    const layers = [here.folder({ 'extensions/listener': content })];
    const fn = await here.start({ runtime, handler: 'index.handler', code: here.folder({ 'index.py': HANDLER }), layers });
    const { outcome, emulatorLog } = await fn.invoke(1);
    expect(outcome).toBe('init error');
    expect(emulatorLog).toContain(said);
  });
});
