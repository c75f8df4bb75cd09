import * as fs from 'node:fs';

const STDERR = 2;
const VARIABLE = 'CDK_LAMBDA_LAYERS_SAID';

const said = new Set((process.env[VARIABLE] ?? '').split('\n'));

/** Writes a line to stderr once for an app and the processes that it starts. */
export function sayOnce(line: string): void {
  if (!said.has(line)) {
    said.add(line);
    fs.writeSync(STDERR, `${line}\n`);
  }
}

/** Tells a child what was said already. */
export function saidEnvironment(): Record<string, string> {
  return { [VARIABLE]: [...said].join('\n') };
}
