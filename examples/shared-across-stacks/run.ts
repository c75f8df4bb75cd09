import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { brokenPromises, changesBetween, type FunctionChange } from './compare';
import { synthesise } from './synthesise';
import { printFindings, printFunctions, printTable } from '../print-table';

const CHANGED_LAYER = 'Platform/Settings';

/** Synthesises the example twice, with other settings the second time, and prints what that changes for the stacks that use them. */
function main(): void {
  const before = synthesise(path.join(__dirname, 'cdk.out/before'));
  const after = withOtherSettings((settingsFolder) => synthesise(path.join(__dirname, 'cdk.out/after'), { settingsFolder }));

  printFunctions(before.report);
  printFindings(before.report);
  printTable(['function', `with other content in ${CHANGED_LAYER}`, 'name'], changesBetween(before, after).flatMap(changeRows));
  printTable(['stack', 'is deployed after'], [...after.deployedBefore].map(([stack, others]) => [stack, others.join(', ')]));

  const broken = brokenPromises(before, after, CHANGED_LAYER);
  if (broken.length > 0) {
    console.error(broken.join('\n'));
    process.exitCode = 1;
    return;
  }
  console.log(`${before.templates.size} templates, none with an Export or an ImportValue`);
  console.log(`templates: ${path.relative(process.cwd(), path.join(__dirname, 'cdk.out'))}/{before,after}/*.template.json`);
}

/** The settings with one value changed. They lie outside the repository, where git ignores nothing. */
function withOtherSettings<T>(use: (settingsFolder: string) => T): T {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shop-settings-'));
  try {
    const settings = JSON.parse(fs.readFileSync(path.join(__dirname, 'layers/settings/shop.json'), 'utf8')) as { refundDays: number };
    fs.writeFileSync(path.join(folder, 'shop.json'), `${JSON.stringify({ ...settings, refundDays: settings.refundDays + 16 }, undefined, 2)}\n`);
    return use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function changeRows({ before, after }: FunctionChange): string[][] {
  const rows = [
    ...before.parameters.flatMap((name, place) => change('parameter', name, after.parameters[place])),
    ...change('version', before.version, after.version),
  ];
  return (rows.length === 0 ? [['nothing changed', '']] : rows).map((row, place) => [place === 0 ? before.path : '', ...row]);
}

function change(what: string, before: string | undefined, after: string | undefined): string[][] {
  return before === after ? [] : [[`${what} before`, before ?? ''], [`${what} after`, after ?? '']];
}

main();
