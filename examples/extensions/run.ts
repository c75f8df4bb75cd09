import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { ReceiptsStack } from './receipts-stack';
import { LayerRules, type ExtensionLayer } from '../../lib';
import { bytes, printFindings, printFunctions, printTable } from '../print-table';
import { permissionsOf, text } from '../template-text';

/** Synthesises the example, and prints what is in its layers, what its functions got with them, and what the rules see. */
function main(): void {
  const app = new App({ outdir: path.join(__dirname, 'cdk.out') });
  const stack = new ReceiptsStack(app, 'Receipts');
  const assembly = app.synth();
  const { Resources: resources } = assembly.getStackByName(stack.stackName).template;

  printTable(['in the layers', 'what', 'bytes'], stack.layers.flatMap(filesOf));

  for (const [id, { Type: type, Properties: properties }] of Object.entries<any>(resources)) {
    if (type === 'AWS::Lambda::Function') {
      printTable([`${properties.Runtime} ${id}`, 'got'], [
        ...properties.Layers.map((layer: unknown) => ['layer', text(layer)]),
        ...Object.entries(properties.Environment.Variables).map(([name, value]) => [name, text(value)]),
        ...permissionsOf(text(properties.Role), resources),
        ...costsOf(text(properties.Environment.Variables.SECRETS_EXTENSION_CONFIG)),
      ]);
    }
  }

  const report = LayerRules.of(app).report();
  printFunctions(report);
  printFindings(report);
  console.log(`template: ${path.relative(process.cwd(), assembly.getStackByName(stack.stackName).templateFullPath)}`);
}

/** A layer's extensions, each with what it is, and the rest by folders. */
function filesOf({ node, manifest }: ExtensionLayer): string[][] {
  const programs = manifest.programs.map((program) => {
    const { bytes: size } = manifest.files.find((file) => file.path === program.path)!;
    return [`${node.id}: ${program.path}`, program.interpreter ?? `program for ${program.machine}`, bytes(size)];
  });
  const folders = new Map<string, number>();
  for (const file of manifest.files.filter(({ path: name }) => !name.startsWith('extensions/'))) {
    const folder = path.posix.dirname(file.path);
    folders.set(folder, (folders.get(folder) ?? 0) + file.bytes);
  }
  return [...programs, ...[...folders].map(([folder, size]) => [`${node.id}: ${folder}/`, '', bytes(size)])];
}

/** What the extensions ask AWS for: what a function asks them for comes from memory. They refresh when 80 to 95 % of the time has passed. */
function costsOf(secretsConfig: string): string[][] {
  const { secrets, refreshSeconds } = JSON.parse(secretsConfig);
  const refreshes = Math.ceil(secrets.length * 3600 / (0.8 * refreshSeconds));
  return [['costs', `${secrets.length} GetSecretValue when an environment starts, and at most ${refreshes} in each hour that it runs`]];
}

main();
