import * as fs from 'node:fs';

const STDERR = 2;

/** Writes at once, since a synth may be a blocked process; its stdout belongs to the app. A closed or full stderr must not fail a build. */
export function writeStderr(text: string): void {
  try {
    fs.writeSync(STDERR, text);
  } catch {
    // There is nobody to tell.
  }
}
