import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { startFunction, type FunctionOptions, type RunningFunction } from './start-function';

/** Files by their path; those below `bin/` and `extensions/` may be executed. */
export type Files = Readonly<Record<string, string>>;

/** Folders and functions of one test, gone after it. */
export class Workshop {
  private readonly root = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'run-test-'));
  private readonly started: RunningFunction[] = [];

  /** A folder with files, of a function or a layer. */
  public folder(files: Files): string {
    const folder = fs.mkdtempSync(path.join(this.root, 'files-'));
    // As Lambda unpacks it: a function may run as another user than its files belong to.
    fs.chmodSync(folder, 0o755);
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content, { mode: /^(bin|extensions)\//.test(name) ? 0o755 : 0o644 });
    }
    return folder;
  }

  /** Folders of functions that are there still. */
  public get functionFolders(): string[] {
    return fs.readdirSync(this.root).filter((name) => name.startsWith('run-function-'));
  }

  public async start(options: FunctionOptions): Promise<RunningFunction> {
    const fn = await startFunction({ workFolder: this.root, ...options });
    this.started.push(fn);
    return fn;
  }

  public async close(): Promise<void> {
    await Promise.all(this.started.map(async (fn) => fn.stop()));
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
