import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { brokenPromises } from '../../examples/shared-across-stacks/compare';
import { synthesise, type Synthesis } from '../../examples/shared-across-stacks/synthesise';

const RUN = path.join(__dirname, '../../examples/shared-across-stacks/run.ts');
const SETTINGS = 'Platform/Settings';

describe('the example of layers that stacks share', () => {
  let folder: string;
  let before: Synthesis;
  let after: Synthesis;

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-example-'));
    fs.mkdirSync(path.join(folder, 'settings'));
    fs.writeFileSync(path.join(folder, 'settings/shop.json'), '{ "currency": "SEK", "refundDays": 1 }\n');
    before = synthesise(path.join(folder, 'before'));
    after = synthesise(path.join(folder, 'after'), { settingsFolder: path.join(folder, 'settings') });
  });

  afterAll(() => fs.rmSync(folder, { recursive: true }));

  test('new settings move what uses them, and nothing else', () => {
    expect(brokenPromises(before, after, SETTINGS)).toEqual([]);
    expect(after.templates.get('Orders')).toBe(before.templates.get('Orders'));
    expect(before.functions.map((fn) => [fn.path, fn.layers])).toEqual([
      ['Orders/PlaceOrder', ['Platform/Libs']],
      ['Payments/Charge', ['Platform/Libs', SETTINGS]],
      ['Payments/Refund', [SETTINGS]],
      ['Reports/Nightly/Summarise', ['Platform/Libs', SETTINGS]],
    ]);
  });

  test('the program prints what changed, and ends well', () => {
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', RUN], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Orders\/PlaceOrder +nothing changed$/m);
    expect(stdout).toMatch(/^Payments\/Charge +parameter before +\/cdk-lambda-layers\/Platform\/PlatformSettings\w{8}\/[0-9a-f]{16}$/m);
    expect(stdout).toMatch(/^Reports +Platform$/m);
  });

  test('fails when the new content reaches no consumer', () => {
    expect(brokenPromises(before, before, SETTINGS)).toEqual([
      `the parameter that Payments/Charge reads ${SETTINGS} from is still the same`,
      'the version of Payments/Charge is still the same',
      `the parameter that Payments/Refund reads ${SETTINGS} from is still the same`,
      `the parameter that Reports/Nightly/Summarise reads ${SETTINGS} from is still the same`,
      'the version of Reports/Nightly/Summarise is still the same',
      'the template of Platform is still the same',
      'the template of Payments is still the same',
      'the template of Reports is still the same',
      'the template of Reports/Nightly is still the same',
    ]);
  });

  test('fails when a consumer changes that does not use the layer', () => {
    expect(brokenPromises(before, after, 'Platform/Libs')).toContain('the template of Orders is still the same');
    expect(brokenPromises(before, after, 'Platform/Libs')).toContain(
      `the parameter that Payments/Refund reads ${SETTINGS} from changed, though the layer has nothing to do with it`,
    );
  });

  test('fails when a template has an export', () => {
    const exporting = new Map([...after.templates, ['Platform', '{ "Outputs": { "Arn": { "Value": "a", "Export": { "Name": "b" } } } }']]);
    expect(brokenPromises(before, { ...after, templates: exporting }, SETTINGS)).toEqual(['the template of Platform has an export, or imports one']);
  });

  test('fails when CDK does not know what is deployed first', () => {
    expect(brokenPromises(before, { ...after, deployedBefore: new Map([['Orders', []]]) }, SETTINGS))
      .toEqual(['CDK does not know that Orders is deployed after the owner of the layer']);
  });
});
