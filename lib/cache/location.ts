import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { makePrivateFolder } from './private-folder';
import { FaultError } from '../common/fault';

/** Environment variable that names the cache folder. */
export const CACHE_VARIABLE = 'CDK_LAMBDA_LAYERS_CACHE';

/** Name of the cache inside a platform's cache folder; with a dot in front, inside an output folder. */
const FOLDER_NAME = 'cdk-lambda-layers';

const FIX = `set ${CACHE_VARIABLE} to a folder that you can write to and nobody else can`;

/** Permission bits that let somebody else than the owner write. */
const OTHERS_WRITE = 0o022;

/** Where built layers and tools are kept. */
export interface CacheLocation {
  /** Absolute path of a folder that exists. */
  readonly root: string;
  /** Whether it can only be read; what it lacks is built at `fallbackLocation`. */
  readonly readOnly: boolean;
  /** A line for the user, to be said once; undefined when all is well. */
  readonly warning?: string;
}

/**
 * The cache that this user shares over apps; where there is none that can be trusted, a folder in the output folder.
 *
 * @param env environment variables of the process
 * @param outputFolder folder that the app is synthesised to; without one, a new private temporary folder stands in
 */
export function cacheLocation(env: NodeJS.ProcessEnv, outputFolder: string | undefined): CacheLocation {
  const root = configuredFolder(env);
  if (root === undefined) {
    return fallbackLocation('there is no home folder for a cache', outputFolder);
  }
  const judgement = judge(root);
  return judgement.refusal === undefined
    ? { root, readOnly: judgement.readOnly }
    : fallbackLocation(`the cache folder ${root} is not used: ${judgement.refusal}`, outputFolder);
}

/**
 * Where layers are built when the cache cannot take them.
 *
 * @param reason what is wrong with the cache, for the warning
 */
export function fallbackLocation(reason: string, outputFolder: string | undefined): CacheLocation {
  const root = outputFolder === undefined ? privateFolder() : path.resolve(outputFolder, `.${FOLDER_NAME}`);
  const judgement = judge(root);
  if (judgement.refusal !== undefined || judgement.readOnly) {
    throw new FaultError({
      what: 'there is no folder to build layers in',
      got: `${reason}; ${root} is not used either: ${judgement.refusal ?? 'it is read-only'}`,
      fix: FIX,
    });
  }
  return { root, readOnly: false, warning: `${reason}; layers are built in ${root}, and again when that is deleted; ${FIX}` };
}

function configuredFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (env[CACHE_VARIABLE]) {
    return path.resolve(env[CACHE_VARIABLE]);
  }
  const parent = platformCacheFolder(env);
  return parent === undefined ? undefined : path.join(parent, FOLDER_NAME);
}

function platformCacheFolder(env: NodeJS.ProcessEnv): string | undefined {
  switch (process.platform) {
    case 'win32': return absolute(env.LOCALAPPDATA) ?? below(absolute(env.USERPROFILE), 'AppData', 'Local');
    case 'darwin': return below(homeFolder(env), 'Library', 'Caches');
    default: return absolute(env.XDG_CACHE_HOME) ?? below(homeFolder(env), '.cache');
  }
}

function homeFolder(env: NodeJS.ProcessEnv): string | undefined {
  return absolute(env.HOME) ?? absolute(accountHome());
}

/** The home that the account database states; a container's user often has no account. */
function accountHome(): string | undefined {
  try {
    return os.userInfo().homedir;
  } catch {
    return undefined;
  }
}

function absolute(folder: string | undefined): string | undefined {
  return folder !== undefined && path.isAbsolute(folder) ? folder : undefined;
}

function below(folder: string | undefined, ...parts: string[]): string | undefined {
  return folder === undefined ? undefined : path.join(folder, ...parts);
}

type Judgement = { readonly refusal: string } | { readonly refusal?: undefined; readonly readOnly: boolean };

/** Whether a folder can be trusted and used as a cache. Creates it where it is missing. */
function judge(root: string): Judgement {
  let stat: fs.Stats;
  try {
    stat = fs.statSync(root, { throwIfNoEntry: false }) ?? create(root);
  } catch (error) {
    return { refusal: `it cannot be created or opened (${(error as NodeJS.ErrnoException).code})` };
  }
  if (!stat.isDirectory()) {
    return { refusal: 'it is not a folder' };
  }
  const refusal = strangersMayWrite(stat);
  if (refusal !== undefined) {
    return { refusal };
  }
  if (!hasAccess(root, fs.constants.R_OK | fs.constants.X_OK)) {
    return { refusal: 'it cannot be read' };
  }
  if (hasAccess(root, fs.constants.W_OK)) {
    return { readOnly: false };
  }
  return fs.existsSync(path.join(root, 'layers')) ? { readOnly: true } : { refusal: 'it is read-only and holds no cache' };
}

function create(root: string): fs.Stats {
  makePrivateFolder(root);
  return fs.statSync(root);
}

/** Root may own it, since root can write to any folder. Windows guards a user's folders by its own lists. */
function strangersMayWrite(stat: fs.Stats): string | undefined {
  const self = process.getuid?.();
  if (self === undefined) {
    return undefined;
  }
  if (stat.uid !== self && stat.uid !== 0) {
    return `it belongs to another user (uid ${stat.uid}, not ${self})`;
  }
  const mode = stat.mode & 0o777;
  return (mode & OTHERS_WRITE) === 0 ? undefined : `other users may write to it (mode 0${mode.toString(8)}, wanted 0700)`;
}

function hasAccess(folder: string, mode: number): boolean {
  try {
    fs.accessSync(folder, mode);
    return true;
  } catch {
    return false;
  }
}

let ownTemporaryFolder: string | undefined;

/** One for the whole process, so that what one construct built serves the next. */
function privateFolder(): string {
  ownTemporaryFolder ??= fs.mkdtempSync(path.join(os.tmpdir(), `${FOLDER_NAME}-`));
  return ownTemporaryFolder;
}
