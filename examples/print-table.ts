import type { RulesReport } from '../lib';

/** Prints columns under a head, with an empty line after them. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row: readonly string[]): string => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd();
  console.log(`${[line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')}\n`);
}

/** What the rules see: per function its layers in order, the sums, and their share of the quota. */
export function printFunctions({ functions }: RulesReport): void {
  printTable(['function', 'code', 'layers, the last one wins', 'bytes', 'sum', 'share of the 262,144,000-byte quota'], functions.flatMap((fn) => {
    const atLeast = fn.isLowerBound ? 'at least ' : '';
    const [first, ...others] = fn.layers.map((layer) => [layer.name, bytes(layer.unzippedBytes)]);
    return [
      [fn.functionPath, bytes(fn.codeBytes), ...first ?? ['', ''], atLeast + bytes(fn.totalBytes), `${atLeast}${(fn.quotaShare * 100).toFixed(2)} %`],
      ...others.map((layer) => ['', '', ...layer, '', '']),
    ];
  }));
}

/** The rules that are broken, each with its id in brackets, as a synth tells them. */
export function printFindings({ findings }: RulesReport): void {
  console.log(findings.length === 0
    ? 'rules: none is broken, but for those that are acknowledged\n'
    : `rules that are broken:\n${findings.map(({ severity, message }) => `${severity}: ${message}`).join('\n')}\n`);
}

/** A number with commas between the thousands. */
export function bytes(count: number | undefined): string {
  return count === undefined ? 'not known' : String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
