import { RUNTIME_NAMES } from './lambda-runtimes';

/** Where Lambda's `PATH` has programs looked for, in this order, so that `/usr/bin/env` finds them. */
export const PATH_FOLDERS: readonly string[] = ['/var/lang/bin', '/usr/local/bin', '/usr/bin', '/bin', '/opt/bin'];

/** What AWS's own examples start scripts with; nothing else of the system is promised. */
const SHELLS = ['sh', 'bash', 'env'].flatMap((name) => [`/bin/${name}`, `/usr/bin/${name}`]);

/** glibc's loaders, by the names that linkers write. */
const LOADERS = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'];

/** What each language is run by, in `/var/lang/bin`; OS-only runtimes have none. */
const LANGUAGES: Readonly<Record<string, readonly string[]>> = {
  python: ['python', 'python3'], nodejs: ['node'], ruby: ['ruby'], java: ['java'], dotnet: ['dotnet'], provided: [],
};

/** Programs of a runtime that can start others, by their absolute paths; of any runtime when it is not known. */
export function interpretersOf(runtime: string | undefined): readonly string[] {
  const language = /^[a-z]+/.exec(runtime ?? '')?.[0] ?? '';
  const programs = LANGUAGES[language];
  if (runtime === undefined || programs === undefined) {
    return [...new Set(RUNTIME_NAMES.flatMap(interpretersOf))];
  }
  const versioned = language === 'python' ? [runtime] : [];
  return [...SHELLS, ...LOADERS, ...[...programs, ...versioned].map((name) => `/var/lang/bin/${name}`)];
}
