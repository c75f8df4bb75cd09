// The app of app.py, by the library itself: app.ts OUTDIR LAYER_FOLDER IMPORTED_LAYERS [REASON]. A failing synth prints the message alone.
// A reason acknowledges LayerCount.
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingMode, ImportedLayer, LayerContent, LayerRules, SharedDependencyLayer } from '../../lib';

const [outdir, folder, imported, ...reasons] = process.argv.slice(2);

function synthesise(): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Consumer');
  const libs = new SharedDependencyLayer(stack, 'Libs', {
    purpose: 'consumer',
    content: [
      LayerContent.python(folder),
      LayerContent.files('settings', { destination: 'settings', exclude: ['*.bak'] }),
    ],
    compatibleRuntimes: [Runtime.PYTHON_3_13],
    description: 'idna and settings',
    license: 'BSD-3-Clause',
    removalPolicy: RemovalPolicy.DESTROY,
    bundling: { mode: BundlingMode.LOCAL },
    slim: { installerFiles: true },
  });
  const fn = new LambdaFunction(stack, 'Encode', {
    runtime: Runtime.PYTHON_3_13, handler: 'index.handler', code: Code.fromInline('import idna'),
  });
  libs.attachTo(fn);
  for (let number = 0; number < Number(imported); number += 1) {
    const layerVersionArn = `arn:aws:lambda:eu-central-1:111122223333:layer:imported-${number}:1`;
    ImportedLayer.fromArn(stack, `Imported${number}`, { layerVersionArn }).attachTo(fn);
  }
  for (const reason of reasons) {
    LayerRules.of(fn).acknowledge('LayerCount', reason);
  }
  app.synth();
  console.log(libs.manifest.packages.map(({ name, version }) => `${name} ${version}`).join('\n'));
}

try {
  synthesise();
} catch (error) {
  console.log((error as Error).message);
  process.exitCode = 1;
}
