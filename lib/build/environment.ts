/**
 * What a build sees of the machine's environment: enough to find tools, reach indexes and trust their certificates, and nothing else,
 * so that a package that is built from source finds no secrets there. README lists it; keep that list equal.
 */
const PASSED = new Set([
  'PATH', 'PATHEXT', 'SYSTEMROOT', 'COMSPEC', 'HOME', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'TMPDIR', 'TEMP', 'TMP',
  'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME',
  'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'PIP_CERT',
  'PIP_CONFIG_FILE', 'NETRC', 'UV_CACHE_DIR', 'UV_CONFIG_FILE', 'UV_FIND_LINKS', 'UV_KEYRING_PROVIDER',
  'DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH',
]);

const PROXIES = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']);

/** The part of it that names nothing of this machine, and so means the same in a container. */
const PASSED_TO_CONTAINERS = new Set([
  ...PROXIES,
  'PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_DEFAULT_TIMEOUT',
  'UV_DEFAULT_INDEX', 'UV_INDEX', 'UV_INDEX_URL', 'UV_EXTRA_INDEX_URL', 'UV_INDEX_STRATEGY',
  'UV_HTTP_TIMEOUT', 'UV_HTTP_RETRIES', 'UV_NATIVE_TLS', 'UV_SYSTEM_CERTS', 'UV_INSECURE_HOST', 'UV_CONCURRENT_DOWNLOADS',
]);

/** Credentials of indexes that the machine's own uv settings name. */
const PASSED_PATTERN = /^UV_INDEX_[A-Z0-9_]+_(USERNAME|PASSWORD)$/;

/** The settings of npm that say where packages come from and whom to trust. npm takes their names in any case, and `-` for `_`. */
const PASSED_TO_NPM = new Set([
  'npm_config_registry', 'npm_config_proxy', 'npm_config_https_proxy', 'npm_config_noproxy', 'npm_config_strict_ssl', 'npm_config_ca',
  'npm_config_fetch_retries', 'npm_config_fetch_timeout',
]);

/** Those of them that name files of this machine. */
const FILES_OF_NPM = new Set(['npm_config_userconfig', 'npm_config_globalconfig', 'npm_config_cache', 'npm_config_cafile', 'node_extra_ca_certs']);

/** The registry of a scope, and the credentials of a registry. */
const NPM_REGISTRY = /^npm_config_(?:@[^:]+:registry|\/\/.+)$/i;

/** Settings that make a build's bytes the same everywhere. */
const FIXED: Readonly<Record<string, string>> = {
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  PYTHONHASHSEED: '0',
  PYTHONUTF8: '1',
  PYTHONDONTWRITEBYTECODE: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
  // 1980-01-01, the first date that a zip can hold.
  SOURCE_DATE_EPOCH: '315532800',
};

/** The environment for a tool of a build. */
export function buildEnvironment(host: NodeJS.ProcessEnv, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...select(host, (name) => PASSED.has(name)), ...passedToContainers(host), ...FIXED, ...extra };
}

/**
 * The environment for npm, which runs no code of packages here, so that it may see what an .npmrc names as `${NAME}`.
 *
 * @param named the names that it refers to
 */
export function npmEnvironment(host: NodeJS.ProcessEnv, named: ReadonlySet<string>): Record<string, string> {
  const tools = select(host, (name) => PASSED.has(name) || PROXIES.has(name));
  return { ...tools, ...FIXED, ...npmSettings(host, named), ...select(host, (name) => FILES_OF_NPM.has(settingOf(name))) };
}

/** The part of npm's environment that names nothing of this machine. It may hold credentials. */
export function npmEnvironmentInContainers(host: NodeJS.ProcessEnv, named: ReadonlySet<string>): Record<string, string> {
  return { ...select(host, (name) => PROXIES.has(name)), ...npmSettings(host, named) };
}

function npmSettings(host: NodeJS.ProcessEnv, named: ReadonlySet<string>): Record<string, string> {
  return select(host, (name) => PASSED_TO_NPM.has(settingOf(name)) || NPM_REGISTRY.test(name) || named.has(name));
}

function settingOf(name: string): string {
  return name.toLowerCase().replace(/(?!^)-/g, '_');
}

/** The fixed part alone, which holds no secret. */
export function containerEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...FIXED, ...extra };
}

/** What tools in a container see of the machine's environment. It may hold credentials of proxies and indexes. */
export function passedToContainers(host: NodeJS.ProcessEnv): Record<string, string> {
  return select(host, (name) => PASSED_TO_CONTAINERS.has(name) || PASSED_PATTERN.test(name));
}

function select(host: NodeJS.ProcessEnv, isWanted: (name: string) => boolean): Record<string, string> {
  const wanted = Object.entries(host).filter(([name, value]) => value !== undefined && isWanted(name));
  return Object.fromEntries(wanted) as Record<string, string>;
}
