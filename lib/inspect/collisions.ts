import { hashFile } from './hash-file';
import { compareEntries, type OptEntry } from './opt-tree';
import { failOn, type Fault } from '../common/fault';

/** Linux's limits, in bytes of UTF-8. */
const MAX_PATH_BYTES = 4096;
const MAX_NAME_BYTES = 255;

/**
 * Makes one tree of several. What is the same in two of them is kept once, executable when either is.
 * Fails with all clashes: other content at the same path, files where others have folders, and paths that `checkPaths` refuses.
 */
export async function mergeEntries(lists: readonly (readonly OptEntry[])[]): Promise<OptEntry[]> {
  const merged = new Map<string, OptEntry>();
  const faults: Fault[] = [];
  for (const entry of lists.flat()) {
    const other = merged.get(entry.path);
    if (other === undefined) {
      merged.set(entry.path, entry);
    } else if (await isSameContent(other, entry)) {
      merged.set(entry.path, isExecutable(entry) ? entry : other);
    } else {
      faults.push({
        what: 'two contents bring the same path with different content',
        got: `${quote(entry.path)}: ${describe(other)} and ${describe(entry)}`,
        fix: 'leave one of them out',
      });
    }
  }
  const entries = [...merged.values()].sort(compareEntries);
  failOn([...faults, ...checkPaths(entries)]);
  return entries;
}

/** Paths that Linux, another file system or an archive cannot hold beside each other, or at all. */
export function checkPaths(entries: readonly OptEntry[]): Fault[] {
  return [...entries.flatMap(nameFaults), ...folderFaults(entries), ...foldingFaults(entries)];
}

/** Every folder above a path, the outermost first. */
export function foldersOf(path: string): string[] {
  return path.split('/').slice(0, -1).map((_, index, parts) => parts.slice(0, index + 1).join('/'));
}

function nameFaults(entry: OptEntry): Fault[] {
  const faults: Fault[] = [];
  const got = `${quote(entry.path)}: ${describe(entry)}`;
  if (/\p{Cc}/u.test(entry.path)) {
    faults.push({ what: 'a path contains a control character or a newline', got, fix: 'rename the file' });
  }
  if (Buffer.byteLength(entry.path) > MAX_PATH_BYTES) {
    faults.push({ what: 'a path is too long', got, allowed: `at most ${MAX_PATH_BYTES} bytes of UTF-8`, fix: 'shorten it' });
  }
  if (entry.path.split('/').some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)) {
    faults.push({ what: 'the name of a file or folder is too long', got, allowed: `at most ${MAX_NAME_BYTES} bytes of UTF-8`, fix: 'shorten it' });
  }
  return faults;
}

function folderFaults(entries: readonly OptEntry[]): Fault[] {
  const leaves = new Map(entries.map((entry) => [entry.path, entry]));
  return entries.flatMap((entry) => foldersOf(entry.path).flatMap((folder) => {
    const leaf = leaves.get(folder);
    return leaf === undefined ? [] : [{
      what: 'a path is a file and a folder at once',
      got: `${quote(folder)}: ${describe(leaf)} and ${quote(entry.path)}: ${describe(entry)}`,
      fix: 'rename one of them, or leave it out',
    }];
  }));
}

/** On file systems that fold case or normalise Unicode such paths are one, so that the same content would give other layers elsewhere. */
function foldingFaults(entries: readonly OptEntry[]): Fault[] {
  const firsts = new Map<string, { readonly path: string; readonly entry: OptEntry }>();
  const faults: Fault[] = [];
  for (const entry of entries) {
    for (const path of [...foldersOf(entry.path), entry.path]) {
      const first = firsts.get(fold(path));
      if (first === undefined) {
        firsts.set(fold(path), { path, entry });
      } else if (first.path !== path) {
        faults.push({
          what: 'two paths are equal after case folding or Unicode normalisation',
          got: `${quote(first.path)}: ${describe(first.entry)} and ${quote(path)}: ${describe(entry)}`,
          fix: 'rename one of them, or leave it out',
        });
        // What lies below two such folders would only say the same again.
        break;
      }
    }
  }
  return faults;
}

/** Upper case first, since some letters only meet there, such as the Greek sigmas. */
function fold(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

async function isSameContent(a: OptEntry, b: OptEntry): Promise<boolean> {
  if (a.kind === 'file' && b.kind === 'file') {
    return a.source === b.source || (await hashFile(a.source)).sha256 === (await hashFile(b.source)).sha256;
  }
  return a.kind === 'link' && b.kind === 'link' && a.target === b.target;
}

function isExecutable(entry: OptEntry): boolean {
  return entry.kind === 'file' && entry.mode === 0o755;
}

function describe(entry: OptEntry): string {
  return entry.kind === 'file' ? quote(entry.source) : `a link to ${quote(entry.target)}`;
}

/** Shows characters that a terminal would act on, and where a name ends. */
function quote(text: string): string {
  return JSON.stringify(text);
}
