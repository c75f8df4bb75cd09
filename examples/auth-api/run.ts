import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { AuthApiStack } from './auth-api-stack';
import { LayerRules } from '../../lib';
import { bytes, printFindings, printFunctions, printTable } from '../print-table';
import { permissionsOf, text } from '../template-text';

/** Synthesises the example, and prints what is in its layer, what its functions got with it, and what the rules see. */
function main(): void {
  const app = new App({ outdir: path.join(__dirname, 'cdk.out') });
  const stack = new AuthApiStack(app, 'AuthApi');
  const assembly = app.synth();
  const { Resources: resources } = assembly.getStackByName(stack.stackName).template;
  const { manifest } = stack.auth;

  // Of ours, the Node.js half is a package; the Python half is a folder.
  const python = manifest.files.filter((file) => file.path.startsWith('python/auth_utils/'));
  printTable(['in the layer', 'version', 'bytes'], [
    ...manifest.packages.map((one) => [one.name, one.version, bytes(one.bytes)]),
    ['auth_utils', '', bytes(python.reduce((sum, file) => sum + file.bytes, 0))],
    ['all, unzipped', '', bytes(manifest.unzippedBytes)],
  ]);

  for (const [id, { Type: type, Properties: properties }] of Object.entries<any>(resources)) {
    if (type === 'AWS::Lambda::Function') {
      printTable([`${properties.Runtime} ${id}`, 'got'], [
        ...properties.Layers.map((layer: unknown) => ['layer', text(layer)]),
        ...Object.entries(properties.Environment.Variables).map(([name, value]) => [name, text(value)]),
        ...permissionsOf(text(properties.Role), resources),
      ]);
    }
  }

  const report = LayerRules.of(app).report();
  printFunctions(report);
  printFindings(report);
  console.log(`template: ${path.relative(process.cwd(), assembly.getStackByName(stack.stackName).templateFullPath)}`);
}

main();
