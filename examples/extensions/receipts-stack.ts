import * as path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { NagSuppressions } from 'cdk-nag';
import type { Construct } from 'constructs';
import { ExtensionCode, ExtensionLayer, SecretsExtension, TelemetryDestination, TelemetryExtension, TelemetryType } from '../../lib';

export interface ReceiptsStackProps extends StackProps {
  /**
   * @default Runtime.PYTHON_3_13
   */
  readonly pythonRuntime?: lambda.Runtime;

  /**
   * How soon functions see that the key was rotated.
   *
   * @default Duration.minutes(5)
   */
  readonly keyRefresh?: Duration;
}

/** A Python function that signs receipts and a Node.js function that verifies them, with a key that rotates, and three layers of extensions. */
export class ReceiptsStack extends Stack {
  /** In the order in which functions get them. */
  public readonly layers: readonly ExtensionLayer[];

  constructor(scope: Construct, id: string, props: ReceiptsStackProps = {}) {
    super(scope, id, props);

    const receiptKey = new Secret(this, 'ReceiptKey', { generateSecretString: { passwordLength: 64, excludePunctuation: true } });

    // Serves the key to both languages, and sees when it was rotated.
    const secrets = new SecretsExtension(this, 'Secrets', {
      purpose: 'secrets',
      secrets: [receiptKey],
      refresh: props.keyRefresh,
    });

    // Cold starts, durations and errors, as metrics of CloudWatch.
    const telemetry = new TelemetryExtension(this, 'Telemetry', {
      purpose: 'telemetry',
      destination: TelemetryDestination.emf(),
      types: [TelemetryType.PLATFORM],
      metricNamespace: 'Receipts',
    });

    // An extension of our own: tells how full functions leave /tmp, which outlives an invocation.
    const tmpWatch = new ExtensionLayer(this, 'TmpWatch', {
      purpose: 'tmp-watch',
      extensions: [ExtensionCode.goModule(path.join(__dirname, 'extensions', 'tmp-watch'), {
        supportFiles: path.join(__dirname, 'extensions', 'tmp-watch', 'support'),
      })],
    });
    this.layers = [secrets, telemetry, tmpWatch];

    const environment = { RECEIPT_KEY: receiptKey.secretArn };
    const functions = [
      this.makeFunction('SignReceipt', props.pythonRuntime ?? lambda.Runtime.PYTHON_3_13, 'sign-receipt', environment),
      this.makeFunction('VerifyReceipt', lambda.Runtime.NODEJS_22_X, 'verify-receipt', environment),
    ];
    this.layers.forEach((layer) => layer.attachTo(...functions));
    functions.forEach((fn) => new CfnOutput(this, `${fn.node.id}Name`, { value: fn.functionName }));
    new CfnOutput(this, 'KeyArn', { value: receiptKey.secretArn });

    // What cdk-nag's AwsSolutions pack finds, and why it stays.
    NagSuppressions.addResourceSuppressions(receiptKey, [{
      id: 'AwsSolutions-SMG4',
      reason: 'The README rotates the key by hand, to show that functions follow; a schedule of rotations changes nothing for them.',
    }]);
  }

  private makeFunction(id: string, runtime: lambda.Runtime, folder: string, environment: Record<string, string>): lambda.Function {
    const fn = new lambda.Function(this, id, {
      runtime,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'functions', folder)),
      environment,
      timeout: Duration.seconds(10),
      memorySize: 512,
      logGroup: new LogGroup(this, `${id}Log`, { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY }),
    });
    NagSuppressions.addResourceSuppressions(fn, [{
      id: 'AwsSolutions-L1',
      reason: 'The runtime before the newest one is supported, and is what the example is tested on.',
    }]);
    NagSuppressions.addResourceSuppressions(fn.role!, [{
      id: 'AwsSolutions-IAM4',
      reason: 'AWSLambdaBasicExecutionRole allows writing logs, and nothing else.',
      appliesTo: ['Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
    }]);
    return fn;
  }
}
