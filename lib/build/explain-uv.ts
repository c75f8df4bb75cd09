import type { PythonInstall } from './install-python';
import type { IndexAccess } from './package-indexes';
import { describeFailure, redact, type ToolRun } from './run-tool';
import type { Fault } from '../common/fault';
import type { IndexSpec } from '../resolve/index-spec';
import type { Target } from '../target/target';

/** What uv was asked for. */
type Asked = Pick<PythonInstall, 'target' | 'indexes'>;

interface Explanation {
  readonly pattern: RegExp;
  /** Given the first part of the text that the pattern names. */
  readonly what: (named: string, target: Target) => string;
  /** Wheels for the target when left out. */
  readonly allowed?: string;
  readonly fix: string;
}

/** What uv says, in the order of how much it tells, and what a user of this library can do about it. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /no space left on device/i,
    what: () => 'the disk is full',
    allowed: 'room for the wheels and what is in them, in the cache of uv and in that of this library',
    fix: 'free some space, or put the caches elsewhere with CDK_LAMBDA_LAYERS_CACHE and UV_CACHE_DIR',
  },
  {
    pattern: /Hash mismatch for `([^`]+)`/,
    what: (artifact) => `the artefact of ${artifact} is not the one that was locked`,
    allowed: 'an artefact with a hash of the lock',
    fix: 'find out why it changed; if the change is wanted, lock again with `npx cdk-lambda-layers lock`',
  },
  {
    pattern: /no trusted hash was provided for: `([^`]+)`/,
    what: (artifact) => `${artifact} is needed and not pinned with a hash`,
    allowed: 'a hash for everything that is installed, and for everything that a source build needs',
    fix: 'lock it with its hash; for what a source build needs, name a file with its pin in `buildConstraints`',
  },
  {
    pattern: /(In `--(?:require|verify)-hashes` mode[^\n]*)/,
    what: (sentence) => sentence.trim(),
    allowed: 'a hash for everything that is installed',
    fix: 'lock again with `npx cdk-lambda-layers lock`, so that every requirement has its hash',
  },
  {
    pattern: /([A-Za-z0-9._-]+(?:==[^\s,]+)?) has no wheels with a matching/,
    what: (release, target) => `${release} has no wheel for ${target.runtime} on ${target.architecture}`,
    fix: 'choose a version with such a wheel, or another runtime or architecture; what has source too can be named in `sourceBuilds`',
  },
  {
    pattern: /(?:^|[\s(])([A-Za-z][A-Za-z0-9._-]*(?:==[^\s,]+)?) ha(?:s|ve) no usable wheels/,
    what: (release) => `${release} ships no wheel and is not named for a source build`,
    fix: 'name it in `sourceBuilds`, which runs its code on this machine, or choose a version with a wheel',
  },
  {
    pattern: /([A-Za-z0-9._-]+) (?:was|were) not found in the package registry/,
    what: (name) => `${name} is not in any package index`,
    allowed: 'packages of the default index, and of those in `bundling.indexes`',
    fix: 'correct the name, or add the index that has it to `bundling.indexes`',
  },
  {
    pattern: /there (?:is|are) no versions? of ([^\s,]+)|Because only [^\n]+? available and (?:layer depends on|you require) ([^\s,]+), we/,
    what: (wanted) => `no index has a version that fits ${wanted}`,
    allowed: 'versions that are there, and older than `bundling.excludeNewer` says',
    fix: 'ask for a version that is there, or add the index that has it to `bundling.indexes`',
  },
  {
    pattern: /no solution found/i,
    what: () => 'the requirements contradict each other',
    allowed: 'requirements that one version of each package fulfils',
    fix: 'loosen or change the versions that contradict each other',
  },
  {
    pattern: /failed to (?:download and )?build `?([^`\n]+)`?/i,
    what: (release) => `${release} could not be built from its source distribution`,
    allowed: 'source that its own build backend turns into a wheel',
    fix: 'read the last lines of its build above; a package that must be compiled is built with `BundlingMode.DOCKER`',
  },
];

/** A refusal, and the URL of the index or file that was refused. */
const REFUSED: readonly RegExp[] = [
  /index URL \((?<url>[^)\s]+)\) could not be queried[^\n]*\((?<status>40[13] \w+)\)/,
  /\((?<status>40[13] \w+)\) for url \((?<url>[^)\s]+)\)/,
];

const UNREACHABLE = /Failed to fetch: `?(?<url>[^\s`]+)|(?:dns error|connection refused|error sending request|timed out|failed to connect)/i;

/** The fault behind a failed run of uv, with uv's own last lines. */
export function explainUvFailure(run: ToolRun, asked: Asked, access: Pick<IndexAccess, 'secrets' | 'urls'>): Fault {
  const text = redact(`${run.stderr}\n${run.stdout}`, access.secrets);
  return explainEnd(run, access) ?? explainRefusal(text, run, asked, access) ?? explainText(text, run, asked, access);
}

function explainEnd(run: ToolRun, access: Pick<IndexAccess, 'secrets'>): Fault | undefined {
  return run.signal === null ? undefined : {
    what: 'uv was killed before its work was done',
    got: describeUv(run, access),
    allowed: 'a uv that ends by itself',
    fix: 'somebody or something ended it, such as a lack of memory: synthesise again',
  };
}

function explainRefusal(text: string, run: ToolRun, asked: Asked, access: Pick<IndexAccess, 'secrets' | 'urls'>): Fault | undefined {
  const match = REFUSED.map((pattern) => pattern.exec(text)).find((one) => one !== null);
  if (match === undefined || match === null) {
    return undefined;
  }
  const { status = '', url = '' } = match.groups ?? {};
  const index = indexOf(url, asked, access);
  const variables = index === undefined ? [] : variablesOf(index);
  return {
    what: `${index === undefined ? 'a package index' : `package index ${index.name}`} refused access (${status})`,
    got: [url, ...variables.map(describeVariable), describeUv(run, access)].join('\n'),
    allowed: 'credentials that the index takes',
    fix: refusalFix(index, variables),
  };
}

function refusalFix(index: IndexSpec | undefined, variables: readonly string[]): string {
  if (index === undefined) {
    return 'check the settings of this machine for that index, or give it as PackageIndex.url(name, url, { usernameEnv, passwordEnv })';
  }
  if (index.codeArtifact !== undefined) {
    return 'check that the AWS identity in use may read the repository, and that CODEARTIFACT_AUTH_TOKEN, if it is set, is not too old';
  }
  return variables.length === 0
    ? 'name the variables that hold the credentials: PackageIndex.url(name, url, { usernameEnv, passwordEnv })'
    : `check the ${variables.length === 1 ? 'value' : 'values'} of ${variables.join(' and ')}`;
}

function explainText(text: string, run: ToolRun, asked: Asked, access: Pick<IndexAccess, 'secrets' | 'urls'>): Fault {
  const { target } = asked;
  for (const { pattern, what, allowed, fix } of EXPLANATIONS) {
    const match = pattern.exec(text);
    if (match !== null) {
      const named = match.slice(1).find((group) => group !== undefined) ?? '';
      return { what: what(named, target), got: describeUv(run, access), allowed: allowed ?? wheelsFor(target), fix };
    }
  }
  const unreachable = UNREACHABLE.exec(text);
  if (unreachable !== null) {
    const index = indexOf(unreachable.groups?.url ?? '', asked, access);
    return {
      what: `${index === undefined ? 'a package index' : `package index ${index.name}`} cannot be reached`,
      got: describeUv(run, access),
      allowed: 'an index that answers, or a full cache, with which nothing is fetched',
      fix: 'check the network, the proxy and the URL of the index',
    };
  }
  return {
    what: 'uv could not do its work',
    got: describeUv(run, access),
    allowed: wheelsFor(target),
    fix: 'read the lines above; the same happens with uv alone',
  };
}

/** The index of ours that a URL belongs to. */
function indexOf(url: string, asked: Asked, access: Pick<IndexAccess, 'urls'>): IndexSpec | undefined {
  return asked.indexes.find((index) => {
    const base = (index.url ?? access.urls.get(index.name))?.replace(/\/+$/, '');
    return base !== undefined && (url === base || url.startsWith(`${base}/`));
  });
}

function variablesOf(index: IndexSpec): string[] {
  return [index.usernameEnv, index.passwordEnv].filter((name) => name !== undefined);
}

function describeVariable(name: string): string {
  return `environment variable ${name} is ${process.env[name] ? 'set' : 'empty'}`;
}

/** Without the line on uv's own interpreter, which is not the layer's. */
function describeUv(run: ToolRun, access: Pick<IndexAccess, 'secrets'>): string {
  return describeFailure('uv', { ...run, stderr: run.stderr.replace(/^Using CPython [^\n]*\n/m, '') }, access.secrets);
}

function wheelsFor(target: Target): string {
  return `wheels for ${target.runtime} on ${target.architecture} (glibc ${target.glibc})`;
}
