import * as fs from 'node:fs';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { UrlShortenerStack } from './url-shortener-stack';
import { BytecodeMode, type LayerManifest } from '../../lib';

const QUOTA_BYTES = 262_144_000;

/** Synthesises the example, and prints what is in its layer and what bytecode would change. */
function main(): void {
  const outdir = path.join(__dirname, 'cdk.out');
  const app = new App({ outdir });
  const stack = new UrlShortenerStack(app, 'UrlShortener');
  const assembly = app.synth();
  const { manifest } = stack.libs;

  print(['layer', 'package', 'version', 'bytes'], manifest.packages.map((one) => ['UrlShortenerLibs', one.name, one.version, bytes(one.bytes)]));
  print(['', 'bytes'], [
    ['before slimming', bytes(manifest.bytesBeforeSlimming)],
    ...manifest.savings.filter((one) => one.bytes > 0).map((one) => [`  ${one.rule} saves`, bytes(one.bytes)]),
    ['after slimming', bytes(manifest.unzippedBytes)],
    ['zipped', bytes(manifest.archiveBytes)],
    ...bytecodeRows(manifest),
  ]);
  print(['function', 'code', 'layers', 'share of the 262,144,000-byte quota'], stack.functions.map((fn) => {
    const code = folderBytes(path.join(__dirname, 'functions', fn.node.id === 'Shorten' ? 'shorten' : 'qr-code'));
    return [fn.node.id, bytes(code), bytes(manifest.unzippedBytes), `${((code + manifest.unzippedBytes) / QUOTA_BYTES * 100).toFixed(2)} %`];
  }));
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

function folderBytes(folder: string): number {
  return fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + fs.statSync(path.join(folder, entry.name)).size, 0);
}

function bytes(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function print(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row: readonly string[]): string => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd();
  console.log([line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n'), '\n');
}

main();
