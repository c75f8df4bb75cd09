import * as path from 'node:path';
import { describeFailure, type ToolRun } from './run-tool';
import type { Toolchain } from './toolchain';
import { FaultError } from '../common/fault';
import type { ArchitectureName } from '../target/target';

/** Where compilers write, below the work folder. */
export const MADE = '.made';

/** A compiler that was found, for one project. */
export interface Compiler {
  /** What messages call it, such as `Go 1.26.8`. */
  readonly description: string;
  /** Compiles the project's program to a path of this machine. */
  compile(program: string): Promise<void>;
}

/** A project to compile. */
export interface Project {
  /** The user's folder, for messages. */
  readonly directory: string;
  /** Its copy: a folder of the same name in the work folder. */
  readonly source: string;
  readonly architecture: ArchitectureName;
}

/** What a compiler's words mean to a user. */
export interface KnownFailure {
  readonly sign: RegExp;
  readonly fault: { readonly what: string; readonly allowed: string; readonly fix: string };
}

/** The first failure whose sign a run shows. */
export function knownFailure(run: ToolRun, known: readonly KnownFailure[]): KnownFailure | undefined {
  return known.find(({ sign }) => sign.test(run.stderr));
}

/** How a compiler failed, with the user's folders where it names the copy, or looked for something beside it. */
export function compilerFailure(tool: string, run: ToolRun, toolchain: Toolchain, project: Project): string {
  const text = (output: string): string => output.replaceAll(`${toolchain.folder}/`, () => `${path.dirname(project.directory)}/`);
  return describeFailure(tool, { ...run, stdout: text(run.stdout), stderr: text(run.stderr) });
}

/** The fault of what lies outside of a project's folder: it is not in the layer's key, so that a change of it would go unnoticed. */
export function outsideFault(what: string, got: readonly string[], fix: string): FaultError {
  return new FaultError({
    what,
    got: got.join('\n'),
    allowed: 'folders inside of the project: a change elsewhere would not be noticed, and the layer would stay as it was',
    fix,
  });
}
