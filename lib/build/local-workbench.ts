import * as path from 'node:path';
import { buildEnvironment } from './environment';
import { findInterpreter } from './find-interpreter';
import { findUv, type Uv } from './find-uv';
import { runTool, type ToolRun } from './run-tool';
import { ToolUnavailable, type Workbench } from './workbench';

/** The machine's own tools. Everything lies in the work folder already, so nothing has to be collected. */
export class LocalWorkbench implements Workbench {
  /** Finds the tools; throws `ToolUnavailable` when there are none. */
  public static async open(workFolder: string, cacheRoot: string, installTools: boolean): Promise<LocalWorkbench> {
    const env = buildEnvironment(process.env);
    const uv = await findUv({ env, cacheRoot, install: installTools });
    const interpreter = await findInterpreter(uv, env);
    if (interpreter === undefined) {
      throw new ToolUnavailable('uv is here, but no Python that it could use');
    }
    return new LocalWorkbench(workFolder, uv, interpreter);
  }

  public readonly description: string;

  private constructor(
    private readonly workFolder: string,
    private readonly tool: Uv,
    private readonly interpreter: string,
  ) {
    this.description = `uv ${tool.version}`;
  }

  public async provide(): Promise<void> {
    // The tools run where the folder is.
  }

  public async uv(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ToolRun> {
    return runTool(this.tool.command, [...this.tool.prefix, ...args], {
      cwd: this.workFolder,
      // Named, so that uv looks for it once and downloads none: where only uv is on the machine, Docker stands in.
      env: buildEnvironment(process.env, { UV_PYTHON: this.interpreter, UV_PYTHON_DOWNLOADS: 'never', ...env }),
    });
  }

  public async python(version: string, args: readonly string[]): Promise<ToolRun> {
    const env = buildEnvironment(process.env);
    const interpreter = await findInterpreter(this.tool, env, version);
    if (interpreter === undefined) {
      throw new ToolUnavailable(`no Python ${version} is on this machine`);
    }
    return runTool(interpreter, args, { cwd: this.workFolder, env });
  }

  public async buildCache(tools: string): Promise<Readonly<Record<string, string>>> {
    const own = await this.uv(['cache', 'dir']);
    return own.code === 0 ? { UV_CACHE_DIR: path.join(own.stdout.trim(), 'cdk-lambda-layers', tools) } : {};
  }

  public async collect(): Promise<void> {
    // The tools wrote where the folder is.
  }

  public async dispose(): Promise<void> {
    // Nothing was started that outlives its run.
  }
}
