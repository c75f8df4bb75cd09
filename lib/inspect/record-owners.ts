import * as fs from 'node:fs/promises';
import * as path from 'node:path';

/**
 * Which package each file of an installed folder belongs to, as RECORD says.
 *
 * @param sitePackages folder with `*.dist-info` folders
 * @param prefix where that folder lies in the layer, POSIX
 * @returns name of the dist-info folder by path in the layer
 */
export async function readRecordOwners(sitePackages: string, prefix: string): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  const distInfos = (await fs.readdir(sitePackages)).filter((name) => name.endsWith('.dist-info')).sort();
  for (const distInfo of distInfos) {
    for (const recorded of await readRecord(path.join(sitePackages, distInfo, 'RECORD'))) {
      const file = path.posix.normalize(recorded);
      // Scripts may be recorded outside of the folder. Of two packages that claim a file, the first by name has it.
      if (!file.startsWith('../') && !path.posix.isAbsolute(file) && !owners.has(path.posix.join(prefix, file))) {
        owners.set(path.posix.join(prefix, file), distInfo);
      }
    }
  }
  return owners;
}

/** The paths of a RECORD file; none when there is no such file. */
async function readRecord(file: string): Promise<string[]> {
  try {
    return firstFields(await fs.readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

/** The first field of every row of CSV: bare up to a comma, or in quotes, where a quote is written twice. */
function firstFields(csv: string): string[] {
  return [...csv.matchAll(/^(?:"((?:[^"]|"")*)"|([^",\r\n]+))(?=,|\r?$)/gm)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare);
}
