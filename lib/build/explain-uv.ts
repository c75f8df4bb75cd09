import type { PythonInstall } from './install-python';
import type { IndexAccess } from './package-indexes';
import { describeFailure, redact, type ToolRun } from './run-tool';
import type { Fault } from '../common/fault';

interface Explanation {
  readonly pattern: RegExp;
  readonly what: (match: RegExpExecArray) => string;
  readonly fix: string;
}

/** What uv says, in the order of how much it tells, and what a user of this library can do about it. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /no space left on device/i,
    what: () => 'the disk is full',
    fix: 'free some space, or put the caches elsewhere with CDK_LAMBDA_LAYERS_CACHE and UV_CACHE_DIR',
  },
  {
    pattern: /Hash mismatch for `([^`]+)`/,
    what: (match) => `the artefact of ${match[1]} is not the one that was locked`,
    fix: 'find out why it changed; if the change is wanted, lock again with `npx cdk-lambda-layers lock`',
  },
  {
    pattern: /no trusted hash was provided for: `([^`]+)`/,
    what: (match) => `${match[1]} is needed and not pinned with a hash`,
    fix: 'lock it with its hash; for what a source build needs, name a file with its pin in `buildConstraints`',
  },
  {
    pattern: /(?:In `--require-hashes` mode|In `--verify-hashes` mode)[^\n]*/,
    what: (match) => match[0].trim(),
    fix: 'lock again with `npx cdk-lambda-layers lock`, so that every requirement has its hash',
  },
  {
    pattern: /(401|403) (?:Unauthorized|Forbidden)|unauthorized|forbidden/i,
    what: (match) => `a package index refused the credentials (${match[1] ?? '401'})`,
    fix: 'check the variables that the index names in `usernameEnv` and `passwordEnv`',
  },
  {
    pattern: /([A-Za-z0-9._-]+)(?:==[^\s,]+)? has no (?:usable )?wheels?\b|no (?:usable )?wheels? (?:are|is) available for ([A-Za-z0-9._-]+)/i,
    what: (match) => `${match[1] ?? match[2]} has no wheel that fits`,
    fix: 'choose a version with a fitting wheel; if it has none for any platform, name it in `sourceBuilds`, which runs its code on this machine',
  },
  {
    pattern: /(?:building|using) source distributions? (?:for|of)?\s*`?([A-Za-z0-9._-]*)`?[^\n]*disabled/i,
    what: (match) => `${match[1] === '' ? 'a package' : match[1]} has no wheel that fits`,
    fix: 'choose a version with a fitting wheel; if it has none for any platform, name it in `sourceBuilds`, which runs its code on this machine',
  },
  {
    pattern: /([A-Za-z0-9._-]+) (?:was|were) not found in the package registry/,
    what: (match) => `${match[1]} is not in any package index`,
    fix: 'correct the name, or add the index that has it to `bundling.indexes`',
  },
  {
    pattern: /no solution found/i,
    what: () => 'the requirements cannot be had together',
    fix: 'loosen or change the versions that contradict each other',
  },
  {
    pattern: /failed to (?:download and )?build `?([^`\n]+)`?/i,
    what: (match) => `${match[1]} could not be built from its source distribution`,
    fix: 'read the last lines of its build above; a package that must be compiled is built with `BundlingMode.DOCKER`',
  },
  {
    pattern: /dns error|connection refused|error sending request|timed out|failed to fetch|failed to connect|client error \(connect\)/i,
    what: () => 'a package index cannot be reached',
    fix: 'check the network, the proxy and the index; with a full cache nothing is fetched',
  },
];

/** The fault behind a failed run of uv, with uv's own last lines. */
export function explainUvFailure(run: ToolRun, install: Pick<PythonInstall, 'target' | 'indexes'>, access: Pick<IndexAccess, 'secrets'>): Fault {
  const text = redact(`${run.stderr}\n${run.stdout}`, access.secrets);
  const known = EXPLANATIONS.map((one) => ({ ...one, match: one.pattern.exec(text) })).find((one) => one.match !== null);
  const indexes = install.indexes.map((index) => {
    const variables = [index.usernameEnv, index.passwordEnv]
      .filter((name) => name !== undefined)
      .map((name) => `${name} ${process.env[name] ? 'is set' : 'is empty'}`);
    return `index ${index.name}${variables.length > 0 ? ` (${variables.join(', ')})` : ''}`;
  });
  return {
    what: known?.match ? known.what(known.match) : 'uv could not install the packages',
    got: [...indexes, describeFailure('uv', run, access.secrets)].join('\n'),
    allowed: `wheels for ${install.target.runtime} on ${install.target.architecture} (glibc ${install.target.glibc})`,
    fix: known?.fix ?? 'read the lines above; the same happens with uv alone',
  };
}
