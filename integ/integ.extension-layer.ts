import * as path from 'node:path';
import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import {
  BundlingMode, ExtensionCode, ExtensionLayer, LayerRules, SecretsExtension, SecurityAction, SecurityCheck, TelemetryDestination, TelemetryType,
} from '../lib';

const EXTENSIONS = path.join(__dirname, 'content', 'extensions');

/**
 * The ready-made extensions are compiled, so that their bytes, and with them the hash of the asset, move with every version of Go. What this test
 * keeps is the template around them: settings, permissions and the order of layers.
 */
const STUB = { mode: BundlingMode.STUB };

/** A layer with a script of one's own, one with a ready-made extension and one with several, on functions of two languages. */
class ExtensionsStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const functions = [
      new lambda.Function(this, 'Python', {
        runtime: lambda.Runtime.PYTHON_3_13, handler: 'index.handler', code: lambda.Code.fromInline('def handler(event, context): pass'),
      }),
      new lambda.Function(this, 'Nodejs', {
        runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = async () => {};'),
      }),
    ];

    const audit = new ExtensionLayer(this, 'Audit', {
      purpose: 'audit',
      extensions: [ExtensionCode.script(path.join(EXTENSIONS, 'audit.sh'), { supportFiles: path.join(EXTENSIONS, 'audit') })],
      environment: { AUDIT_LEVEL: 'high' },
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_13, lambda.Runtime.NODEJS_24_X],
      removalPolicy: RemovalPolicy.DESTROY,
    });
    audit.attachTo(...functions);

    const secrets = new SecretsExtension(this, 'Secrets', {
      secrets: [new Secret(this, 'Db')], refresh: Duration.minutes(2), bundling: STUB,
    });
    secrets.attachTo(...functions);

    new ExtensionLayer(this, 'Combined', {
      extensions: [
        ExtensionCode.config({ parameters: [new StringParameter(this, 'Level', { stringValue: 'high' })] }),
        ExtensionCode.telemetry({
          destination: TelemetryDestination.s3(new Bucket(this, 'Telemetry')), types: [TelemetryType.PLATFORM], buffer: Size.mebibytes(2),
        }),
        ExtensionCode.security({ layers: [audit, secrets], onFinding: SecurityAction.STOP, checks: [SecurityCheck.CHANGES] }),
      ],
      compatibleArchitectures: [lambda.Architecture.X86_64],
      bundling: STUB,
    }).attachTo(...functions);
  }
}

const app = new App();
LayerRules.of(app).acknowledge('StubBuild', 'compiled bytes are no part of the snapshot, and the app is never deployed');
new IntegTest(app, 'ExtensionLayer', { testCases: [new ExtensionsStack(app, 'ExtensionLayerStack')] });
