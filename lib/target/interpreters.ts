import { isNodejsRuntime } from './runtimes';

/** Where Lambda's `PATH` has programs looked for, in this order, so that `/usr/bin/env` finds them. */
export const PATH_FOLDERS: readonly string[] = ['/var/lang/bin', '/usr/local/bin', '/usr/bin', '/bin', '/opt/bin'];

/** What AWS's own examples start scripts with; nothing else of the system is promised. */
const SHELLS = ['sh', 'bash', 'env'].flatMap((name) => [`/bin/${name}`, `/usr/bin/${name}`]);

/** glibc's loaders, by the names that linkers write. */
const LOADERS = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'];

/** Programs of a runtime that can start others, by their absolute paths. */
export function interpretersOf(runtime: string): readonly string[] {
  return [...SHELLS, ...LOADERS, ...languageOf(runtime).map((name) => `/var/lang/bin/${name}`)];
}

function languageOf(runtime: string): readonly string[] {
  if (runtime.startsWith('python')) {
    return ['python3', runtime];
  }
  if (isNodejsRuntime(runtime)) {
    return ['node'];
  }
  const language = /^(ruby|java|dotnet)/.exec(runtime)?.[1];
  return language === undefined ? [] : [language];
}
