// The app of extensions.py and of java-consumer's Extensions.java, by the library itself: extensions.ts OUTDIR SCRIPT. A failing synth prints the
// message alone.
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import {
  ExtensionCode, ExtensionLayer, SecretsExtension, SecurityAction, SecurityCheck, SecurityExtension, TelemetryDestination, TelemetryType,
} from '../../lib';

const [outdir, script] = process.argv.slice(2);

function synthesise(): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Consumer');
  const fn = new LambdaFunction(stack, 'Orders', {
    runtime: Runtime.PYTHON_3_13, handler: 'index.handler', code: Code.fromInline('def handler(event, context): pass'),
  });
  const secrets = new SecretsExtension(stack, 'Secrets', { secrets: [new Secret(stack, 'Db')], refresh: Duration.minutes(5) });
  secrets.attachTo(fn);
  const audit = new ExtensionLayer(stack, 'Audit', {
    purpose: 'audit',
    extensions: [
      ExtensionCode.script(script, { name: 'audit' }),
      ExtensionCode.config({ parameters: [new StringParameter(stack, 'Level', { stringValue: 'high' })] }),
      ExtensionCode.telemetry({
        destination: TelemetryDestination.emf(), types: [TelemetryType.PLATFORM], flush: Duration.seconds(5), buffer: Size.mebibytes(2),
      }),
    ],
    environment: { AUDIT_LEVEL: 'high' },
  });
  audit.attachTo(fn);
  new SecurityExtension(stack, 'Security', {
    layers: [secrets, audit], onFinding: SecurityAction.STOP, checks: [SecurityCheck.CHANGES, SecurityCheck.CREDENTIALS],
  }).attachTo(fn);
  app.synth();
  console.log(Object.keys(audit.environment).join(' '));
  console.log(audit.manifest.programs.map(({ path, interpreter }) => `${path} ${interpreter ?? 'alone'}`).join('\n'));
}

try {
  synthesise();
} catch (error) {
  console.log((error as Error).message);
  process.exitCode = 1;
}
