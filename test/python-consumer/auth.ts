// The app of auth.py and of java-consumer's Auth.java, by the library itself: auth.ts OUTDIR ALGORITHM…. A failing synth prints the message alone.
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AuthKey, AuthUtilsLayer, type JwtAlgorithm } from '../../lib';

const [outdir, ...algorithms] = process.argv.slice(2);

function synthesise(): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Consumer');
  const secret = new Secret(stack, 'Jwt');
  const auth = new AuthUtilsLayer(stack, 'Auth', {
    key: AuthKey.secret(secret, { field: 'secret', cacheTtl: Duration.minutes(10), overlap: Duration.hours(1) }),
    algorithms: algorithms as JwtAlgorithm[],
    issuer: 'https://issuer.example',
    audience: ['orders'],
    leeway: Duration.seconds(30),
    description: 'who calls',
  });
  auth.attachTo(
    new LambdaFunction(stack, 'Orders', {
      runtime: Runtime.PYTHON_3_13,
      handler: 'index.handler',
      code: Code.fromInline('from auth_utils import verify_token'),
      environment: { STAGE: 'test' },
    }),
    new LambdaFunction(stack, 'Reports', {
      runtime: Runtime.NODEJS_22_X, handler: 'index.handler', code: Code.fromInline("const { verifyToken } = require('auth-utils')"),
    }),
  );
  app.synth();
  console.log(Object.keys(auth.environment).join(' '));
  console.log(auth.manifest.packages.map(({ name, version }) => `${name} ${version}`).join('\n'));
}

try {
  synthesise();
} catch (error) {
  console.log((error as Error).message);
  process.exitCode = 1;
}
