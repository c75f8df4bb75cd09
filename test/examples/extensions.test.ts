import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import type { App } from 'aws-cdk-lib';
import { checkWithNag } from './support/nag';
import { ReceiptsStack } from '../../examples/extensions/receipts-stack';

const RUN = path.join(__dirname, '../../examples/extensions/run.ts');

const makeStack = (app: App): ReceiptsStack => new ReceiptsStack(app, 'Receipts');

describe('the example of functions with extensions', () => {
  const { findings, template } = checkWithNag(makeStack);

  const FINDINGS = [
    'AwsSolutions-IAM4 Receipts/SignReceipt/ServiceRole/Resource',
    'AwsSolutions-IAM4 Receipts/VerifyReceipt/ServiceRole/Resource',
    'AwsSolutions-L1 Receipts/SignReceipt/Resource',
    'AwsSolutions-L1 Receipts/VerifyReceipt/Resource',
    'AwsSolutions-SMG4 Receipts/ReceiptKey/Resource',
  ];

  test('has no finding of AwsSolutions that is not explained, and explains none that is not there', () => {
    expect(findings.open).toEqual([]);
    expect(Object.keys(findings.explained).sort()).toEqual(FINDINGS);
    expect(Object.values(findings.explained).filter((reason) => reason.length < 40)).toEqual([]);
    expect([...findings.checked]).toEqual(expect.arrayContaining(['AwsSolutions-IAM5']));
  });

  test('has the same findings when nothing is explained: they are no leftovers', () => {
    const bare = checkWithNag(makeStack, false).findings;
    expect(bare.explained).toEqual({});
    expect(bare.open.sort()).toEqual(FINDINGS);
  });

  test('gives both functions the three layers in their order, their settings and the key, and no more', () => {
    const [secret] = Object.keys(template.findResources('AWS::SecretsManager::Secret'));
    const layers = Object.keys(template.findResources('AWS::Lambda::LayerVersion'));
    const functions = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties: properties }) => properties);
    expect(functions.map(({ Runtime: runtime }) => runtime).sort()).toEqual(['nodejs22.x', 'python3.13']);
    for (const { Layers: list, Environment: { Variables: variables } } of functions) {
      expect(list.map(({ Ref: layer }: { Ref: string }) => layer.slice(0, -8))).toEqual(['Secrets', 'Telemetry', 'TmpWatch']);
      expect(list.map(({ Ref: layer }: { Ref: string }) => layer).sort()).toEqual(layers.sort());
      expect(variables).toEqual({
        RECEIPT_KEY: { Ref: secret },
        SECRETS_EXTENSION_CONFIG: { 'Fn::Join': ['', ['{"secrets":["', { Ref: secret }, '"],"refreshSeconds":300,"port":2775}']] },
        TELEMETRY_EXTENSION_CONFIG:
          '{"types":["platform"],"destination":{"kind":"emf"},"namespace":"Receipts","bufferBytes":4194304,"flushSeconds":10}',
      });
    }
    const mayRead = {
      Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Effect: 'Allow', Resource: { Ref: secret },
    };
    const policies = Object.values(template.findResources('AWS::IAM::Policy'));
    expect(policies.map(({ Properties: properties }) => properties.PolicyDocument.Statement)).toEqual([[mayRead], [mayRead]]);
  });

  test('the program prints what is in the layers, what the functions got and what it costs, and ends well', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', RUN], { encoding: 'utf8', timeout: 100_000 });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    for (const program of ['Secrets: extensions/secrets-extension', 'Telemetry: extensions/telemetry-extension', 'TmpWatch: extensions/tmp-watch']) {
      expect(stdout).toMatch(new RegExp(`^${program} +program for x86_64 +[\\d,]{7,}$`, 'm'));
    }
    expect(stdout).toMatch(/^TmpWatch: tmp-watch\/ +\d+$/m);
    expect(stdout.match(/^SECRETS_EXTENSION_CONFIG +\{"secrets":\["<ReceiptKey\w+>"\]/gm)).toHaveLength(2);
    expect(stdout.match(/^may +secretsmanager:GetSecretValue, secretsmanager:DescribeSecret on <ReceiptKey\w+>$/gm)).toHaveLength(2);
    expect(stdout.match(/^costs +1 GetSecretValue when an environment starts, and at most 15 in each hour that it runs$/gm)).toHaveLength(2);
    expect(stdout).toMatch(/^rules: none is broken/m);
  });
});
