import { normalizeName } from '../content/package-name';

/** File name at the end of a URL or of a path of either kind, without query and fragment. */
export function fileNameOf(location: string): string {
  const path = location.split(/[?#]/, 1)[0] ?? '';
  const last = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return last.includes('%') ? safeDecode(last) : last;
}

/** Name of the distribution in the file name of a wheel or source archive, or undefined when it is neither. */
export function nameOfArtifact(file: string): string | undefined {
  const name = /^(.+?)-\d[^-]*(?:-.*)?\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tar\.xz)$/.exec(file)?.[1];
  return name === undefined ? undefined : normalizeName(name);
}

/** Order by UTF-16 code units, which no locale changes. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
