import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { PARAMETER, SECRET_ARN, Services } from './support/services';
import { freePorts } from './support/start-function';
import { ARCHITECTURE, TestApp } from './support/test-app';
import { pythonRuntimes } from './support/tools';
import { Workshop } from './support/workshop';
import {
  ExtensionCode, ExtensionLayer, LayerContent, LayerRules, SecurityAction, SecurityExtension, SharedDependencyLayer, TelemetryDestination,
} from '../../lib';

const [runtime] = pythonRuntimes();
const describeWithEmulator = runtime === undefined ? describe.skip : describe;

const HANDLER = `
from extension_client import get_parameter, get_secret

def handler(event, context):
    return [get_secret('db'), get_parameter('${PARAMETER}')]
`;

let here: Workshop;
let app: TestApp;

beforeEach(() => {
  here = new Workshop();
  app = new TestApp(here);
});

afterEach(async () => here.close());

describeWithEmulator('all ready-made extensions in one layer', () => {
  let services: Services;

  beforeAll(async () => { services = await Services.start(); });
  afterAll(() => services.close());

  /** What the function's role may do. */
  const allowed = (): unknown[] => Object.values(Template.fromStack(app.stack).findResources('AWS::IAM::Policy'))
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement as { Action: string | string[] }[]).flatMap(({ Action }) => Action);

  test.each([
    ['links to one program', true],
    ['scripts that start it', false],
  ])('start as %s, serve the function, and may do what they do', async (_what, extensionLinks) => {
    app.stack.node.setContext('cdk-lambda-layers:extensionLinks', extensionLinks);
    const [secretsPort, configPort] = await freePorts();
    new ExtensionLayer(app.stack, 'All', {
      extensions: [
        ExtensionCode.telemetry({ destination: TelemetryDestination.emf() }),
        ExtensionCode.secrets({ secrets: [Secret.fromSecretCompleteArn(app.stack, 'Db', SECRET_ARN)], port: secretsPort }),
        ExtensionCode.config({ parameters: [StringParameter.fromStringParameterName(app.stack, 'Level', PARAMETER)], port: configPort }),
        ExtensionCode.security({ onFinding: SecurityAction.STOP }),
      ],
      compatibleArchitectures: [ARCHITECTURE],
    }).attachTo(app.newFunction(runtime, 'Orders', here.folder({ 'index.py': HANDLER })));
    const { env } = app.inTemplate('Orders');
    const fn = await app.start('Orders', { env: { ...env, AWS_ENDPOINT_URL: services.url } });
    expect(await fn.invoke({})).toMatchObject({ outcome: 'answer', answer: ['no-secret-at-all', 'high'] });
    expect(allowed()).toEqual(expect.arrayContaining(services.actions));
    await fn.stop();
    expect(fn.logs).toContain('telemetry-extension: no events will be sent, since there is no Telemetry API here');
    expect(JSON.parse(/^\{.*"summary".*$/m.exec(fn.logs)![0])).toMatchObject({ complete: true, findings: 0 });
    expect(fn.logs).not.toContain('no-secret-at-all');
  });
});

describeWithEmulator('the security extension', () => {
  const LIBRARY = { 'python/library.py': 'NAME = "library"\n' };

  /** A function with a watched layer, the extension, and what somebody else laid over both. */
  async function startWith(onFinding: SecurityAction, files: Readonly<Record<string, string>>) {
    const libs = new SharedDependencyLayer(app.stack, 'Libs', { content: [LayerContent.files(here.folder(LIBRARY))] });
    const security = new SecurityExtension(app.stack, 'Security', { layers: [libs], onFinding, compatibleArchitectures: [ARCHITECTURE] });
    const fn = app.newFunction(runtime);
    libs.attachTo(fn);
    security.attachTo(fn);
    const { layers = [] } = app.inTemplate('Orders');
    return app.start('Orders', { layers: [...layers, here.folder(files)] });
  }

  test('finds nothing in the layers that the template has', async () => {
    const fn = await startWith(SecurityAction.STOP, {});
    expect(await fn.invoke(1)).toMatchObject({ outcome: 'answer' });
  });

  test.each([
    ['a file that was changed', { 'python/library.py': 'NAME = "other"\n' }, { finding: 'changed', path: 'python/library.py', layer: 'Libs' }],
    ['a file that was added', { 'extensions.d/x': '' }, { finding: 'added', path: 'extensions.d/x' }],
    ['a credential', { 'python/settings.py': 'KEY = "AKIAQWERTYUIOPASDFGH"\n' }, { finding: 'credential', path: 'python/settings.py' }],
  ])('reports %s', async (_what, files, finding) => {
    const fn = await startWith(SecurityAction.REPORT, files);
    expect(await fn.invoke(1)).toMatchObject({ outcome: 'answer' });
    await fn.stop();
    const told = fn.logs.split('\n').filter((line) => line.includes('"finding"')).map((line) => JSON.parse(line) as object);
    expect(told).toContainEqual(expect.objectContaining(finding));
  });

  test('stops the start of a function with another file, and says why', async () => {
    const fn = await startWith(SecurityAction.STOP, { 'python/library.py': 'NAME = "other"\n' });
    const { outcome, emulatorLog } = await fn.invoke(1);
    expect(outcome).toBe('init error');
    expect(emulatorLog).toContain('Extension.SecurityFinding');
    expect(fn.logs).toContain('python/library.py');
  });

  test('stops functions with a layer that it does not know, which the rules say at synth', async () => {
    const libs = (id: string) => new SharedDependencyLayer(app.stack, id, { content: [LayerContent.files(here.folder({ [`${id}.txt`]: id }))] });
    const security = new SecurityExtension(app.stack, 'Security', {
      layers: [libs('Known')], onFinding: SecurityAction.STOP, compatibleArchitectures: [ARCHITECTURE],
    });
    const fn = app.newFunction(runtime);
    libs('Unknown').attachTo(fn);
    security.attachTo(fn);
    expect(LayerRules.of(fn).report().findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(['error SecurityWatch']);
    LayerRules.of(fn).acknowledge('SecurityWatch', 'to see what happens');
    expect(await (await app.start()).invoke(1)).toMatchObject({ outcome: 'init error' });
  });
});
