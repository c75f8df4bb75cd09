import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { pythonRuntimes } from './support/tools';
import { Workshop } from './support/workshop';
import { ExtensionCode, ExtensionLayer } from '../../lib';
import { archiveOf } from '../layers/support';

const [runtime] = pythonRuntimes();
const testWithEmulator = runtime === undefined ? test.skip : test;

const PAGE = path.resolve(__dirname, '../../docs/extensions.md');

testWithEmulator('the script of docs/extensions.md does what every extension must', async () => {
  const here = new Workshop();
  try {
    const [, script] = /^```sh\n(#!\/bin\/sh\n[^]*?)^```$/m.exec(fs.readFileSync(PAGE, 'utf8'))!;
    const stack = new Stack(new App({ outdir: here.folder({}) }), 'Page');
    new ExtensionLayer(stack, 'Listen', { extensions: [ExtensionCode.script(path.join(here.folder({ 'listen.sh': script }), 'listen.sh'))] });
    const code = here.folder({ 'index.py': 'def handler(event, context):\n    return event\n' });
    const fn = await here.start({ runtime, handler: 'index.handler', code, layers: [archiveOf(stack)] });
    expect(await fn.invoke(1)).toMatchObject({ outcome: 'answer', answer: 1 });
    expect(fn.logs).not.toContain('the environment ends');
    await fn.stop();
    expect(fn.logs).toContain('the environment ends');
  } finally {
    await here.close();
  }
});
