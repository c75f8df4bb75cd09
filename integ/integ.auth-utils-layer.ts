import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { AuthKey, AuthUtilsLayer, JwtAlgorithm } from '../lib';

const PYTHON = `
from auth_utils import require_auth

@require_auth
def handler(event, context):
    return {'statusCode': 200, 'body': event['requestContext']['authorizer']['claims']['sub']}
`;

const NODEJS = `
const { requireAuth } = require('auth-utils');

exports.handler = requireAuth((event) => ({ statusCode: 200, body: event.requestContext.authorizer.claims.sub }));
`;

/** A layer by its defaults, one that says everything, and one for published keys, each with a function of both languages behind a URL. */
class AuthStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);

    const byDefault = new AuthUtilsLayer(this, 'ByDefault', { key: AuthKey.environment('JWT_SECRET') });
    byDefault.attachTo(...this.functions('Default', { JWT_SECRET: 'only a test, and nobody issues tokens with it' }));

    const spelledOut = new AuthUtilsLayer(this, 'SpelledOut', {
      key: AuthKey.secret(new Secret(this, 'Jwt', { generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'secret' } }), {
        field: 'secret', cacheTtl: Duration.minutes(10), overlap: Duration.hours(1),
      }),
      algorithms: [JwtAlgorithm.HS256],
      issuer: 'https://issuer.example',
      audience: ['orders'],
      leeway: Duration.seconds(30),
      requireExpiration: true,
      allowShortSecrets: false,
      maxTokenSize: Size.kibibytes(8),
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_13, lambda.Runtime.NODEJS_24_X],
      description: 'who calls',
    });
    spelledOut.attachTo(...this.functions('SpelledOut'));

    const published = new AuthUtilsLayer(this, 'Published', {
      key: AuthKey.jwks('https://issuer.example/.well-known/jwks.json'),
      algorithms: [JwtAlgorithm.RS256, JwtAlgorithm.ES256],
      compatibleRuntimes: [lambda.Runtime.PYTHON_3_13, lambda.Runtime.NODEJS_24_X],
    });
    published.attachTo(...this.functions('Published'));
  }

  private functions(name: string, environment?: Record<string, string>): lambda.Function[] {
    const functions = [
      new lambda.Function(this, `${name}Python`, {
        runtime: lambda.Runtime.PYTHON_3_13, handler: 'index.handler', code: lambda.Code.fromInline(PYTHON), environment,
      }),
      new lambda.Function(this, `${name}Nodejs`, {
        runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline(NODEJS), environment,
      }),
    ];
    functions.forEach((fn) => fn.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE }));
    return functions;
  }
}

const app = new App();
new IntegTest(app, 'AuthUtilsLayer', { testCases: [new AuthStack(app, 'AuthUtilsLayerStack')] });
