import * as fs from 'node:fs';
import * as path from 'node:path';
import { compilerFailure, knownFailure, MADE, outsideFault, type Compiler, type Project } from './compiler';
import { cargoBuildEnvironment, cargoEnvironment, cargoEnvironmentInContainers } from './environment';
import { RUST_FAILURES } from './explain-rust';
import { describeFailure, type ToolRun } from './run-tool';
import type { Toolchain } from './toolchain';
import { ToolUnavailable } from './workbench';
import { FaultError } from '../common/fault';
import type { ArchitectureName } from '../target/target';

/** Of the image, where the project names none. */
const DEFAULT_VERSION = '1.95.0';

const RUST_MACHINES: Readonly<Record<ArchitectureName, string>> = { x86_64: 'x86_64', arm64: 'aarch64' };

/** Files by which rustup finds a project's toolchain. */
const TOOLCHAIN_FILES = ['rust-toolchain.toml', 'rust-toolchain'];

/** Below the work folder. */
const WRAPPER = `${MADE}/rustc`;

export interface RustProject extends Project {
  /** The program, where there are several. */
  readonly binary?: string;
}

/** The image with the version of Rust that a project names. */
export function rustImage(directory: string): string {
  const file = TOOLCHAIN_FILES.map((name) => path.join(directory, name)).find((one) => fs.existsSync(one));
  const [, version] = /^(?:\s*channel\s*=\s*["'])?(\d+\.\d+(?:\.\d+)?)\b/m.exec(file === undefined ? '' : fs.readFileSync(file, 'utf8')) ?? [];
  return `public.ecr.aws/docker/library/rust:${version ?? DEFAULT_VERSION}`;
}

/** What is compiled for, and how it is linked. */
interface Target {
  readonly triple: string;
  /** rustc's own linker, which links for every machine; undefined for the system's. */
  readonly linker?: string;
}

/** Of a program that Cargo knows. */
interface Binary {
  readonly name: string;
  /** Of its package, by which every version of Cargo finds it. */
  readonly manifest: string;
}

/** Cargo and rustc of a toolchain. */
export class Rust implements Compiler {
  /** Throws `ToolUnavailable` when there is no Rust, or none for static programs of the machine. */
  public static async find(toolchain: Toolchain, project: RustProject): Promise<Rust> {
    if (!toolchain.isContainer && process.platform === 'win32') {
      throw new ToolUnavailable('Rust is compiled on Linux and macOS, or in Docker');
    }
    const ask = async (command: string, ...args: readonly string[]): Promise<string> => {
      const run = await toolchain.run(command, args, { cwd: project.source, env: fetchEnvironment(toolchain) });
      if (run.code !== 0) {
        throw new ToolUnavailable(`Rust does not start: ${describeFailure(command, run)}`);
      }
      return run.stdout.trim();
    };
    await ask('cargo', '--version');
    const version = await ask('rustc', '-vV');
    const { host, release, 'commit-hash': commit } = Object.fromEntries(version.split('\n').map((line) => line.split(': ')));
    const rust = { host, release, commit, sysroot: await ask('rustc', '--print', 'sysroot') };
    const target = await chooseTarget(toolchain, project, rust);
    return new Rust(toolchain, project, `Rust ${release}${toolchain.where}, ${target.triple}`, rust, target);
  }

  private constructor(
    private readonly toolchain: Toolchain,
    private readonly project: RustProject,
    public readonly description: string,
    private readonly rust: RustFacts,
    private readonly target: Target,
  ) {}

  /** Compiles a program of the crate to a static one. Build scripts and macros of its dependencies run. */
  public async compile(program: string): Promise<void> {
    const { folder } = this.toolchain;
    const binary = await this.chooseBinary();
    const triples = [...new Set([this.target.triple, this.rust.host])];
    // Apart from the build, so that no code of crates sees the credentials of registries.
    await this.cargo(['fetch', '--locked', ...triples.flatMap((triple) => ['--target', triple])], fetchEnvironment(this.toolchain));
    await this.writeWrapper();
    await this.cargo([
      'build', '--release', '--locked', '--offline', '--target', this.target.triple, '--target-dir', path.posix.join(folder, MADE),
      '--manifest-path', binary.manifest, '--bin', binary.name,
    ], {
      ...this.toolchain.isContainer ? {} : cargoBuildEnvironment(process.env),
      CARGO_INCREMENTAL: '0',
      CARGO_PROFILE_RELEASE_STRIP: 'symbols',
      RUSTC_WRAPPER: path.posix.join(folder, WRAPPER),
    });
    await this.toolchain.collect(path.posix.join(MADE, this.target.triple, 'release', binary.name), program);
  }

  /** The program that is asked for, or the only one. */
  private async chooseBinary(): Promise<Binary> {
    const run = await this.cargo(['metadata', '--no-deps', '--format-version', '1', '--locked', '--offline'], fetchEnvironment(this.toolchain));
    const metadata = JSON.parse(run.stdout) as Metadata;
    this.failOnOutside(metadata);
    const members = metadata.workspace_default_members ?? metadata.workspace_members;
    const binaries = metadata.packages
      .filter(({ id }) => members.includes(id) || this.project.binary !== undefined)
      .flatMap(({ targets, manifest_path: manifest }) =>
        targets.filter(({ kind }) => kind.includes('bin')).map(({ name }): Binary => ({ name, manifest })));
    const wanted = binaries.filter(({ name }) => this.project.binary === undefined || name === this.project.binary);
    if (wanted.length !== 1) {
      const asked = this.project.binary === undefined ? '' : `asked for: ${this.project.binary}; `;
      throw new FaultError({
        what: wanted.length > 1 ? 'the Rust crate has several programs' : 'the Rust crate has no such program',
        got: `${asked}programs: ${binaries.map(({ name }) => name).join(', ') || 'none, only a library'}`,
        allowed: 'one program, or one that is named',
        fix: binaries.length === 0 ? 'give the crate a src/main.rs' : 'name one of them by `binary`',
      });
    }
    return wanted[0];
  }

  private failOnOutside({ packages }: Metadata): void {
    const root = path.posix.join(this.toolchain.folder, this.project.source);
    const outside = packages.flatMap(({ dependencies }) => dependencies).filter((one) => one.path !== undefined && isOutside(root, one.path));
    if (outside.length > 0) {
      throw outsideFault(
        'a dependency of the Rust crate lies outside of its folder',
        outside.map((one) => `${one.name}: ${path.posix.relative(root, one.path!)}`),
        'name the folder of a workspace that holds both, and the program by `binary`, or put the dependency into the crate\'s folder',
      );
    }
  }

  private async cargo(args: readonly string[], env: Readonly<Record<string, string>>): Promise<ToolRun> {
    const run = await this.toolchain.run('cargo', [...args, '--quiet'], { cwd: this.project.source, env: { ...env, CARGO_TERM_COLOR: 'never' } });
    if (run.code === 0) {
      return run;
    }
    throw new FaultError({
      what: 'the Rust crate does not compile',
      allowed: 'a crate that compiles to a static program for Linux',
      fix: `mend what Cargo says; the same by hand: cargo build --release --locked --target ${this.target.triple}`,
      ...knownFailure(run, RUST_FAILURES)?.fault,
      got: compilerFailure(`cargo ${args[0]}`, run, this.toolchain, this.project),
    });
  }

  /**
   * What rustc is told beside what Cargo tells it. By a wrapper, as RUSTFLAGS would take the place of a project's own flags, and Cargo would
   * make paths among them a part of every symbol's name.
   */
  private async writeWrapper(): Promise<void> {
    const { triple, linker } = this.target;
    const script = [
      '#!/bin/sh',
      `set -- "$@" ${quoted(`--remap-path-prefix=${this.toolchain.folder}=/build`)} \\`,
      `  ${quoted(`--remap-path-prefix=${this.rust.sysroot}/lib/rustlib/src/rust=/rustc/${this.rust.commit}`)}`,
      '# Wherever a crate lies, and from whichever registry it came.',
      '[ -z "$CARGO_MANIFEST_DIR" ] || set -- "$@" "--remap-path-prefix=$CARGO_MANIFEST_DIR=/$CARGO_PKG_NAME-$CARGO_PKG_VERSION"',
      'case " $* " in',
      ...linker === undefined ? [] : [
        '  # A linker of the project\'s own choice.',
        `  *' --target ${triple} '*' linker='*) set -- "$@" -C target-feature=+crt-static ;;`,
      ],
      `  *' --target ${triple} '*) set -- "$@" -C target-feature=+crt-static${linker === undefined ? '' : ` -C linker=${linker}`} ;;`,
      'esac',
      'exec "$@"',
      '',
    ].join('\n');
    const write = 'mkdir -p "${2%/*}" && printf %s "$1" > "$2" && chmod 755 "$2"';
    const run = await this.toolchain.run('sh', ['-c', write, 'sh', script, path.posix.join(this.toolchain.folder, WRAPPER)], { cwd: '', env: {} });
    if (run.code !== 0) {
      throw new Error(describeFailure('sh', run));
    }
  }
}

/** What rustc says of itself. */
interface RustFacts {
  readonly host: string;
  readonly release: string;
  readonly commit: string;
  readonly sysroot: string;
}

interface Metadata {
  readonly packages: readonly {
    readonly id: string;
    readonly manifest_path: string;
    readonly targets: readonly { readonly name: string; readonly kind: readonly string[] }[];
    readonly dependencies: readonly { readonly name: string; readonly path?: string }[];
  }[];
  readonly workspace_members: readonly string[];
  /** Cargo 1.71 and newer. */
  readonly workspace_default_members?: readonly string[];
}

/** musl for any machine, else glibc for the machine that the compiler runs on. */
async function chooseTarget(toolchain: Toolchain, project: RustProject, { host, release, sysroot }: RustFacts): Promise<Target> {
  const exists = async (file: string): Promise<boolean> =>
    (await toolchain.run('ls', [path.posix.join(sysroot, 'lib/rustlib', file)], { cwd: project.source, env: {} })).code === 0;
  const machine = RUST_MACHINES[project.architecture];
  const musl = `${machine}-unknown-linux-musl`;
  const isOwn = host.startsWith(`${machine}-`) && host.includes('-linux-');
  if (await exists(`${musl}/lib`)) {
    const hasLinker = await exists(`${host}/bin/rust-lld`);
    if (hasLinker || isOwn) {
      return { triple: musl, linker: hasLinker ? 'rust-lld' : undefined };
    }
    throw new ToolUnavailable(`Rust ${release}${toolchain.where} has the target ${musl}, but no rust-lld to link for it`);
  }
  if (host === `${machine}-unknown-linux-gnu`) {
    return { triple: host };
  }
  throw new ToolUnavailable(`Rust ${release}${toolchain.where}, which runs on ${host}, has no target ${musl} (rustup target add ${musl})`);
}

function fetchEnvironment(toolchain: Toolchain): Record<string, string> {
  return toolchain.isContainer ? cargoEnvironmentInContainers(process.env) : cargoEnvironment(process.env);
}

function isOutside(root: string, target: string): boolean {
  return path.posix.relative(root, target).split('/')[0] === '..';
}

function quoted(text: string): string {
  return `'${text.replaceAll('\'', '\'\\\'\'')}'`;
}
