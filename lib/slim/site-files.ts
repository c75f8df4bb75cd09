import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/** A file of an installed `site` folder. */
export interface SiteFile {
  /** POSIX, relative to the folder. */
  readonly path: string;
  readonly bytes: number;
  /** Whether its wheel makes it executable. */
  readonly executable: boolean;
  /** Absolute path of the bytes. */
  readonly source: string;
}

/**
 * What an installer leaves that is no part of a package: its lock file, and console scripts, whose first line names
 * the interpreter of the machine that built them.
 */
const LEFTOVERS =
  /^(?:\.lock$|bin\/|Scripts\/|include\/|Include\/)|\.dist-info\/(?:INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json|uv_build\.json)$/;

/** Links to packages' commands, which only a shell would follow. */
const NPM_LEFTOVERS = /^(?:.*\/node_modules\/)?\.bin\//;

/** The files that Python packages brought, without what the installer left beside them. Sorted by path. */
export function listSiteFiles(site: string): Promise<SiteFile[]> {
  return listInstalled(site, LEFTOVERS);
}

/** The files of a `node_modules` folder. Sorted by path. */
export function listModuleFiles(modules: string): Promise<SiteFile[]> {
  return listInstalled(modules, NPM_LEFTOVERS);
}

async function listInstalled(site: string, leftovers: RegExp): Promise<SiteFile[]> {
  const names = await fs.readdir(site, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    names
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const source = path.join(entry.parentPath, entry.name);
        const relative = path.relative(site, source).split(path.sep).join('/');
        const { size, mode } = await fs.stat(source);
        return { path: relative, bytes: size, executable: (mode & 0o100) !== 0, source };
      }),
  );
  return files.filter((file) => !leftovers.test(file.path)).sort((a, b) => (a.path < b.path ? -1 : 1));
}
