import * as path from 'node:path';
import type { ContentSpec } from './content-spec';
import { normalizeName } from './package-name';

/** What of a Python project's folder goes into the layer. */
export enum PythonInclude {
  /** What the project depends on, not the project itself. */
  DEPENDENCIES = 'dependencies',
  /** The dependencies and the project itself, built as a wheel. */
  PROJECT = 'project',
  /** The dependencies and the folder's importable modules, copied as they are. */
  SOURCES = 'sources',
}

/** Options of Python content that is given as a list. */
export interface PythonRequirementsOptions {
  /**
   * Names of packages that may be built from their source distribution, for those that ship no wheel.
   * Building runs the package's own code on the machine that synthesises.
   *
   * @default - wheels only
   */
  readonly sourceBuilds?: string[];

  /**
   * Path of a requirements file with hashes that pins build requirements which the library does not know.
   *
   * @default - the pinned build backends that come with the library
   */
  readonly buildConstraints?: string;
}

/** Options of Python content in a folder. */
export interface PythonContentOptions extends PythonRequirementsOptions {
  /**
   * What of the folder goes into the layer.
   *
   * @default PythonInclude.DEPENDENCIES
   */
  readonly include?: PythonInclude;

  /**
   * Dependency groups that are wanted besides the main dependencies, such as `dev`.
   *
   * @default - none
   */
  readonly groups?: string[];

  /**
   * Extras of the project that are wanted.
   *
   * @default - none
   */
  readonly extras?: string[];
}

/** Options of Node.js content in a folder. */
export interface NodejsContentOptions {
  /**
   * Patterns of files to leave out, in .gitignore syntax, relative to `node_modules`: what slimming cannot know to be needless.
   *
   * @default - nothing more than slimming removes
   */
  readonly exclude?: string[];
}

/** Options of content that is copied. */
export interface FilesContentOptions {
  /**
   * Folder in the layer, relative to `/opt`.
   *
   * @default - the root of the layer
   */
  readonly destination?: string;

  /**
   * Patterns of files to leave out, in .gitignore syntax, beside those that git ignores, caches, virtual environments and `.env` files.
   *
   * @default - nothing more is left out
   */
  readonly exclude?: string[];
}

/** What a layer holds. */
export class LayerContent {
  /**
   * Python packages as a folder's lock or requirements say: uv.lock with pyproject.toml, pylock.toml, poetry.lock, Pipfile.lock or requirements.txt.
   * When several are there the most exact one wins, in this order.
   *
   * @param directory folder, resolved like `Code.fromAsset`'s: relative to the working folder of the app
   */
  public static python(directory: string, options: PythonContentOptions = {}): LayerContent {
    return new LayerContent({
      kind: 'python',
      directory: path.resolve(directory),
      include: options.include ?? PythonInclude.DEPENDENCIES,
      groups: options.groups ?? [],
      extras: options.extras ?? [],
      ...sourceBuilding(options),
    });
  }

  /**
   * Python packages given as a list of requirements, such as `requests==2.32.5`.
   * Their lock is kept in the working folder of the app.
   */
  public static pythonRequirements(requirements: string[], options: PythonRequirementsOptions = {}): LayerContent {
    return new LayerContent({
      kind: 'python',
      directory: process.cwd(),
      requirements: [...requirements],
      include: PythonInclude.DEPENDENCIES,
      groups: [],
      extras: [],
      ...sourceBuilding(options),
    });
  }

  /**
   * The production dependencies of a Node.js project, as its package-lock.json pins them. No package's install script runs.
   * The project's own files are not in it; `LayerContent.files` with a destination in `nodejs/node_modules` brings them.
   *
   * @param directory folder with package.json and package-lock.json, resolved like `Code.fromAsset`'s: relative to the working folder of the app
   */
  public static nodejs(directory: string, options: NodejsContentOptions = {}): LayerContent {
    return new LayerContent({ kind: 'nodejs', directory: path.resolve(directory), exclude: options.exclude ?? [] });
  }

  /**
   * Any other file, folder or .zip archive. A folder's content and an archive's entries are placed at the root of the layer
   * unless a destination is given.
   *
   * @param file file, folder or .zip, resolved like `Code.fromAsset`'s: relative to the working folder of the app
   */
  public static files(file: string, options: FilesContentOptions = {}): LayerContent {
    return new LayerContent({
      kind: 'files',
      path: path.resolve(file),
      destination: options.destination ?? '',
      exclude: options.exclude ?? [],
    });
  }

  private constructor(private readonly spec: ContentSpec) {}

  /**
   * The content as plain data.
   *
   * @internal
   */
  public _render(): ContentSpec {
    return this.spec;
  }
}

function sourceBuilding(options: PythonRequirementsOptions) {
  return {
    sourceBuilds: (options.sourceBuilds ?? []).map(normalizeName),
    buildConstraints: options.buildConstraints === undefined ? undefined : path.resolve(options.buildConstraints),
  };
}
