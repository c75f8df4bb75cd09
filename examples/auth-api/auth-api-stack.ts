import * as path from 'node:path';
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { NagSuppressions } from 'cdk-nag';
import type { Construct } from 'constructs';
import { AuthKey, AuthUtilsLayer, JwtAlgorithm } from '../../lib';

export interface AuthApiStackProps extends StackProps {
  /**
   * @default Runtime.PYTHON_3_13
   */
  readonly pythonRuntime?: lambda.Runtime;
}

/** An HTTP API with a Python and a Node.js function, which share the layer that verifies their callers' tokens. */
export class AuthApiStack extends Stack {
  public readonly auth: AuthUtilsLayer;

  constructor(scope: Construct, id: string, props: AuthApiStackProps = {}) {
    super(scope, id, props);

    // CloudFormation makes a secret of 64 letters and digits; who issues tokens reads it from there.
    const jwtSecret = new Secret(this, 'JwtSecret', {
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'secret', passwordLength: 64, excludePunctuation: true },
    });

    this.auth = new AuthUtilsLayer(this, 'Auth', {
      key: AuthKey.secret(jwtSecret, { field: 'secret' }),
      algorithms: [JwtAlgorithm.HS256],
      issuer: 'https://issuer.example',
      audience: ['orders'],
      description: 'Verifies the tokens of the orders API',
    });

    const listOrders = this.makeFunction('ListOrders', props.pythonRuntime ?? lambda.Runtime.PYTHON_3_13, 'list-orders');
    const getOrder = this.makeFunction('GetOrder', lambda.Runtime.NODEJS_22_X, 'get-order');
    this.auth.attachTo(listOrders, getOrder);

    const api = new HttpApi(this, 'Api', { createDefaultStage: false });
    const routes = [
      ...api.addRoutes({ path: '/orders', methods: [HttpMethod.GET], integration: new HttpLambdaIntegration('List', listOrders) }),
      ...api.addRoutes({ path: '/orders/{id}', methods: [HttpMethod.GET], integration: new HttpLambdaIntegration('Get', getOrder) }),
    ];
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      throttle: { rateLimit: 100, burstLimit: 200 },
      accessLogSettings: { destination: new LogGroupLogDestination(this.makeLogGroup('AccessLog')) },
    });
    new CfnOutput(this, 'Url', { value: stage.url });
    new CfnOutput(this, 'SecretArn', { value: jwtSecret.secretArn });

    // What cdk-nag's AwsSolutions pack finds, and why it stays.
    NagSuppressions.addResourceSuppressions(jwtSecret, [{
      id: 'AwsSolutions-SMG4',
      reason: 'Whoever signs tokens must take the new secret too: the issuer rotates it, and the functions see the new value by themselves.',
    }]);
    NagSuppressions.addResourceSuppressions(routes.map((route) => route.node.defaultChild!), [{
      id: 'AwsSolutions-APIG4',
      reason: 'Both functions verify the token themselves, with the layer that this example is about.',
    }]);
  }

  private makeFunction(id: string, runtime: lambda.Runtime, folder: string): lambda.Function {
    const fn = new lambda.Function(this, id, {
      runtime,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(path.join(__dirname, 'functions', folder)),
      timeout: Duration.seconds(10),
      memorySize: 512,
      logGroup: this.makeLogGroup(`${id}Log`),
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

  private makeLogGroup(id: string): LogGroup {
    return new LogGroup(this, id, { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
  }
}
