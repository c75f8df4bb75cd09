import { writeStderr } from './stderr';

const VARIABLE = 'CDK_LAMBDA_LAYERS_SAID';

const said = new Set(inherited());

/** Writes a line to stderr once for an app and the processes that it starts. */
export function sayOnce(line: string): void {
  if (!said.has(line)) {
    said.add(line);
    writeStderr(`${line}\n`);
  }
}

/** Tells a child what was said already. */
export function saidEnvironment(): Record<string, string> {
  return { [VARIABLE]: JSON.stringify([...said]) };
}

function inherited(): string[] {
  try {
    return JSON.parse(process.env[VARIABLE] ?? '[]') as string[];
  } catch {
    return [];
  }
}
