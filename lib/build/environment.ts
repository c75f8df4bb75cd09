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

/** The settings of Go that say where modules come from and whom to trust. It runs no code of modules, so that it may see credentials. */
const PASSED_TO_GO = new Set(['GOPROXY', 'GONOPROXY', 'GOPRIVATE', 'GOSUMDB', 'GONOSUMDB', 'GOINSECURE', 'GOVCS', 'GOAUTH']);

/** Those that name something of this machine. */
const PLACES_OF_GO = new Set(['GOENV', 'GOPATH', 'GOMODCACHE', 'GOCACHE', 'SSH_AUTH_SOCK']);

/** The settings of Cargo that say where crates come from. They may hold credentials: only what fetches sees them. */
const PASSED_TO_CARGO = /^CARGO_(?:NET_|HTTP_(?!CAINFO$)|REGISTR(?:Y|IES)_|SOURCE_)[A-Z0-9_]+$/;

/** Where Cargo, rustc and rustup are and keep things, and how a toolchain that a project names is installed. */
const PLACES_OF_CARGO = new Set([
  'CARGO_HOME', 'CARGO_HTTP_CAINFO', 'RUSTUP_HOME', 'RUSTUP_DIST_SERVER', 'RUSTUP_UPDATE_ROOT', 'RUSTUP_AUTO_INSTALL', 'SSH_AUTH_SOCK',
]);

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
  return { ...reachingOut(host), ...FIXED, ...npmSettings(host, named), ...select(host, (name) => FILES_OF_NPM.has(settingOf(name))) };
}

/** The part of npm's environment that names nothing of this machine. It may hold credentials. */
export function npmEnvironmentInContainers(host: NodeJS.ProcessEnv, named: ReadonlySet<string>): Record<string, string> {
  return { ...select(host, (name) => PROXIES.has(name)), ...npmSettings(host, named) };
}

function npmSettings(host: NodeJS.ProcessEnv, named: ReadonlySet<string>): Record<string, string> {
  return select(host, (name) => PASSED_TO_NPM.has(settingOf(name)) || NPM_REGISTRY.test(name) || named.has(name));
}

/** The environment for Go. */
export function goEnvironment(host: NodeJS.ProcessEnv): Record<string, string> {
  return { ...reachingOut(host), ...FIXED, ...goEnvironmentInContainers(host), ...select(host, (name) => PLACES_OF_GO.has(name)) };
}

/** The part of it that names nothing of this machine. It may hold credentials. */
export function goEnvironmentInContainers(host: NodeJS.ProcessEnv): Record<string, string> {
  return select(host, (name) => PROXIES.has(name) || PASSED_TO_GO.has(name));
}

/** The environment for Cargo where it fetches crates, and runs none of their code. */
export function cargoEnvironment(host: NodeJS.ProcessEnv): Record<string, string> {
  return { ...reachingOut(host), ...FIXED, ...cargoEnvironmentInContainers(host), ...select(host, (name) => PLACES_OF_CARGO.has(name)) };
}

/** The part of it that names nothing of this machine. It may hold credentials. */
export function cargoEnvironmentInContainers(host: NodeJS.ProcessEnv): Record<string, string> {
  return select(host, (name) => PROXIES.has(name) || PASSED_TO_CARGO.test(name));
}

/** The environment for Cargo where build scripts run: no proxy, no registry, no credential. */
export function cargoBuildEnvironment(host: NodeJS.ProcessEnv): Record<string, string> {
  return { ...select(host, (name) => PASSED.has(name) || (PLACES_OF_CARGO.has(name) && name !== 'SSH_AUTH_SOCK')), ...FIXED };
}

/** Tools, folders, certificates and proxies of this machine. */
function reachingOut(host: NodeJS.ProcessEnv): Record<string, string> {
  return select(host, (name) => PASSED.has(name) || PROXIES.has(name));
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
