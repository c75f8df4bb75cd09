import * as path from 'node:path';
import { configPart, type ConfigExtensionOptions } from './config-part';
import type { ExtensionPart } from './extension-part';
import { secretsPart, type SecretsExtensionOptions } from './secrets-part';
import { securityPart, type SecurityExtensionOptions } from './security-part';
import { telemetryPart, type TelemetryExtensionOptions } from './telemetry-part';
import { FaultError } from '../../common/fault';
import type { ContentSpec, ProgramSource } from '../../content/content-spec';
import { checkProgramName } from '../../content/program-files';

/** Folders of `/opt` that mean something to Lambda, and so can be no extension's own. */
export const TAKEN_FOLDERS: readonly string[] = ['bin', 'extensions', 'java', 'lib', 'nodejs', 'python', 'ruby'];

/** Options of an extension of your own. */
export interface ExtensionCodeOptions {
  /**
   * The extension's name: that of its file in `/opt/extensions`, which it must register by.
   *
   * @default - the name of the script, program, module folder or crate
   */
  readonly name?: string;

  /**
   * Folder of files that the extension reads. They lie in `/opt/<name>` without the name's ending.
   *
   * @default - none
   */
  readonly supportFiles?: string;
}

/** A ready program for each machine. One is enough for a layer of one architecture. */
export interface ExtensionBinaryOptions extends ExtensionCodeOptions {
  /**
   * The program for x86_64.
   *
   * @default - none; the layer can only be for arm64
   */
  readonly x86?: string;

  /**
   * The program for arm64.
   *
   * @default - none; the layer can only be for x86_64
   */
  readonly arm64?: string;
}

/** Options of a Go module. */
export interface ExtensionGoOptions extends ExtensionCodeOptions {
  /**
   * The package of the module that has `main`, relative to its folder, such as `./cmd/agent`.
   *
   * @default '.'
   */
  readonly goPackage?: string;
}

/** Options of a Rust crate. */
export interface ExtensionRustOptions extends ExtensionCodeOptions {
  /**
   * The program of the crate or workspace, where it has several.
   *
   * @default - the crate's only program
   */
  readonly binary?: string;
}

/** An extension for an `ExtensionLayer`. Lambda starts it before the runtime, and it registers by the name of its file. */
export class ExtensionCode {
  /**
   * A script with a shebang, whose interpreter is part of the functions' runtimes or of the layer.
   *
   * @param file script, resolved like `Code.fromAsset`'s: relative to the working folder of the app
   */
  public static script(file: string, options: ExtensionCodeOptions = {}): ExtensionCode {
    return ExtensionCode.own(options, path.basename(file), { type: 'script', file: path.resolve(file) });
  }

  /**
   * Ready programs, of which the layer takes the one for its architecture.
   */
  public static binary(options: ExtensionBinaryOptions): ExtensionCode {
    const files = [options.x86, options.arm64].filter((file) => file !== undefined);
    return ExtensionCode.own(options, path.basename(files[0] ?? 'program'), {
      type: 'binaries',
      x86_64: options.x86 === undefined ? undefined : path.resolve(options.x86),
      arm64: options.arm64 === undefined ? undefined : path.resolve(options.arm64),
    });
  }

  /**
   * A Go module, compiled without C to a static program for the layer's architecture: by the machine's own Go, or in Docker where there is none.
   *
   * A `toolchain` line in go.mod says by which version of Go; without one it is the Go that is there. Modules are those of go.sum, or of a
   * `vendor` folder; go.work files do not count. All files of the folder decide whether it is compiled anew, those that git ignores as well.
   *
   * @param directory folder with go.mod, relative to the working folder of the app
   * @throws at synth, when the module does not compile so, or needs a folder outside of its own
   */
  public static goModule(directory: string, options: ExtensionGoOptions = {}): ExtensionCode {
    const name = options.goPackage === undefined ? directory : path.join(directory, options.goPackage);
    return ExtensionCode.own(options, path.basename(path.resolve(name)), {
      type: 'go', directory: path.resolve(directory), package: options.goPackage ?? '.',
    });
  }

  /**
   * A Rust crate, compiled to a static program for the layer's architecture: by the machine's own Cargo, where the target
   * `<machine>-unknown-linux-musl` is installed or, with glibc, for the machine's own architecture; else in Docker.
   *
   * Build scripts and macros of the crate and its dependencies run on the machine that synthesises. They see no credentials of the environment.
   * All files of the folder decide whether it is compiled anew, those that git ignores as well, but for Cargo's `target`.
   *
   * @param directory folder with Cargo.toml and Cargo.lock, relative to the working folder of the app; for a member of a workspace the folder
   * of the workspace, with `binary`
   * @throws at synth, when the crate does not compile so, or needs a folder outside of its own
   */
  public static rustCrate(directory: string, options: ExtensionRustOptions = {}): ExtensionCode {
    return ExtensionCode.own(options, options.binary ?? path.basename(path.resolve(directory)), {
      type: 'rust', directory: path.resolve(directory), binary: options.binary,
    });
  }

  /** The ready-made extension of `SecretsExtension`, for a layer with others. */
  public static secrets(options: SecretsExtensionOptions): ExtensionCode {
    return new ExtensionCode(() => secretsPart(options));
  }

  /** The ready-made extension of `ConfigExtension`, for a layer with others. */
  public static config(options: ConfigExtensionOptions): ExtensionCode {
    return new ExtensionCode(() => configPart(options));
  }

  /** The ready-made extension of `TelemetryExtension`, for a layer with others. */
  public static telemetry(options: TelemetryExtensionOptions): ExtensionCode {
    return new ExtensionCode(() => telemetryPart(options));
  }

  /** The ready-made extension of `SecurityExtension`, for a layer with others. */
  public static security(options: SecurityExtensionOptions): ExtensionCode {
    return new ExtensionCode(() => securityPart(options));
  }

  private static own(options: ExtensionCodeOptions, defaultName: string, source: ProgramSource): ExtensionCode {
    const name = options.name ?? defaultName;
    return new ExtensionCode(() => {
      checkProgramName(name);
      return { name, source, contents: supportFiles(name, options.supportFiles) };
    });
  }

  private constructor(private readonly render: () => ExtensionPart) {}

  /**
   * The extension as plain data.
   *
   * @internal
   */
  public _render(): ExtensionPart {
    return this.render();
  }
}

function supportFiles(name: string, folder: string | undefined): ContentSpec[] {
  const destination = name.replace(/(?<=.)\.[^.]*$/, '');
  if (folder !== undefined && TAKEN_FOLDERS.includes(destination)) {
    throw new FaultError({
      what: 'the files of the extension would lie in a folder that Lambda uses itself',
      got: `/opt/${destination}`,
      allowed: `none of ${TAKEN_FOLDERS.join(', ')}`,
      fix: 'give the extension another `name`',
    });
  }
  return folder === undefined ? [] : [{ kind: 'files', path: path.resolve(folder), destination, exclude: [] }];
}
