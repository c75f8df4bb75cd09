import * as fs from 'node:fs';
import * as path from 'node:path';
import { Container, DOCKER_PLATFORMS } from './container';
import { containerEnvironment, passedToContainers } from './environment';
import { asUv, pipArguments, UV_REQUIREMENTS, type Uv } from './find-uv';
import { describeFailure, type ToolRun } from './run-tool';
import type { Workbench } from './workbench';
import { FaultError } from '../common/fault';
import type { Target } from '../target/target';

/** Where the work folder lies in the container. */
const WORK = '/work';

/** Where everything lies that tools need and that is no part of the work. */
const TOOLS = '/work-tools';

/** Files of this machine that settings name: they are copied, and the settings name the copies. */
const FILE_SETTINGS: readonly { readonly variables: readonly string[]; readonly copy: string }[] = [
  { variables: ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'CURL_CA_BUNDLE'], copy: `${TOOLS}/certificates.pem` },
  { variables: ['UV_CONFIG_FILE'], copy: `${TOOLS}/uv.toml` },
  { variables: ['PIP_CONFIG_FILE'], copy: `${TOOLS}/pip.conf` },
];

export interface DockerWorkbenchOptions {
  readonly workFolder: string;
  readonly target: Target;
  /** Instead of the runtime's own build image. */
  readonly image?: string;
  readonly network?: string;
  /** Instead of the target's. */
  readonly platform?: string;
  /** Instead of the image's. */
  readonly user?: string;
  /** Why Docker is needed, and for which package. */
  readonly reason: string;
  /** The layer that is built, as messages call it. */
  readonly place: string;
  announce(line: string): void;
}

/** The tools of an image, by default the one that AWS SAM builds with for the target's runtime. */
export class DockerWorkbench implements Workbench {
  /** Starts a container and finds the tools; throws `ToolUnavailable` when Docker or the image cannot be had. */
  public static async open(options: DockerWorkbenchOptions): Promise<DockerWorkbench> {
    const image = options.image ?? options.target.buildImage;
    const platform = options.platform ?? DOCKER_PLATFORMS[options.target.architecture];
    const files = filesOfSettings(process.env);
    const copies = Object.fromEntries(files.flatMap((file) => file.variables.map((variable) => [variable, file.copy])));
    const container = await Container.start({
      ...options,
      image,
      platform,
      env: containerEnvironment({ HOME: `${TOOLS}/home`, UV_CACHE_DIR: `${TOOLS}/uv-cache`, UV_PYTHON_DOWNLOADS: 'never', ...copies }),
    });
    try {
      await prepare(container, files);
      const interpreters = await findInterpreters(container, options.target.pythonVersion);
      return new DockerWorkbench(options.workFolder, image, container, await provideUv(container, image, interpreters), interpreters);
    } catch (error) {
      await container.remove();
      throw error;
    }
  }

  public readonly description: string;

  private constructor(
    private readonly workFolder: string,
    private readonly image: string,
    private readonly container: Container,
    private readonly tool: Uv,
    private readonly interpreters: readonly Interpreter[],
  ) {
    this.description = `uv ${tool.version} in Docker image ${image}`;
  }

  public async uv(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ToolRun> {
    // The first is the target's, so that what is compiled fits it.
    const [interpreter] = this.interpreters;
    const withInterpreter = interpreter === undefined ? env : { UV_PYTHON: interpreter.command, ...env };
    return runWithSettings(this.container, this.tool.command, [...this.tool.prefix, ...args], withInterpreter);
  }

  public async python(version: string, args: readonly string[]): Promise<ToolRun> {
    const interpreter = this.interpreters.find((one) => one.version === version);
    if (interpreter === undefined) {
      throw new FaultError({
        what: `the image ${this.image} has no Python ${version}`,
        got: describeInterpreters(this.interpreters),
        fix: 'leave `image` out for the one of the runtime, or choose an image with that interpreter on its path',
      });
    }
    return runWithSettings(this.container, interpreter.command, args);
  }

  public async provide(folder: string): Promise<void> {
    const inside = `${WORK}/${folder}`;
    await this.container.prepare('rm -rf "$1" && mkdir -p "$1"', inside);
    await this.container.copyIn(`${path.join(this.workFolder, folder)}/.`, inside);
    await this.container.prepare('chown -R "$2" "$1"', inside, this.container.owner);
  }

  public async buildCache(): Promise<Readonly<Record<string, string>>> {
    // A container's cache is as new as the container.
    return {};
  }

  public async collect(folder: string): Promise<void> {
    await this.container.copyOut(`${WORK}/${folder}/.`, path.join(this.workFolder, folder));
  }

  public async dispose(): Promise<void> {
    await this.container.remove();
  }
}

interface SettingsFile {
  readonly variables: readonly string[];
  readonly source: string;
  readonly copy: string;
}

function filesOfSettings(host: NodeJS.ProcessEnv): SettingsFile[] {
  return FILE_SETTINGS.flatMap((setting) => {
    const named = setting.variables.map((variable) => host[variable]).find((file) => file && isFile(file));
    return named === undefined ? [] : [{ ...setting, source: fs.realpathSync(named) }];
  });
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** Makes the folders that tools use theirs, whoever they run as. */
async function prepare(container: Container, files: readonly SettingsFile[]): Promise<void> {
  await container.prepare('mkdir -p "$1" "$2/home"', WORK, TOOLS);
  for (const { source, copy } of [...files, { source: UV_REQUIREMENTS, copy: `${TOOLS}/uv-requirements.txt` }]) {
    await container.copyIn(source, copy);
  }
  await container.prepare('chown -R "$3" "$1" "$2"', WORK, TOOLS, container.owner);
}

/** Runs a tool in the work folder with the settings of this machine that mean the same there. */
function runWithSettings(
  container: Container,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ToolRun> {
  return container.run(command, args, { cwd: WORK, env: { ...passedToContainers(process.env), ...env } });
}

/** A Python of the image. */
interface Interpreter {
  readonly command: string;
  /** Language version, such as `3.11`. */
  readonly version: string;
}

/** The image's interpreters, the asked version first. */
async function findInterpreters(container: Container, version: string): Promise<Interpreter[]> {
  const script = `for python in "python$1" python3 python; do
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) && echo "$version $(command -v "$python")"
  done; :`;
  const run = await container.run('sh', ['-c', script, 'sh', version]);
  const found = [...run.stdout.matchAll(/^(\S+) (.+)$/gm)].map((match) => ({ version: match[1], command: match[2] }));
  return [...found.filter((one) => one.version === version), ...found.filter((one) => one.version !== version)];
}

function describeInterpreters(interpreters: readonly Interpreter[]): string {
  return interpreters.map((one) => `Python ${one.version} (${one.command})`).join(', ') || 'no Python on its path';
}

/** uv as the image has it, else the pinned one, which the image's pip installs. */
async function provideUv(container: Container, image: string, interpreters: readonly Interpreter[]): Promise<Uv> {
  const run = (command: string, args: readonly string[]): Promise<ToolRun> => runWithSettings(container, command, args);
  const own = await asUv(run, 'uv');
  if (own !== undefined) {
    return own;
  }
  const [python] = interpreters;
  const folder = `${TOOLS}/uv`;
  const installed = python === undefined ? undefined : await run(python.command, pipArguments(`${TOOLS}/uv-requirements.txt`, folder));
  const pinned = installed?.code === 0 ? await asUv(run, `${folder}/bin/uv`) : undefined;
  if (pinned === undefined) {
    throw new FaultError({
      what: `there is no uv in the image ${image}, and none could be installed`,
      got: installed === undefined ? describeInterpreters(interpreters) : describeFailure('pip', installed),
      allowed: 'an image with a new uv, or with a Python whose pip reaches a package index',
      fix: 'choose such an image, or set the `network` that containers need here',
    });
  }
  return pinned;
}
