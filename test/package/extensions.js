// Builds layers of the ready-made extensions and prints what is in them: node extensions.js LIBRARY OUTDIR.
const { App, Stack } = require('aws-cdk-lib');
const { Architecture } = require('aws-cdk-lib/aws-lambda');
const { Secret } = require('aws-cdk-lib/aws-secretsmanager');
const { StringParameter } = require('aws-cdk-lib/aws-ssm');

const [library, outdir] = process.argv.slice(2);
const {
  ConfigExtension, ExtensionCode, ExtensionLayer, SecretsExtension, SecurityExtension, TelemetryDestination, TelemetryExtension,
} = require(library);

const stack = new Stack(new App({ outdir }), 'Extensions');
const secrets = { secrets: [Secret.fromSecretNameV2(stack, 'Secret', 'db')] };
const config = { parameters: [StringParameter.fromStringParameterName(stack, 'Parameter', '/shop/level')] };
const telemetry = { destination: TelemetryDestination.emf() };
const all = [ExtensionCode.secrets(secrets), ExtensionCode.config(config), ExtensionCode.telemetry(telemetry), ExtensionCode.security({})];

for (const architecture of [Architecture.X86_64, Architecture.ARM_64]) {
  const scope = new Stack(stack, architecture.name);
  const own = { compatibleArchitectures: [architecture] };
  const layers = [
    new SecretsExtension(scope, 'secrets', { ...secrets, ...own }),
    new ConfigExtension(scope, 'config', { ...config, ...own }),
    new TelemetryExtension(scope, 'telemetry', { ...telemetry, ...own }),
    new SecurityExtension(scope, 'security', own),
    new ExtensionLayer(scope, 'all', { extensions: all, ...own }),
  ];
  for (const { node, manifest } of layers) {
    const parts = ['extensions/', 'python/extension_client/', 'nodejs/node_modules/extension-client/']
      .map((folder) => `${folder} ${manifest.files.filter((file) => file.path.startsWith(folder)).length}`);
    console.log(`${architecture.name} ${node.id} ${manifest.digest} ${manifest.unzippedBytes} bytes ${parts.join(' ')}`);
  }
}
