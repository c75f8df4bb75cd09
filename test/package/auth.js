// Builds layers of AuthUtilsLayer and prints what is in them: node auth.js LIBRARY OUTDIR.
const { App, Stack } = require('aws-cdk-lib');
const { Runtime } = require('aws-cdk-lib/aws-lambda');

const [library, outdir] = process.argv.slice(2);
const { AuthKey, AuthUtilsLayer, JwtAlgorithm } = require(library);

const LAYERS = {
  both: {},
  python: { compatibleRuntimes: [Runtime.PYTHON_3_13] },
  nodejs: { compatibleRuntimes: [Runtime.NODEJS_22_X] },
  native: { compatibleRuntimes: [Runtime.PYTHON_3_13], algorithms: [JwtAlgorithm.RS256] },
};

const stack = new Stack(new App({ outdir }), 'Auth');
for (const [name, props] of Object.entries(LAYERS)) {
  const { manifest } = new AuthUtilsLayer(stack, name, { key: AuthKey.environment('JWT_SECRET'), ...props });
  const parts = ['python/auth_utils/', 'python/jwt/', 'nodejs/node_modules/auth-utils/', 'nodejs/node_modules/jose/']
    .filter((folder) => manifest.files.some((file) => file.path.startsWith(folder)));
  console.log(`${name} ${manifest.digest} ${manifest.unzippedBytes} ${parts.join(' ')}`);
}
