import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Ignore, default as ignoreModule } from 'ignore';

/** What git ignores in a folder: by its own .gitignore and those above it, up to the repository's root. */
export class GitIgnore {
  /**
   * The rules that hold in a folder. Where git ignores the folder itself its rules end there: whoever names such a folder,
   * the output of a compiler say, wants what is in it.
   */
  public static of(folder: string): GitIgnore {
    const [top, ...below] = foldersFromRepository(folder);
    let rules = new GitIgnore(top, '', newIgnore()).withOwnRules();
    for (const name of below.map((one) => path.basename(one))) {
      if (rules.ignores(name, true)) {
        return new GitIgnore(folder, '', newIgnore()).withOwnRules();
      }
      rules = rules.inFolder(name);
    }
    return rules;
  }

  /**
   * @param folder absolute
   * @param prefix its path from the folder where the rules begin, empty or with a slash at its end
   */
  private constructor(private readonly folder: string, private readonly prefix: string, private readonly rules: Ignore) {}

  /** Whether a file or folder of this folder is ignored. */
  public ignores(name: string, isFolder: boolean): boolean {
    return this.rules.ignores(`${this.prefix}${name}${isFolder ? '/' : ''}`);
  }

  /** The rules that hold in a folder of this folder, which is not ignored itself. */
  public inFolder(name: string): GitIgnore {
    return new GitIgnore(path.join(this.folder, name), `${this.prefix}${name}/`, this.rules).withOwnRules();
  }

  private withOwnRules(): GitIgnore {
    const file = path.join(this.folder, '.gitignore');
    if (!isFile(file)) {
      return this;
    }
    const lines = fs.readFileSync(file, 'utf8').replace(/^\uFEFF/, '').split(/\r?\n/);
    return new GitIgnore(this.folder, this.prefix, newIgnore().add(this.rules).add(lines.flatMap((line) => movedUp(line, this.prefix))));
  }
}

/**
 * A loaded set of patterns in .gitignore syntax. The package is loaded when a folder is walked: a synth of locked packages alone never needs it.
 *
 * @param ignoreCase off as for git on Linux, so that the same files go into a layer everywhere
 */
export function newIgnore(ignoreCase = false): Ignore {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require('ignore') as typeof ignoreModule)({ ignoreCase });
}

/**
 * A line of a folder's .gitignore as it would stand in one further up. All rules in one list are the only way to git's answer:
 * a folder that one file ignores and a deeper one takes back in is not ignored, nor is what it holds.
 */
function movedUp(line: string, prefix: string): string[] {
  const [, not, pattern] = /^(!?)((?:\\.|[^\\])*?) *$/.exec(line) ?? ['', '', ''];
  if (line.startsWith('#') || pattern === '' || pattern === '/') {
    return [];
  }
  // A slash anywhere but at the end ties a pattern to its folder.
  const tied = /\/./.test(pattern);
  return [`${not}/${prefix.replace(/[\\*?[\]!# ]/g, '\\$&')}${tied ? pattern.replace(/^\//, '') : `**/${pattern}`}`];
}

/** A folder that may not be searched has no list that matters: what is in it cannot be read, and whoever walks it says so. */
function isFile(file: string): boolean {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The folders from a repository's root to a folder; the folder alone where there is no repository. */
function foldersFromRepository(folder: string): string[] {
  const found: string[] = [];
  for (let current = folder; ; current = path.dirname(current)) {
    found.unshift(current);
    if (fs.existsSync(path.join(current, '.git'))) {
      return found;
    }
    if (path.dirname(current) === current) {
      return [folder];
    }
  }
}
