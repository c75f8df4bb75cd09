import * as path from 'node:path';
import type { Construct } from 'constructs';
import type { ProgramSource } from '../../content/content-spec';
import { linksExtensions } from '../context';

/** Where `npm run build:extensions` puts the program that is all ready-made extensions. */
const PROGRAMS = path.join(__dirname, '..', '..', '..', 'runtime', 'extensions', 'dist');

/**
 * The ready-made extensions of a layer are one program: the first has it, the others are links to it. AWS's emulator follows them; where
 * somebody finds that Lambda does not, a context key has scripts in their place.
 */
export function readyMadeSources(scope: Construct, names: readonly string[]): ReadonlyMap<string, ProgramSource> {
  const [first, ...others] = names;
  const program: ProgramSource = { type: 'ready-made', x86_64: path.join(PROGRAMS, 'x86_64.br'), arm64: path.join(PROGRAMS, 'arm64.br') };
  const type = linksExtensions(scope) ? 'link' : 'launcher';
  return new Map([[first, program], ...others.map((name): [string, ProgramSource] => [name, { type, target: first }])]);
}
