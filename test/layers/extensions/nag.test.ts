import { Stack } from 'aws-cdk-lib';
import * as appconfig from 'aws-cdk-lib/aws-appconfig';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import {
  ConfigExtension, ExtensionCode, ExtensionLayer, SecretsExtension, SecurityExtension, TelemetryDestination, TelemetryExtension,
} from '../../../lib';
import { checkWithNag } from '../../examples/support/nag';
import { folderOf, newFunction } from '../support';

/** What cdk-nag's AwsSolutions pack finds on a function with a layer, but what it finds on every function. */
function findingsOf(makeLayer: (stack: Stack) => ExtensionLayer): string[] {
  const { findings } = checkWithNag((app) => {
    const stack = new Stack(app, 'Shop');
    makeLayer(stack).attachTo(newFunction(stack));
    return stack;
  });
  expect(findings.checked).toContain('AwsSolutions-IAM5');
  return findings.open.filter((finding) => !/^AwsSolutions-(?:L1|IAM4)\b/.test(finding));
}

const telemetry = (destination: (stack: Stack) => TelemetryDestination) => (stack: Stack) => new TelemetryExtension(stack, 'Layer', {
  destination: destination(stack),
});

test.each<[string, (stack: Stack) => ExtensionLayer]>([
  ['ExtensionLayer', (stack) => new ExtensionLayer(stack, 'Layer', {
    extensions: [ExtensionCode.script(`${folderOf({ 'audit.sh': '#!/bin/sh\n' })}/audit.sh`)], environment: { AUDIT_LEVEL: 'high' },
  })],
  ['SecretsExtension', (stack) => new SecretsExtension(stack, 'Layer', { secrets: [secretsmanager.Secret.fromSecretCompleteArn(
    stack, 'Db', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:db/prod-AbCdEf',
  )] })],
  ['ConfigExtension', (stack) => new ConfigExtension(stack, 'Layer', {
    parameters: [ssm.StringParameter.fromStringParameterName(stack, 'Level', '/shop/level')],
    appConfig: [{
      environment: new appconfig.Environment(stack, 'Prod', { application: new appconfig.Application(stack, 'App') }), profileId: 'abc1234',
    }],
  })],
  ['TelemetryExtension to Firehose', telemetry((stack) => TelemetryDestination.firehose(
    firehose.DeliveryStream.fromDeliveryStreamArn(stack, 'Stream', 'arn:aws:firehose:eu-central-1:111122223333:deliverystream/logs'),
  ))],
  ['TelemetryExtension into the log', telemetry(() => TelemetryDestination.emf())],
  ['SecurityExtension', (stack) => new SecurityExtension(stack, 'Layer', {})],
])('cdk-nag finds nothing about %s', (_what, makeLayer) => {
  expect(findingsOf(makeLayer)).toEqual([]);
});

test('cdk-nag finds that objects of a bucket are written below a prefix, as their names cannot be known', () => {
  const makeLayer = telemetry((stack) => TelemetryDestination.s3(s3.Bucket.fromBucketName(stack, 'Bucket', 'telemetry')));
  expect(findingsOf(makeLayer)).toEqual(['AwsSolutions-IAM5 Shop/Orders/ServiceRole/DefaultPolicy/Resource']);
});
