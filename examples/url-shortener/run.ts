import * as fs from 'node:fs';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { UrlShortenerStack } from './url-shortener-stack';
import { BytecodeMode, LayerRules, type LayerManifest } from '../../lib';
import { bytes, printFindings, printFunctions, printTable } from '../print-table';

/** Synthesises the example, and prints what is in its layer, what bytecode would change, and what the rules see. */
function main(): void {
  const outdir = path.join(__dirname, 'cdk.out');
  const app = new App({ outdir });
  const stack = new UrlShortenerStack(app, 'UrlShortener');
  const assembly = app.synth();
  const { manifest } = stack.libs;

  printTable(['layer', 'package', 'version', 'bytes'], manifest.packages.map((one) => ['UrlShortenerLibs', one.name, one.version, bytes(one.bytes)]));
  printTable(['', 'bytes'], [
    ['before slimming', bytes(manifest.bytesBeforeSlimming)],
    ...manifest.savings.filter((one) => one.bytes > 0).map((one) => [`  ${one.rule} saves`, bytes(one.bytes)]),
    ['after slimming', bytes(manifest.unzippedBytes)],
    ['zipped', bytes(manifest.archiveBytes)],
    ...bytecodeRows(manifest),
  ]);
  const report = LayerRules.of(app).report();
  printFunctions(report);
  printFindings(report);
  console.log(`template: ${path.relative(process.cwd(), assembly.getStackByName(stack.stackName).templateFullPath)}`);
}

/** What bytecode would cost and save. It needs Python 3.13, or Docker. */
function bytecodeRows(plain: LayerManifest): string[][] {
  return [BytecodeMode.SOURCE_AND_BYTECODE, BytecodeMode.BYTECODE_ONLY].map((bytecode) => {
    try {
      const app = new App({ outdir: fs.mkdtempSync(path.join(__dirname, 'cdk.out/bytecode-')) });
      const { manifest } = new UrlShortenerStack(app, 'UrlShortener', { bytecode }).libs;
      const difference = manifest.unzippedBytes - plain.unzippedBytes;
      const modules = manifest.files.filter((file) => file.path.endsWith('.pyc')).length;
      const cost = `${difference < 0 ? 'saves' : 'costs'} ${bytes(Math.abs(difference))} bytes`;
      return [`with ${bytecode}`, `${bytes(manifest.unzippedBytes)} (${cost}, saves compiling up to ${modules} modules at a cold start)`];
    } catch (error) {
      return [`with ${bytecode}`, `not known here: ${(error as Error).message.split('\n')[0]}`];
    }
  });
}

main();
