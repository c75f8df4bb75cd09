// The app of App.java, by the library itself: app.ts OUTDIR CONTENT_FOLDER IMPORTED_LAYERS [stub]. A failing synth prints the message alone.
import { App, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ImportedLayer, LayerContent, LayerRules, LayerTesting, SharedDependencyLayer } from '../../lib';

const [outdir, folder, imported, stub] = process.argv.slice(2);

function synthesise(): void {
  const app = new App({ outdir, context: stub === undefined ? {} : LayerTesting.stubContext() });
  const stack = new Stack(app, 'Consumer');
  const libs = new SharedDependencyLayer(stack, 'Libs', {
    purpose: 'consumer',
    content: [LayerContent.files(folder, { destination: 'settings', exclude: ['*.bak'] })],
    compatibleRuntimes: [Runtime.JAVA_17, Runtime.PYTHON_3_13],
    description: 'settings',
    license: 'Apache-2.0',
    removalPolicy: RemovalPolicy.DESTROY,
    slim: { installerFiles: true },
  });
  const fn = new LambdaFunction(stack, 'Read', {
    runtime: Runtime.PYTHON_3_13, handler: 'index.handler', code: Code.fromInline('open("/opt/settings/shared.conf")'),
  });
  libs.attachTo(fn);
  for (let number = 0; number < Number(imported); number += 1) {
    ImportedLayer.fromArn(stack, `Imported${number}`, {
      layerVersionArn: `arn:aws:lambda:eu-central-1:111122223333:layer:imported-${number}:1`,
      unzippedSize: Size.mebibytes(1),
    }).attachTo(fn);
  }
  app.synth();
  for (const { functionPath, layers } of LayerRules.of(app).report().functions) {
    console.log(`${functionPath}: ${layers.map(({ name, unzippedBytes }) => `${name} ${unzippedBytes ?? 'unknown'}`).join(', ')}`);
  }
}

try {
  synthesise();
} catch (error) {
  console.log((error as Error).message);
  process.exitCode = 1;
}
