// The app that is measured: a stack with one function and the layers that the JSON file in the first argument asks for (`SynthApp` in ../synth.ts).
// Plain JavaScript, as a compiled app is. Prints its peak memory.
'use strict';

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { App, Stack } = require('aws-cdk-lib');
const { Code, Function: LambdaFunction, Runtime, RuntimeFamily } = require('aws-cdk-lib/aws-lambda');

const wanted = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const app = new App({ outdir: process.env.CDK_OUTDIR ?? wanted.outdir });
const stack = new Stack(app, 'Bench');

const layers = [...wanted.layers.map(sharedDependencyLayer), ...wanted.pythonLayerVersions.map(pythonLayerVersion)];
new LambdaFunction(stack, 'Function', {
  runtime: runtimeOf(),
  handler: 'index.handler',
  code: Code.fromAsset(path.join(__dirname, 'function')),
  layers: layers.slice(0, 1),
});
app.synth();
process.stdout.write(`${JSON.stringify({ peakKib: process.resourceUsage().maxRSS })}\n`);

// Each library is loaded only when it is asked for: an app without layers has none of them.
function sharedDependencyLayer({ id, folder, files, bytecode }) {
  const { LayerContent, SharedDependencyLayer } = require('../../lib');
  return new SharedDependencyLayer(stack, id, {
    content: [LayerContent.python(folder, { sourceBuilds: ['pyshorteners'] }), ...(files === undefined ? [] : [LayerContent.files(files)])],
    compatibleRuntimes: [runtimeOf()],
    slim: { bytecode },
  });
}

function pythonLayerVersion({ id, folder, installedIn, image }) {
  const { PythonLayerVersion } = createRequire(installedIn)('@aws-cdk/aws-lambda-python-alpha');
  return new PythonLayerVersion(stack, id, { entry: folder, compatibleRuntimes: [runtimeOf({ bundlingDockerImage: image })] });
}

function runtimeOf(options) {
  return new Runtime(wanted.runtime, RuntimeFamily.PYTHON, options);
}
