import type { ToolRun } from './run-tool';

/**
 * A work folder and the tools that may run in it, on this machine or in a container. Both get the same arguments,
 * with paths relative to the work folder, so that both leave the same bytes.
 */
export interface Workbench {
  /** What messages call it, such as `uv 0.13.9` or `Docker image …`. */
  readonly description: string;
  /** Brings a folder below the work folder to where the tools run, as it is now. */
  provide(folder: string): Promise<void>;
  /** Runs uv in the work folder. */
  uv(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ToolRun>;
  /** Runs an interpreter of the asked version in the work folder. */
  python(version: string, args: readonly string[]): Promise<ToolRun>;
  /**
   * Settings for runs that build from source: a cache of their own for each set of pinned build tools, since uv takes what it built before
   * whatever it was built with.
   */
  buildCache(tools: string): Promise<Readonly<Record<string, string>>>;
  /** Brings a folder that tools wrote back below the work folder. */
  collect(folder: string): Promise<void>;
  dispose(): Promise<void>;
}

/** Thrown when a workbench cannot be had, so that another can stand in; its message says why. */
export class ToolUnavailable extends Error {}
