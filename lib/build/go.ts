import * as path from 'node:path';
import { buildEnvironment } from './environment';
import { describeFailure, runTool } from './run-tool';
import { ToolUnavailable } from './workbench';
import { FaultError } from '../common/fault';
import type { ArchitectureName } from '../target/target';

const GO_MACHINES: Readonly<Record<ArchitectureName, string>> = { x86_64: 'amd64', arm64: 'arm64' };

/** Nothing of this machine in the program: neither paths, nor the state of a repository, nor an id of the build. */
const ARGUMENTS = ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w -buildid='];

/** Compiles a package of a module with the machine's own Go, without C, so that it is static and can be for any machine. */
export async function compileGo(directory: string, goPackage: string, architecture: ArchitectureName, program: string): Promise<void> {
  const env = buildEnvironment(process.env, { GOOS: 'linux', GOARCH: GO_MACHINES[architecture], CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' });
  const pattern = path.isAbsolute(goPackage) || goPackage.startsWith('.') ? goPackage : `./${goPackage}`;
  const run = await runTool('go', [...ARGUMENTS, '-o', program, pattern], { cwd: directory, env }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new ToolUnavailable('Go is not on the path') : error;
  });
  if (run.code !== 0) {
    throw new FaultError({
      what: 'the Go module does not compile',
      got: describeFailure('go build', run),
      allowed: 'a package main that compiles without C, with a go.sum for what it imports',
      fix: `run \`go vet\` and \`go mod tidy\` in ${directory}`,
    });
  }
}
