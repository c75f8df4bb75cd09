// An app of a project that installed the packed library: node app.js OUTDIR.
const path = require('node:path');
const { App, Stack } = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');
const { LayerContent, SharedDependencyLayer } = require('cdk-lambda-layers');

const app = new App({ outdir: process.argv[2] });
const stack = new Stack(app, 'Packed');
const libs = new SharedDependencyLayer(stack, 'Libs', {
  content: [LayerContent.python(path.join(__dirname, 'layer'))],
  compatibleRuntimes: [lambda.Runtime.PYTHON_3_13],
});
libs.attachTo(new lambda.Function(stack, 'Encode', {
  runtime: lambda.Runtime.PYTHON_3_13, handler: 'index.handler', code: lambda.Code.fromInline('import idna'),
}));
app.synth();
