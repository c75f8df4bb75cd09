import * as fs from 'node:fs';
import * as path from 'node:path';
import { compilerFailure, knownFailure, MADE, outsideFault, type Compiler, type Project } from './compiler';
import { goEnvironment, goEnvironmentInContainers } from './environment';
import { GO_FAILURES } from './explain-go';
import { describeFailure, type ToolRun } from './run-tool';
import type { Toolchain } from './toolchain';
import { ToolUnavailable } from './workbench';
import { FaultError } from '../common/fault';
import type { ArchitectureName } from '../target/target';

/** Of the image, where go.mod names none. */
const DEFAULT_VERSION = '1.26.8';

const GO_MACHINES: Readonly<Record<ArchitectureName, string>> = { x86_64: 'amd64', arm64: 'arm64' };

/** What a user may have set by `go env -w`: where modules come from and lie, and nothing that changes bytes. */
const SETTINGS = [
  'GOPROXY', 'GONOPROXY', 'GOPRIVATE', 'GOSUMDB', 'GONOSUMDB', 'GOINSECURE', 'GOVCS', 'GOAUTH', 'GOPATH', 'GOMODCACHE', 'GOCACHE',
];

/** Nothing of this machine in the program: neither paths, nor the state of a repository, nor an id of the build. */
const REPRODUCIBLE = ['-trimpath', '-buildvcs=false', '-ldflags', '-s -w -buildid='];

export interface GoProject extends Project {
  /** Relative to the folder, such as `./cmd/agent`. */
  readonly package: string;
}

/** The image with the version of Go that a module names. */
export function goImage(directory: string): string {
  return `public.ecr.aws/docker/library/golang:${namedVersion(directory) ?? DEFAULT_VERSION}`;
}

/** The version of a go.mod's `toolchain` line, without which the module takes what there is. */
function namedVersion(directory: string): string | undefined {
  return /^\s*toolchain\s+go(\d\S*)/m.exec(fs.readFileSync(path.join(directory, 'go.mod'), 'utf8'))?.[1];
}

/** Go of a toolchain, in the version that the module names. */
export class Go implements Compiler {
  /** Throws `ToolUnavailable` when there is no Go, or not in that version. */
  public static async find(toolchain: Toolchain, project: GoProject): Promise<Go> {
    const host = toolchain.isContainer ? goEnvironmentInContainers(process.env) : goEnvironment(process.env);
    const named = namedVersion(project.directory);
    const fixed = { GOTOOLCHAIN: named === undefined ? 'local' : `go${named}`, GOWORK: 'off' };
    const cwd = project.source;
    const settings = await toolchain.run('go', ['env', '-json', ...SETTINGS], { cwd, env: { ...host, ...fixed, GOTOOLCHAIN: 'local' } });
    const version = await toolchain.run('go', ['version'], { cwd, env: { ...host, ...fixed } });
    const [, found] = /^go version go(\S+)/.exec(version.stdout) ?? [];
    if (settings.code !== 0 || version.code !== 0 || found === undefined || (named !== undefined && found !== named)) {
      const failed = [settings, version].find((run) => run.code !== 0) ?? version;
      throw new ToolUnavailable(named === undefined
        ? `Go does not start: ${describeFailure('go', failed)}`
        : `go.mod names the toolchain go${named}, which cannot be had: ${describeFailure('go', failed)}`);
    }
    return new Go(toolchain, project, `Go ${found}${toolchain.where}`, {
      ...host, ...JSON.parse(settings.stdout) as Record<string, string>, ...fixed,
      GOENV: 'off', GOOS: 'linux', GOARCH: GO_MACHINES[project.architecture], CGO_ENABLED: '0',
    });
  }

  private constructor(
    private readonly toolchain: Toolchain,
    private readonly project: GoProject,
    public readonly description: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Compiles the package, without C, so that it is static and can be for any machine. */
  public async compile(program: string): Promise<void> {
    await this.failOnOutside();
    const pattern = this.project.package.startsWith('.') ? this.project.package : `./${this.project.package}`;
    await this.failOnLibrary(pattern);
    const made = `${MADE}/program`;
    const run = await this.go(['build', ...REPRODUCIBLE, '-o', path.posix.join(this.toolchain.folder, made), pattern]);
    if (run.code !== 0) {
      throw await this.explain('go build', run, pattern);
    }
    await this.toolchain.collect(made, program);
  }

  private go(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ToolRun> {
    return this.toolchain.run('go', args, { cwd: this.project.source, env: { ...this.env, ...env } });
  }

  /** What lies outside of the folder is not in the layer's key, so that a change of it would go unnoticed. */
  private async failOnOutside(): Promise<void> {
    const run = await this.go(['mod', 'edit', '-json']);
    if (run.code !== 0) {
      throw await this.explain('go mod edit', run);
    }
    const { Replace } = JSON.parse(run.stdout) as { Replace: readonly { Old: { Path: string }; New: { Path: string; Version?: string } }[] | null };
    const outside = (Replace ?? []).filter(({ New }) => New.Version === undefined && isOutside(New.Path));
    if (outside.length > 0) {
      throw outsideFault(
        'go.mod replaces a module by a folder outside of its own',
        outside.map(({ Old, New }) => `${Old.Path} => ${New.Path}`),
        'put that module into this one\'s folder, or require a version of it',
      );
    }
  }

  /** Go compiles a library without a word, into an archive. */
  private async failOnLibrary(pattern: string): Promise<void> {
    const run = await this.go(['list', '-f', '{{.ImportPath}} is package {{.Name}}', pattern]);
    if (run.code !== 0) {
      throw await this.explain('go list', run, pattern);
    }
    const packages = run.stdout.trim().split('\n').filter((line) => line !== '');
    if (packages.length !== 1 || !packages[0].endsWith(' is package main')) {
      throw new FaultError({
        what: packages.length > 1 ? 'several Go packages are named' : 'the Go package is no program',
        got: packages.join('\n') || `nothing: ${pattern}`,
        allowed: 'one package main',
        fix: `name the folder that has it, relative to ${this.project.directory}, by \`goPackage\``,
      });
    }
  }

  private async explain(tool: string, run: ToolRun, pattern?: string): Promise<FaultError> {
    const got = compilerFailure(tool, run, this.toolchain, this.project);
    const known = knownFailure(run, GO_FAILURES);
    const inC = known !== undefined || pattern === undefined ? [] : await this.packagesInC(pattern);
    if (inC.length > 0) {
      return new FaultError({
        what: 'the Go module needs C',
        got: `${inC.join(', ')}\n${got}`,
        allowed: 'packages that compile with CGO_ENABLED=0: the program must run where no library of this machine is',
        fix: 'take packages that need no C, or build the program where its libraries are and name it by ExtensionCode.binary',
      });
    }
    return new FaultError({
      what: 'the Go module does not compile',
      allowed: 'a package main that compiles for Linux without C',
      fix: `mend what Go says; the same by hand: CGO_ENABLED=0 GOOS=linux go build ${pattern ?? '.'}`,
      ...known?.fault,
      got,
    });
  }

  /** What is left out of the build because it is written in C, or calls it. */
  private async packagesInC(pattern: string): Promise<string[]> {
    const template = '{{if not .Standard}}{{if .CgoFiles}}{{.ImportPath}}{{end}}{{end}}';
    const { stdout } = await this.go(['list', '-e', '-deps', '-f', template, pattern], { CGO_ENABLED: '1' });
    return stdout.split('\n').filter((line) => line !== '');
  }
}

/** Whether a path that go.mod names leads out of its folder. */
function isOutside(target: string): boolean {
  return path.isAbsolute(target) || /^[a-zA-Z]:/.test(target) || path.posix.normalize(target).split('/')[0] === '..';
}
