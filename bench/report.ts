/** What a figure should be, mostly a ratio. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

const verdicts: string[] = [];

/** A figure beside its target; the summary at the end repeats it. */
export function judge(what: string, figure: number, target: Target): string {
  const [words, reached] = 'atMost' in target
    ? [`at most ${grouped(target.atMost)}`, figure <= target.atMost]
    : [`at least ${grouped(target.atLeast)}`, figure >= target.atLeast];
  const text = `${figure < 1000 ? figure.toFixed(2) : bytes(figure)}, ${words}: ${reached ? 'reached' : 'NOT reached'}`;
  verdicts.push(`${reached ? '  ' : '! '}${what}: ${text}`);
  return text;
}

function grouped(figure: number): string {
  return figure < 1000 ? String(figure) : bytes(figure);
}

export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row: readonly string[]): string => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd();
  console.log(['', title, '', line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n'));
}

export function say(line: string): void {
  console.log(line);
}

/** What is measured now: on stderr, so that stdout has the tables alone. */
export function sayProgress(line: string): void {
  process.stderr.write(`… ${line}\n`);
}

/** Every target of this run, the missed ones marked. */
export function printSummary(): void {
  console.log(['', 'Targets', '', ...verdicts].join('\n'));
}

export function bytes(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
