import * as fs from 'node:fs/promises';
import { savingOf, type SlimResult } from './python-rules';
import type { SiteFile } from './site-files';
import { normalizeName } from '../content/package-name';
import { PYTHON_SDK_PACKAGES } from '../target/runtimes';

/** Every part of the SDK needs it; where it is not, the others are what they are without the SDK, such as the urllib3 of requests. */
const SDK_CORE = 'botocore';

export interface SdkResult extends SlimResult {
  /** Why the SDK stayed, for the user. */
  readonly note?: string;
}

/**
 * Leaves out the AWS SDK that the runtime brings, with all that it needs, or nothing of it. A part of it in the layer, such as the
 * urllib3 that requests needs, would shadow the runtime's own and break the runtime's SDK, so then the whole SDK stays.
 *
 * @param owners dist-info folder that each path belongs to
 */
export async function removeAwsSdk(files: readonly SiteFile[], owners: ReadonlyMap<string, string>): Promise<SdkResult> {
  const packages = await readDependencies(files);
  const sdk = packages.filter((one) => PYTHON_SDK_PACKAGES.includes(one.name));
  const names = new Set(sdk.map((one) => one.name));
  if (!names.has(SDK_CORE)) {
    return { kept: files, savings: [savingOf('awsSdk', [])] };
  }
  const users = packages.filter((one) => !names.has(one.name) && one.needs.some((need) => names.has(need)));
  if (users.length > 0) {
    return {
      kept: files,
      savings: [savingOf('awsSdk', [])],
      note: `the AWS SDK stays in the layer: ${users.map((one) => one.name).join(', ')} needs a part of it`,
    };
  }
  const folders = new Set(sdk.map((one) => one.distInfo));
  const isSdk = (file: SiteFile): boolean => folders.has(owners.get(file.path) ?? '');
  return { kept: files.filter((file) => !isSdk(file)), savings: [savingOf('awsSdk', files.filter(isSdk))] };
}

interface InstalledDependencies {
  readonly name: string;
  readonly distInfo: string;
  readonly needs: readonly string[];
}

async function readDependencies(files: readonly SiteFile[]): Promise<InstalledDependencies[]> {
  const metadata = files.filter((file) => /^[^/]+\.dist-info\/METADATA$/.test(file.path));
  return Promise.all(
    metadata.map(async (file) => {
      const [headers] = (await fs.readFile(file.source, 'utf8')).split(/\r?\n\r?\n/, 1);
      const name = /^Name:\s*(\S+)/m.exec(headers)?.[1] ?? '';
      // What only an extra needs is not needed here: nobody can tell which extras were asked for, but the lock installed what they are.
      const needs = [...headers.matchAll(/^Requires-Dist:\s*([A-Za-z0-9._-]+)(.*)$/gm)].filter((match) => !/\bextra\s*==/.test(match[2]));
      return { name: normalizeName(name), distInfo: file.path.split('/')[0], needs: needs.map((match) => normalizeName(match[1])) };
    }),
  );
}
