import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FilesContentSpec } from './content-spec';
import { GitIgnore, newIgnore } from './git-ignore';
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

/** A Python environment of any name holds this file. */
const VIRTUAL_ENVIRONMENT = 'pyvenv.cfg';

/** By this file tools such as Cargo and pytest say that all beside it can be made again. */
const CACHE = 'CACHEDIR.TAG';

/** Whether the content is an archive that gets unpacked. */
export function isArchive(spec: FilesContentSpec): boolean {
  return spec.path.toLowerCase().endsWith('.zip');
}

/** Lists a user's file or folder, without what must stay out. Every fault of the folder is found before anything is built. */
export function listFiles(spec: FilesContentSpec): ContentFile[] {
  if (statContent(spec.path).isFile()) {
    return listSingleFile(spec.path);
  }
  const { exclude } = spec;
  const files = new Walk(spec.path, { exclude, git: GitIgnore.of(spec.path), marks: [VIRTUAL_ENVIRONMENT], leaveOut: '`exclude`' }).list();
  if (files.length === 0) {
    throw new FaultError({
      what: 'the folder has nothing for the layer',
      got: spec.path,
      allowed: 'at least one file that is not ignored',
      fix: 'add files, or look at .gitignore and `exclude`',
    });
  }
  return files;
}

/**
 * Lists what a compiler can read of a project's folder. What git ignores counts too, as compilers do not ask git: code that is generated, say.
 * What no program is made from stays out, and so do caches such as Cargo's `target`.
 */
export function listSources(directory: string): ContentFile[] {
  return new Walk(directory, { exclude: ['node_modules/'], marks: [VIRTUAL_ENVIRONMENT, CACHE], leaveOut: 'move' }).list();
}

export function statContent(content: string): fs.Stats {
  try {
    return fs.statSync(content);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new FaultError({
      what: code === 'ENOENT' ? 'the content does not exist' : 'the content cannot be read',
      got: code === 'ENOENT' ? content : `${content} (${code})`,
      allowed: 'a file, a folder or a .zip archive',
      fix: 'correct the path, which is relative to the working folder of the app, or its permissions',
    });
  }
}

function listSingleFile(file: string): ContentFile[] {
  const name = path.basename(file);
  if (newIgnore(true).add(ALWAYS_OUT).ignores(name)) {
    throw new FaultError({
      what: 'the file is of a kind that never enters a layer',
      got: file,
      allowed: 'no file of secrets, and nothing that a tool left behind',
      fix: 'leave it out; functions read secrets from AWS Secrets Manager or Parameter Store',
    });
  }
  return [{ path: name, source: file }];
}

interface WalkOptions {
  /** Patterns in .gitignore syntax. */
  readonly exclude: readonly string[];
  /** Undefined where what git ignores counts too. */
  readonly git?: GitIgnore;
  /** Files that mark a folder as one that a tool left behind. */
  readonly marks: readonly string[];
  /** What messages tell users to do with what is in the way. */
  readonly leaveOut: string;
}

class Walk {
  private readonly files: ContentFile[] = [];
  private readonly faults: Fault[] = [];
  /** Two lists, so that no `!` of the user's takes back in what never enters a layer. */
  private readonly out = newIgnore(true).add(ALWAYS_OUT);
  private readonly excluded = newIgnore();

  constructor(private readonly root: string, private readonly walk: WalkOptions) {
    this.excluded.add([...walk.exclude]);
  }

  public list(): ContentFile[] {
    this.folder('', this.walk.git);
    this.checkLinks();
    failOn(this.faults);
    return this.files;
  }

  private folder(relative: string, git: GitIgnore | undefined): void {
    const absolute = path.join(this.root, relative);
    for (const entry of this.read(absolute)) {
      const child = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const isFolder = entry.isDirectory();
      const pattern = isFolder ? `${child}/` : child;
      if (this.out.ignores(pattern) || this.excluded.ignores(pattern) || git?.ignores(entry.name, isFolder) === true) {
        continue;
      }
      if (isBroken(absolute, entry.name)) {
        this.faults.push({ what: 'a name is not UTF-8', got: path.join(absolute, entry.name), allowed: 'names in UTF-8', fix: 'rename the file' });
      } else if (isFolder) {
        this.folder(child, git?.inFolder(entry.name));
      } else if (entry.isSymbolicLink()) {
        this.link(child, path.join(absolute, entry.name));
      } else if (entry.isFile()) {
        this.files.push({ path: child, source: path.join(absolute, entry.name) });
      } else {
        this.faults.push({
          what: 'the folder has something that is neither file, folder nor link',
          got: path.join(absolute, entry.name),
          allowed: 'files, folders and symbolic links',
          fix: `remove it, or ${this.walk.leaveOut} it`,
        });
      }
    }
  }

  /** A link is worth as much as what it leads to: that must be in the layer too. */
  private checkLinks(): void {
    const realRoot = fs.realpathSync(this.root);
    const present = new Set(this.files.flatMap((file) => withFolders(file.path)));
    for (const { source, link } of this.files.filter((file) => file.link !== undefined)) {
      const target = path.relative(realRoot, fs.realpathSync(source)).split(path.sep).join('/');
      if (!present.has(target)) {
        this.faults.push({
          what: 'a symbolic link leads to something that is not in the layer',
          got: `${source} -> ${link}`,
          allowed: 'links to files and folders that are neither ignored nor empty',
          fix: `let the target in, or ${this.walk.leaveOut} the link`,
        });
      }
    }
  }

  private read(folder: string): fs.Dirent[] {
    try {
      const entries = fs.readdirSync(folder, { withFileTypes: true });
      return entries.some((entry) => this.walk.marks.includes(entry.name)) ? [] : entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.faults.push({
        what: 'a folder cannot be read',
        got: `${folder} (${code})`,
        allowed: 'folders that the user who runs the synth may read',
        fix: `change its permissions, or ${this.walk.leaveOut} it`,
      });
      return [];
    }
  }

  private link(relative: string, absolute: string): void {
    const link = fs.readlinkSync(absolute);
    const fault = this.linkFault(absolute, link);
    if (fault === undefined) {
      this.files.push({ path: relative, source: absolute, link: link.split(path.sep).join('/') });
    } else {
      this.faults.push({ got: `${absolute} -> ${link}`, ...fault });
    }
  }

  private linkFault(absolute: string, link: string): Fault | undefined {
    const folder = path.dirname(absolute);
    const outside: Fault = {
      what: 'a symbolic link leaves the folder',
      allowed: 'relative links inside the folder',
      fix: `copy the file in, or ${this.walk.leaveOut} the link`,
    };
    const mend = { allowed: outside.allowed, fix: `mend the link, or ${this.walk.leaveOut} it` };
    const circle: Fault = { what: 'symbolic links go round in a circle', ...mend };
    if (path.isAbsolute(link) || !isWithin(this.root, path.resolve(folder, link))) {
      return outside;
    }
    try {
      const target = fs.realpathSync(absolute);
      if (!isWithin(fs.realpathSync(this.root), target)) {
        return outside;
      }
      return isWithin(target, fs.realpathSync(folder)) ? circle : undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ELOOP' ? circle : { what: 'a symbolic link leads nowhere', ...mend };
    }
  }
}

function isWithin(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/** A path, and the folders it lies in. */
function withFolders(file: string): string[] {
  return file.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
}

/** Node writes a replacement character for what is no UTF-8, and then does not find the file. */
function isBroken(folder: string, name: string): boolean {
  return name.includes('\uFFFD') && !fs.existsSync(path.join(folder, name));
}
