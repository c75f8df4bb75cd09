import { parseArgs } from 'node:util';

export const SECTIONS = ['cold', 'warm', 'bytes', 'imports', 'many', 'rules', 'auth', 'extensions'] as const;
export type SectionName = typeof SECTIONS[number];

export interface Options {
  readonly sections: readonly SectionName[];
  /** Fewer repetitions: a first look, not figures to rely on. */
  readonly quick: boolean;
  /** Says where the bytes are. */
  readonly verbose: boolean;
}

export const USAGE = `npm run bench -- [--only ${SECTIONS.join(',')}] [--quick] [--verbose]`;

export function parseOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: { only: { type: 'string' }, quick: { type: 'boolean' }, verbose: { type: 'boolean' } },
  });
  const only = values.only?.split(',') ?? SECTIONS;
  const unknown = only.filter((name) => !SECTIONS.includes(name as SectionName));
  if (unknown.length > 0) {
    throw new Error(`no such section: ${unknown.join(', ')}\n${USAGE}`);
  }
  return { sections: SECTIONS.filter((name) => only.includes(name)), quick: values.quick === true, verbose: values.verbose === true };
}
