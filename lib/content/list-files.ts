import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Ignore, default as ignoreModule } from 'ignore';
import type { FilesContentSpec } from './content-spec';
import { FaultError, failOn, type Fault } from '../common/fault';

/** A file or link of a user's folder. */
export interface ContentFile {
  /** POSIX, relative to the content's root in the layer. */
  readonly path: string;
  /** Absolute path of the bytes; of the link itself for a link. */
  readonly source: string;
  /** Target of a symbolic link, relative; undefined for a file. */
  readonly link?: string;
}

/** Never part of a layer: what tools leave, environments of one machine, and files that hold secrets. */
const ALWAYS_OUT = [
  '.git',
  '.hg',
  '.svn',
  '.DS_Store',
  'Thumbs.db',
  '__pycache__',
  '*.py[co]',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.tox',
  '.nox',
  '.cache',
  '*.egg-info',
  '.venv',
  'venv',
  '.env',
  '.env.*',
  'cdk.out',
  '.cdk-lambda-layers',
];

/** Whether the content is an archive that gets unpacked. */
export function isArchive(spec: FilesContentSpec): boolean {
  return spec.path.toLowerCase().endsWith('.zip');
}

/** Lists a user's file or folder, without what must stay out. Every fault of the folder is found before anything is built. */
export function listFiles(spec: FilesContentSpec): ContentFile[] {
  const stat = fs.statSync(spec.path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new FaultError({
      what: 'the content does not exist',
      got: spec.path,
      allowed: 'a file, a folder or a .zip archive',
      fix: 'correct the path; it is relative to the working folder of the app',
    });
  }
  if (stat.isFile()) {
    return [{ path: path.basename(spec.path), source: spec.path }];
  }
  const walk = new Walk(spec);
  walk.folder('');
  failOn(walk.faults);
  if (walk.files.length === 0) {
    throw new FaultError({
      what: 'the folder has nothing for the layer',
      got: spec.path,
      allowed: 'at least one file that is not ignored',
      fix: 'add files, or look at .gitignore and `exclude`',
    });
  }
  return walk.files;
}

class Walk {
  public readonly files: ContentFile[] = [];
  public readonly faults: Fault[] = [];
  private readonly root: string;
  private readonly excluded: Ignore;
  private readonly gitIgnored: GitIgnore;

  constructor(spec: FilesContentSpec) {
    this.root = spec.path;
    this.excluded = newIgnore()
      .add(ALWAYS_OUT)
      .add([...spec.exclude]);
    this.gitIgnored = new GitIgnore(spec.path);
  }

  public folder(relative: string): void {
    const absolute = path.join(this.root, relative);
    for (const entry of this.read(absolute)) {
      const child = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const isFolder = entry.isDirectory();
      if (this.excluded.ignores(isFolder ? `${child}/` : child) || this.gitIgnored.ignores(path.join(absolute, entry.name), isFolder)) {
        continue;
      }
      if (isFolder) {
        this.folder(child);
      } else if (entry.isSymbolicLink()) {
        this.link(child, path.join(absolute, entry.name));
      } else if (entry.isFile()) {
        this.files.push({ path: child, source: path.join(absolute, entry.name) });
      } else {
        this.faults.push({
          what: 'the folder has something that is neither file, folder nor link',
          got: path.join(absolute, entry.name),
          fix: 'remove it, or `exclude` it',
        });
      }
    }
  }

  private read(folder: string): fs.Dirent[] {
    try {
      // A virtual environment of any name holds this file.
      const entries = fs.readdirSync(folder, { withFileTypes: true });
      return entries.some((entry) => entry.name === 'pyvenv.cfg') ? [] : entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      this.faults.push({
        what: 'a folder cannot be read',
        got: `${folder} (${(error as NodeJS.ErrnoException).code})`,
        fix: 'change its permissions, or `exclude` it',
      });
      return [];
    }
  }

  private link(relative: string, absolute: string): void {
    const link = fs.readlinkSync(absolute);
    const target = path.resolve(path.dirname(absolute), link);
    const inside = path.relative(this.root, target);
    if (path.isAbsolute(link) || inside === '..' || inside.startsWith(`..${path.sep}`)) {
      this.faults.push({
        what: 'a symbolic link leaves the folder',
        got: `${absolute} -> ${link}`,
        allowed: 'relative links inside the folder',
        fix: 'copy the file in, or `exclude` the link',
      });
      return;
    }
    try {
      fs.statSync(absolute);
    } catch (error) {
      const loop = (error as NodeJS.ErrnoException).code === 'ELOOP';
      this.faults.push({
        what: loop ? 'symbolic links go round in a circle' : 'a symbolic link leads nowhere',
        got: `${absolute} -> ${link}`,
        fix: 'mend the link, or `exclude` it',
      });
      return;
    }
    this.files.push({ path: relative, source: absolute, link: link.split(path.sep).join('/') });
  }
}

/** The .gitignore files that hold for a folder: its own, those above it up to the repository's root, and those below as they are met. */
class GitIgnore {
  private readonly above: readonly string[];
  private readonly rules = new Map<string, Ignore | undefined>();

  constructor(private readonly root: string) {
    this.above = foldersUpToRepository(root);
  }

  public ignores(absolute: string, isFolder: boolean): boolean {
    // The folders between the content's root and the file were met already, and were not ignored.
    const parents = [...this.above, ...foldersBetween(this.root, path.dirname(absolute))];
    let ignored = false;
    for (const folder of parents) {
      const rules = this.rulesOf(folder);
      if (rules !== undefined) {
        const relative = path.relative(folder, absolute).split(path.sep).join('/');
        const result = rules.test(isFolder ? `${relative}/` : relative);
        ignored = result.ignored || (ignored && !result.unignored);
      }
    }
    return ignored;
  }

  private rulesOf(folder: string): Ignore | undefined {
    if (!this.rules.has(folder)) {
      const file = path.join(folder, '.gitignore');
      this.rules.set(folder, fs.existsSync(file) ? newIgnore().add(fs.readFileSync(file, 'utf8')) : undefined);
    }
    return this.rules.get(folder);
  }
}

function foldersUpToRepository(folder: string): string[] {
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

function foldersBetween(root: string, folder: string): string[] {
  const relative = path.relative(root, folder);
  return relative === '' ? [] : relative.split(path.sep).map((_, index, parts) => path.join(root, ...parts.slice(0, index + 1)));
}

/** Loaded when a folder is walked: a synth of locked packages alone never needs it. */
function newIgnore(ignoreCase = false): Ignore {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require('ignore') as typeof ignoreModule)({ ignoreCase });
}
