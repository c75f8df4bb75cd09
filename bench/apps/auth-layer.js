// An auth layer alone: node auth-layer.js OUTDIR ALGORITHM [RUNTIME…]. Prints its unzipped bytes.
'use strict';

const { App, Stack } = require('aws-cdk-lib');
const { Runtime, RuntimeFamily } = require('aws-cdk-lib/aws-lambda');
const { AuthKey, AuthUtilsLayer } = require('../../lib');

const [outdir, algorithm, ...runtimes] = process.argv.slice(2);
const app = new App({ outdir });
const layer = new AuthUtilsLayer(new Stack(app, 'Bench'), 'Auth', {
  key: AuthKey.environment('JWT_KEY'),
  algorithms: [algorithm],
  compatibleRuntimes: runtimes.length === 0 ? undefined : runtimes.map((name) => new Runtime(name, RuntimeFamily.PYTHON)),
});
app.synth();
process.stdout.write(String(layer.manifest.unzippedBytes));
