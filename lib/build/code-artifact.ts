import type { IndexCredentials } from './package-indexes';
import { describeFailure, runTool, type ToolRun } from './run-tool';
import { FaultError } from '../common/fault';
import type { CodeArtifactSpec } from '../resolve/index-spec';

const TOKEN_VARIABLE = 'CODEARTIFACT_AUTH_TOKEN';

/** A repository's URL and a token for it, through the AWS CLI, which knows the user's profiles and sign-ins. */
export async function requestCodeArtifactAccess(name: string, spec: CodeArtifactSpec): Promise<IndexCredentials> {
  const [endpoint, token] = await Promise.all([
    aws(name, spec, ['get-repository-endpoint', '--repository', spec.repository, '--format', 'pypi'], 'repositoryEndpoint'),
    process.env[TOKEN_VARIABLE] ?? aws(name, spec, ['get-authorization-token'], 'authorizationToken'),
  ]);
  return { url: `${endpoint.replace(/\/*$/, '/')}simple/`, username: 'aws', password: token };
}

async function aws(name: string, spec: CodeArtifactSpec, args: readonly string[], field: string): Promise<string> {
  const where = [
    '--domain', spec.domain,
    ...(spec.domainOwner === undefined ? [] : ['--domain-owner', spec.domainOwner]),
    ...(spec.region === undefined ? [] : ['--region', spec.region]),
  ];
  const command = ['codeartifact', ...args, ...where, '--query', field, '--output', 'text'];
  // The whole environment: the CLI's own credentials come from there, and no package's code runs in it.
  const env = process.env as Record<string, string>;
  const run = await runTool('aws', command, { env }).catch((error: NodeJS.ErrnoException): ToolRun => ({
    code: 127, signal: null, stdout: '', stderr: error.code === 'ENOENT' ? 'the AWS CLI is not on the path' : error.message,
  }));
  if (run.code !== 0) {
    throw new FaultError({
      what: `package index ${name} gives no access`,
      got: describeFailure(`aws codeartifact ${args[0]}`, { ...run, stdout: '' }),
      fix: `sign in to AWS with the AWS CLI, or set ${TOKEN_VARIABLE}; a full cache needs neither`,
    });
  }
  return run.stdout.trim();
}
