import { CfnParameter, Duration, SecretValue, Size, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as appconfig from 'aws-cdk-lib/aws-appconfig';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import {
  ConfigExtension, ExtensionCode, ExtensionLayer, LayerContent, LayerRules, LayerTesting,
  SecretsExtension, SecurityAction, SecurityCheck, SecurityExtension,
  SharedDependencyLayer, TelemetryDestination, TelemetryExtension, TelemetryType, type ExtensionLayerProps,
} from '../../../lib';
import { folderOf, messageOf, newFunction, newStack } from '../support';

let stack: Stack;

beforeEach(() => {
  stack = newStack();
});

/** The settings that functions of the stack have in a variable. */
function settings(variable: string): unknown {
  const [fn] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return stack.resolve(fn.Properties.Environment.Variables[variable]);
}

/** What the functions of the stack may do, without what CDK gives all of them. */
function statements(): unknown[] {
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policies.flatMap((policy) => policy.Properties.PolicyDocument.Statement as unknown[]);
}

const programs = ({ manifest }: ExtensionLayer) => manifest.files.filter(({ path }) => path.startsWith('extensions/'))
  .map(({ path, mode }) => `${mode} ${path}`);

describe('SecretsExtension', () => {
  const secret = () => secretsmanager.Secret.fromSecretCompleteArn(
    stack, 'Db', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:db/prod-AbCdEf',
  );

  test('brings program and clients, its settings, and the permission to read exactly its secrets', () => {
    const layer = new SecretsExtension(stack, 'Secrets', { secrets: [secret()], refresh: Duration.minutes(2) });
    layer.attachTo(newFunction(stack));
    expect(programs(layer)).toEqual(['0755 extensions/secrets-extension']);
    expect(layer.manifest.programs).toMatchObject([{ format: 'elf', machine: 'x86_64', mentionsRegistration: true }]);
    expect(layer.manifest.programs[0].interpreter).toBeUndefined();
    expect(layer.manifest.files.map(({ path }) => path)).toEqual(expect.arrayContaining([
      'python/extension_client/__init__.py', 'nodejs/node_modules/extension-client/package.json',
    ]));
    expect(layer.manifest.unzippedBytes).toBeLessThan(12_000_000);
    expect(JSON.parse(settings('SECRETS_EXTENSION_CONFIG') as string)).toEqual({
      secrets: ['arn:aws:secretsmanager:eu-central-1:111122223333:secret:db/prod-AbCdEf'], refreshSeconds: 120, port: 2775,
    });
    expect(statements()).toEqual([{
      Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      Resource: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:db/prod-AbCdEf',
    }]);
  });

  test('takes secrets of the stack with keys of their own', () => {
    const made = new secretsmanager.Secret(stack, 'Made', {
      secretStringValue: SecretValue.unsafePlainText('x'), encryptionKey: new kms.Key(stack, 'Key'),
    });
    new SecretsExtension(stack, 'Secrets', { secrets: [made] }).attachTo(newFunction(stack));
    expect(JSON.stringify(settings('SECRETS_EXTENSION_CONFIG'))).toContain('{"Ref":"Made');
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Action: 'kms:Decrypt' })]) },
    });
  });

  test('is there for arm64', () => {
    const layer = new SecretsExtension(stack, 'Secrets', { secrets: [secret()], compatibleArchitectures: [lambda.Architecture.ARM_64] });
    expect(layer.manifest.programs).toMatchObject([{ machine: 'arm64' }]);
  });

  test('another one on the same function is refused', () => {
    const fn = newFunction(stack);
    new SecretsExtension(stack, 'Secrets', { secrets: [secret()] }).attachTo(fn);
    const other = new SecretsExtension(stack, 'Others', { secrets: [secretsmanager.Secret.fromSecretNameV2(stack, 'Other', 'other')] });
    expect(messageOf(() => other.attachTo(fn))).toContain('another SECRETS_EXTENSION_CONFIG');
  });

  test('a CfnFunction has no role that is known here', () => {
    const raw = new lambda.CfnFunction(stack, 'Raw', {
      code: { zipFile: 'x' }, role: 'arn:aws:iam::111122223333:role/r', runtime: 'python3.13', handler: 'i.h',
    });
    const message = messageOf(() => new SecretsExtension(stack, 'Secrets', { secrets: [secret()] }).attachTo(raw));
    expect(message).toMatch(/cannot be granted what the extensions need[^]*grantAccess\(role\)/);
  });
});

describe('ConfigExtension', () => {
  test('is granted what it reads, and no more', () => {
    const application = new appconfig.Application(stack, 'App');
    const environment = new appconfig.Environment(stack, 'Prod', { application });
    const parameter = ssm.StringParameter.fromStringParameterName(stack, 'Level', '/shop/level');
    const secure = ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Token', {
      parameterName: '/shop/token', encryptionKey: new kms.Key(stack, 'Key'),
    });
    new ConfigExtension(stack, 'Config', {
      parameters: [parameter, secure], appConfig: [{ environment, profileId: 'abc1234' }], port: 2772,
    }).attachTo(newFunction(stack));
    const rendered = JSON.stringify(settings('CONFIG_EXTENSION_CONFIG'));
    expect(rendered).toContain('\\"parameters\\":[\\"/shop/level\\",\\"/shop/token\\"]');
    expect(rendered).toContain('\\"profile\\":\\"abc1234\\"');
    expect(rendered).toContain('\\"refreshSeconds\\":60,\\"port\\":2772');
    const granted = JSON.stringify(statements());
    expect(statements()).toEqual(expect.arrayContaining([expect.objectContaining({ Action: 'ssm:GetParameter' })]));
    expect(granted).toContain('parameter/shop/level');
    expect(granted).toContain('/configuration/abc1234');
    expect(granted).toContain('kms:Decrypt');
    expect(granted).not.toMatch(/"Resource":"\*"/);
  });
});

describe('TelemetryExtension', () => {
  const attached = (destination: TelemetryDestination) => {
    const layer = new TelemetryExtension(stack, 'Telemetry', {
      destination, types: [TelemetryType.PLATFORM], metricNamespace: 'Shop', flush: Duration.seconds(5), buffer: Size.mebibytes(2),
    });
    layer.attachTo(newFunction(stack));
    return JSON.stringify(settings('TELEMETRY_EXTENSION_CONFIG'));
  };

  test('to Firehose', () => {
    const stream = firehose.DeliveryStream.fromDeliveryStreamArn(stack, 'Stream', 'arn:aws:firehose:eu-central-1:111122223333:deliverystream/logs');
    expect(JSON.parse(JSON.parse(attached(TelemetryDestination.firehose(stream))) as string)).toEqual({
      types: ['platform'], destination: { kind: 'firehose', stream: 'logs' }, namespace: 'Shop', bufferBytes: 2097152, flushSeconds: 5,
    });
    expect(statements()).toEqual([{
      Effect: 'Allow', Action: 'firehose:PutRecordBatch', Resource: 'arn:aws:firehose:eu-central-1:111122223333:deliverystream/logs',
    }]);
  });

  test('to a bucket', () => {
    const bucket = new s3.Bucket(stack, 'Bucket', { encryptionKey: new kms.Key(stack, 'Key') });
    expect(attached(TelemetryDestination.s3(bucket, { prefix: 't/' }))).toContain('\\"prefix\\":\\"t/\\"');
    expect(JSON.stringify(statements())).toContain('/t/*');
    expect(statements()).toMatchObject([{ Action: 's3:PutObject' }, { Action: ['kms:GenerateDataKey', 'kms:Decrypt'] }]);
  });

  test('to a collector, with headers that no template shows', () => {
    const headers = secretsmanager.Secret.fromSecretNameV2(stack, 'Headers', 'otlp');
    expect(attached(TelemetryDestination.otlp('https://otlp.example.com', { headers }))).toContain('\\"headersSecret\\":');
    expect(JSON.stringify(statements())).toContain('secretsmanager:GetSecretValue');
  });

  test('with a namespace that is only known at deployment, and a buffer of no whole number of bytes', () => {
    new TelemetryExtension(stack, 'Telemetry', {
      destination: TelemetryDestination.emf(), metricNamespace: new CfnParameter(stack, 'Namespace').valueAsString, buffer: Size.mebibytes(2.3),
    }).attachTo(newFunction(stack));
    const rendered = JSON.stringify(settings('TELEMETRY_EXTENSION_CONFIG'));
    expect(rendered).toContain('{"Ref":"Namespace"}');
    expect(rendered).toContain('\\"bufferBytes\\":2411724,');
  });

  test('into the log, for which it needs no permission', () => {
    expect(attached(TelemetryDestination.emf())).toContain('emf');
    expect(statements()).toEqual([]);
  });
});

describe('SecurityExtension', () => {
  test('has the manifests of the layers that it watches, and of its own', () => {
    const libs = new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files(folderOf({ 'a.txt': 'a' }))] });
    const advisories = folderOf({ 'osv.json': '[]' });
    const layer = new SecurityExtension(stack, 'Security', {
      layers: [libs], advisories: [`${advisories}/osv.json`], onFinding: SecurityAction.STOP, checks: [SecurityCheck.CHANGES], ignore: ['other/**'],
    });
    const fn = newFunction(stack);
    libs.attachTo(fn);
    layer.attachTo(fn);
    const digest = libs.manifest.digest.slice(0, 12);
    expect(layer.manifest.files.map(({ path }) => path)).toEqual([
      'extensions/security-extension', 'security-extension/advisories/osv.json',
      `security-extension/manifests/0-${digest}.json`, 'security-extension/manifests/own.json',
    ]);
    expect(JSON.parse(settings('SECURITY_EXTENSION_CONFIG') as string)).toEqual({
      manifests: [`0-${digest}.json`, 'own.json'], advisories: ['osv.json'], onFinding: 'stop', ignore: ['other/**'], detect: ['changes'],
    });
    expect(statements()).toEqual([]);
  });

  test('is held against the layers that the function has', () => {
    const layerWith = (id: string) => new SharedDependencyLayer(stack, id, { content: [LayerContent.files(folderOf({ [`${id}.txt`]: id }))] });
    const [libs, others] = [layerWith('Libs'), layerWith('Others')];
    const security = new SecurityExtension(stack, 'Security', { layers: [libs], onFinding: SecurityAction.STOP });
    const fn = newFunction(stack);
    [libs, others, security].forEach((layer) => layer.attachTo(fn));
    const [watch, ...rest] = LayerRules.of(stack).report().findings.filter(({ rule }) => rule === 'SecurityWatch');
    expect(rest).toEqual([]);
    expect(watch).toMatchObject({ severity: 'error', constructPath: 'Shop/Orders' });
    expect(watch.message).toContain('Shop/Others: a layer of the function, but not named there');
    expect(watch.message).not.toContain('Shop/Libs:');
  });

  test.each(['[]', ' [{"id": "A"}]\n', '{"id": "A"}\n{"id": "B"}\n\n', '{\n}'])('advisories may be %j', (content) => {
    const advisories = [`${folderOf({ 'osv.json': content })}/osv.json`];
    expect(() => new SecurityExtension(stack, 'Security', { advisories, ignore: ['a/{b,c}/[!x]*', '**/*.txt', 'a\\[b', '[\\]]'] })).not.toThrow();
  });

  test('a layer whose files are not known is refused', () => {
    const foreign = lambda.LayerVersion.fromLayerVersionArn(stack, 'Foreign', 'arn:aws:lambda:eu-central-1:111122223333:layer:x:1');
    const message = messageOf(() => new SecurityExtension(stack, 'Security', { layers: [foreign] }));
    expect(message).toContain('the files of a layer in `layers` are not known');
  });

  test('another file in the place of a manifest is refused', () => {
    const content = [LayerContent.files(folderOf({ 'own.json': '{"files": []}' }), { destination: 'security-extension/manifests' })];
    const message = messageOf(() => new ExtensionLayer(stack, 'Security', { extensions: [ExtensionCode.security({})], content }));
    expect(message).toMatch(/^Shop\/Security: two contents bring the same path[^]*security-extension\/manifests\/own\.json/);
  });

  test('in unit tests of users there are no manifests', () => {
    stack = newStack({ context: LayerTesting.stubContext() });
    const libs = new SharedDependencyLayer(stack, 'Libs', { content: [LayerContent.files(folderOf({ 'a.txt': 'a' }))] });
    const fn = newFunction(stack);
    libs.attachTo(fn);
    new SecurityExtension(stack, 'Security', { layers: [libs] }).attachTo(fn);
    // As it would have been built.
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::LayerVersion', { CompatibleArchitectures: ['x86_64'] });
    expect(JSON.parse(settings('SECURITY_EXTENSION_CONFIG') as string)).toMatchObject({ manifests: ['own.json'] });
  });
});

describe('several in one layer', () => {
  const all = (): ExtensionLayerProps => ({
    extensions: [
      ExtensionCode.secrets({ secrets: [secretsmanager.Secret.fromSecretNameV2(stack, 'Db', 'db')] }),
      ExtensionCode.config({ parameters: [ssm.StringParameter.fromStringParameterName(stack, 'Level', 'level')] }),
      ExtensionCode.telemetry({ destination: TelemetryDestination.emf() }),
      ExtensionCode.security({}),
    ],
  });

  test.each([lambda.Architecture.X86_64, lambda.Architecture.ARM_64])('are one program with links to it, for $name', (architecture) => {
    const layer = new ExtensionLayer(stack, 'All', { ...all(), compatibleArchitectures: [architecture] });
    expect(programs(layer)).toEqual([
      'link extensions/config-extension', '0755 extensions/secrets-extension',
      'link extensions/security-extension', 'link extensions/telemetry-extension',
    ]);
    expect(layer.manifest.unzippedBytes).toBeLessThan(12_000_000);
    expect(Object.keys(layer.environment)).toEqual([
      'SECRETS_EXTENSION_CONFIG', 'CONFIG_EXTENSION_CONFIG', 'TELEMETRY_EXTENSION_CONFIG', 'SECURITY_EXTENSION_CONFIG',
    ]);
  });

  test('are started by scripts where links are not trusted', () => {
    stack = newStack({ context: { 'cdk-lambda-layers:extensionLinks': false } });
    const layer = new ExtensionLayer(stack, 'All', all());
    expect(programs(layer)).toEqual(['config', 'secrets', 'security', 'telemetry'].map((name) => `0755 extensions/${name}-extension`));
    expect(layer.manifest.programs.map(({ format }) => format)).toEqual(['script', 'elf', 'script', 'script']);
  });
});

test('one of a kind in a layer is told once, with what to do', () => {
  const secrets = (id: string): ExtensionCode => ExtensionCode.secrets({ secrets: [secretsmanager.Secret.fromSecretNameV2(stack, id, id)] });
  const message = messageOf(() => new ExtensionLayer(stack, 'X', { extensions: [secrets('a'), secrets('b')] }));
  expect(message.match(/^Shop\/X: .*/gm)).toEqual(['Shop/X: the layer has a ready-made extension twice']);
  expect(message).toMatch(/got: secrets-extension\n[^]*do: name all that it shall do in one `ExtensionCode`/);
});

test.each<[string, () => unknown, string]>([
  ['no secret', () => new SecretsExtension(stack, 'X', { secrets: [] }), '`secrets` names nothing'],
  ['no parameter', () => new ConfigExtension(stack, 'X', {}), '`parameters` or `appConfig` names nothing'],
  ['a refresh of no time', () => new ConfigExtension(stack, 'X', {
    parameters: [ssm.StringParameter.fromStringParameterName(stack, 'P', 'p')], refresh: Duration.millis(500),
  }), '`refresh` is no time'],
  ['one port for two', () => new ExtensionLayer(stack, 'X', { extensions: [
    ExtensionCode.secrets({ secrets: [secretsmanager.Secret.fromSecretNameV2(stack, 'Db', 'db')], port: 2776 }),
    ExtensionCode.config({ parameters: [ssm.StringParameter.fromStringParameterName(stack, 'P', 'p')] }),
  ] }), 'two extensions of the layer listen on one port'],
  ['a port of Lambda', () => new ConfigExtension(stack, 'X', {
    parameters: [ssm.StringParameter.fromStringParameterName(stack, 'P', 'p')], port: 9001,
  }), '`port` cannot be listened on'],
  ['a buffer that does not hold two events', () => new TelemetryExtension(stack, 'X', {
    destination: TelemetryDestination.emf(), buffer: Size.kibibytes(2047),
  }), '`buffer` is too small'],
  ['a buffer that is only known at deployment', () => new TelemetryExtension(stack, 'X', {
    destination: TelemetryDestination.emf(), buffer: Size.mebibytes(new CfnParameter(stack, 'P', { type: 'Number' }).valueAsNumber),
  }), 'got: a size that is only known at deployment'],
  ['a refresh that is only known at deployment', () => new ConfigExtension(stack, 'X', {
    parameters: [ssm.StringParameter.fromStringParameterName(stack, 'P', 'p')],
    refresh: Duration.seconds(new CfnParameter(stack, 'R', { type: 'Number' }).valueAsNumber),
  }), 'got: a time that is only known at deployment'],
  ['a flush that comes too late', () => new TelemetryExtension(stack, 'X', {
    destination: TelemetryDestination.emf(), flush: Duration.seconds(301),
  }), '`flush` lets events wait for longer'],
  ['metrics without what they are made of', () => new TelemetryExtension(stack, 'X', {
    destination: TelemetryDestination.emf(), types: [TelemetryType.FUNCTION],
  }), '`emf` takes metrics alone'],
  ['a prefix that is a pattern', () => new TelemetryExtension(stack, 'X', {
    destination: TelemetryDestination.s3(new s3.Bucket(stack, 'B'), { prefix: '*' }),
  }), 'would be a pattern in the permission'],
  ['a namespace of AWS', () => new TelemetryExtension(stack, 'X', {
    destination: TelemetryDestination.emf(), metricNamespace: 'AWS/Lambda',
  }), '`metricNamespace` is none for metrics'],
  ['a folder of advisories', () => new SecurityExtension(stack, 'X', { advisories: [folderOf({ 'osv.json': '[]' })] }), 'a folder'],
  ['an archive of advisories', () => new SecurityExtension(stack, 'X', { advisories: [`${folderOf({ 'all.zip': 'PK' })}/all.zip`] }), 'an archive'],
  ['an answer that is no advisory list', () => new SecurityExtension(stack, 'X', {
    advisories: [`${folderOf({ 'osv.json': '<html>404</html>\n' })}/osv.json`],
  }), 'no JSON of advisories'],
  ['half of an advisory list', () => new SecurityExtension(stack, 'X', {
    advisories: [`${folderOf({ 'osv.json': '[{"id": "A"},\n' })}/osv.json`],
  }), 'no JSON of advisories'],
  ...['', '\uFEFF[]'].map((content): [string, () => unknown, string] => [
    `an advisory list of ${JSON.stringify(content)}`,
    () => new SecurityExtension(stack, 'X', { advisories: [`${folderOf({ 'osv.json': content })}/osv.json`] }), 'no JSON of advisories',
  ]),
  ...['[', 'a/[]', '[!]]', '{a,b', 'a}', 'a\\', '/opt/python/**'].map((pattern): [string, () => unknown, string] => [
    `to ignore ${pattern}`, () => new SecurityExtension(stack, 'X', { ignore: ['ok/**', pattern] }), `got: ${JSON.stringify(pattern)}\n`,
  ]),
  ['an advisory list that is not there', () => new SecurityExtension(stack, 'X', { advisories: ['no-such-file.json'] }), 'does not exist'],
])('%s is refused', (_what, make, said) => {
  const message = messageOf(make);
  expect(message).toMatch(/^Shop\/X: /);
  expect(message).toContain(said);
});

/** What the constructor of a layer says to a destination. */
const refusalOf = (...destination: Parameters<typeof TelemetryDestination.otlp>): string => messageOf(() => (
  new TelemetryExtension(newStack({ context: LayerTesting.stubContext() }), 'X', { destination: TelemetryDestination.otlp(...destination) })
));

test.each(['https://otlp.example.com:abc', 'https://otlp.example.com:70000', 'https://ot%zz.example.com'])('the endpoint %s is refused', (endpoint) => {
  expect(refusalOf(endpoint)).toContain('this is no endpoint for telemetry');
});

test.each([
  ['https://user:secret@otlp.example.com'], ['https://otlp.example.com/v1?key=secret'], ['https://otlp.example.com#secret'],
])('the endpoint %s with credentials in it is refused, and they are not told', (endpoint) => {
  const message = refusalOf(endpoint);
  expect(message).toMatch(/^Shop\/X: /);
  expect(message).toContain('this is no endpoint for telemetry');
  expect(message).not.toContain('secret@');
  expect(message).not.toMatch(/[=#]secret/);
});

test('secret headers are not sent without encryption, but to this machine', () => {
  const headers = secretsmanager.Secret.fromSecretNameV2(stack, 'Headers', 'otlp');
  for (const endpoint of ['http://otlp.example.com', 'http://localhost.example.com', 'http://127.example.com']) {
    expect(refusalOf(endpoint, { headers })).toContain('without encryption');
  }
  for (const endpoint of ['http://localhost:4318', 'http://localhost', 'http://127.0.0.1:4318', 'https://otlp.example.com/base']) {
    expect(() => TelemetryDestination.otlp(endpoint, { headers })._render()).not.toThrow();
  }
  expect(() => TelemetryDestination.otlp('http://otlp.example.com')._render()).not.toThrow();
});
