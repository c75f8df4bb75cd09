import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** What npm's settings files say that a build must know. */
export interface NpmSettings {
  /** The user's own file, if there is one. */
  readonly userFile?: string;
  /** Names of environment variables that the files refer to. */
  readonly named: ReadonlySet<string>;
  /** Values that no message may show. */
  readonly secrets: readonly string[];
}

/** As npm writes them: `${NAME}`, and `${NAME?}` for one that may be missing. */
const REFERENCE = /\$\{([^${}?]+)\??\}/g;

/** A token or password that is written out. */
const WRITTEN = /:_(?:authToken|auth|password)\s*=\s*["']?([^\s"'$]+)/g;

/** Reads the .npmrc of a project and the user's. */
export function readNpmSettings(host: NodeJS.ProcessEnv, directory: string): NpmSettings {
  const userFile = Object.entries(host).find(([name]) => name.toLowerCase() === 'npm_config_userconfig')?.[1] ?? path.join(os.homedir(), '.npmrc');
  const texts = [path.join(directory, '.npmrc'), userFile].map(readIfThere);
  const named = new Set(texts.flatMap((text) => [...(text ?? '').matchAll(REFERENCE)].map((match) => match[1])));
  const written = texts.flatMap((text) => [...(text ?? '').matchAll(WRITTEN)].map((match) => match[1]));
  const values = [...named].map((name) => host[name] ?? '');
  return {
    ...texts[1] === undefined ? {} : { userFile },
    named,
    // Short values are no secrets, and would blot out whole messages.
    secrets: [...values, ...written].filter((value) => value.length >= 6),
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
