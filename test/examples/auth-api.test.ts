import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { checkWithNag } from './support/nag';
import { AuthApiStack } from '../../examples/auth-api/auth-api-stack';

const RUN = path.join(__dirname, '../../examples/auth-api/run.ts');

const makeStack = (app: App): AuthApiStack => new AuthApiStack(app, 'AuthApi');

describe('the example of an API whose functions share the auth layer', () => {
  const { findings, template } = checkWithNag(makeStack);

  const FINDINGS = [
    'AwsSolutions-APIG4 AuthApi/Api/GET--orders--{id}/Resource',
    'AwsSolutions-APIG4 AuthApi/Api/GET--orders/Resource',
    'AwsSolutions-IAM4 AuthApi/GetOrder/ServiceRole/Resource',
    'AwsSolutions-IAM4 AuthApi/ListOrders/ServiceRole/Resource',
    'AwsSolutions-L1 AuthApi/GetOrder/Resource',
    'AwsSolutions-L1 AuthApi/ListOrders/Resource',
    'AwsSolutions-SMG4 AuthApi/JwtSecret/Resource',
  ];

  test('has no finding of AwsSolutions that is not explained, and explains none that is not there', () => {
    expect(findings.open).toEqual([]);
    expect(Object.keys(findings.explained).sort()).toEqual(FINDINGS);
    expect(Object.values(findings.explained).filter((reason) => reason.length < 40)).toEqual([]);
    expect([...findings.checked]).toEqual(expect.arrayContaining(['AwsSolutions-APIG1', 'AwsSolutions-IAM5']));
  });

  test('has the same findings when nothing is explained: they are no leftovers', () => {
    const bare = checkWithNag(makeStack, false).findings;
    expect(bare.explained).toEqual({});
    expect(bare.open.sort()).toEqual(FINDINGS);
  });

  test('gives both functions the layer, the settings and the secret, and no more', () => {
    const secret = Object.keys(template.findResources('AWS::SecretsManager::Secret'));
    const layer = Object.keys(template.findResources('AWS::Lambda::LayerVersion'));
    expect([secret.length, layer.length]).toEqual([1, 1]);

    const functions = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties: properties }) => properties);
    expect(functions.map(({ Runtime: runtime }) => runtime).sort()).toEqual(['nodejs22.x', 'python3.13']);
    const settings = '"field":"secret"},"algorithms":["HS256"],"issuer":"https://issuer.example","audience":["orders"]}';
    for (const { Layers: layers, Environment: environment } of functions) {
      expect(layers).toEqual([{ Ref: layer[0] }]);
      expect(environment).toEqual({
        Variables: { AUTH_UTILS_CONFIG: { 'Fn::Join': ['', ['{"key":{"type":"secret","id":"', { Ref: secret[0] }, `",${settings}`]] } },
      });
    }

    const policies = Object.values(template.findResources('AWS::IAM::Policy'));
    const mayRead = {
      Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Effect: 'Allow', Resource: { Ref: secret[0] },
    };
    expect(policies.map(({ Properties: properties }) => properties.PolicyDocument.Statement)).toEqual([[mayRead], [mayRead]]);
  });

  test('routes GET /orders to the Python function, GET /orders/{id} to the other, and logs who calls', () => {
    const integrations = template.findResources('AWS::ApiGatewayV2::Integration');
    const functions = template.findResources('AWS::Lambda::Function');
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties: { RouteKey: key, Target: target } }) => {
      const { Properties: { IntegrationUri: uri, PayloadFormatVersion: version } } = integrations[target['Fn::Join'][1][1].Ref];
      return [key, functions[uri['Fn::GetAtt'][0]].Properties.Runtime, version];
    });
    expect(routes).toEqual([['GET /orders', 'python3.13', '2.0'], ['GET /orders/{id}', 'nodejs22.x', '2.0']]);
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      AccessLogSettings: { DestinationArn: Match.anyValue(), Format: Match.stringLikeRegexp('status') },
    });
  });

  test('the program prints what is in the layer and what the functions got, and ends well', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', RUN], { encoding: 'utf8', timeout: 100_000 });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^PyJWT +2\.[\d.]+ +[\d,]+$/m);
    expect(stdout).toMatch(/^jose +6\.[\d.]+ +[\d,]+$/m);
    expect(stdout.match(/^AUTH_UTILS_CONFIG +\{"key":\{"type":"secret","id":"<JwtSecret\w+>"/gm)).toHaveLength(2);
    expect(stdout.match(/^may +secretsmanager:GetSecretValue, secretsmanager:DescribeSecret on <JwtSecret\w+>$/gm)).toHaveLength(2);
    expect(stdout).toMatch(/^rules: none is broken/m);
  });
});
