// index.d.ts types both forms: the compiler of the repository, found upwards from here.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './support.mjs';

const USE = `
export async function use(token: string): Promise<string> {
  const verdict = await verifyToken(token);
  if (verdict.valid) return verdict.payload.sub ?? 'nobody';
  const code: 'expired' | string = verdict.code;
  return verdict.error + code;
}
interface MyEvent { headers: Record<string, string> }
export const handler = requireAuth(async (event: AuthorizedEvent<MyEvent>, context: { awsRequestId: string }) => {
  const { claims, jwt } = event.requestContext.authorizer;
  return { statusCode: 200 as const, body: event.headers.x + claims.sub + jwt.scopes.join() + context.awsRequestId };
}, { scopes: ['a'] });
export const loose = requireAuth((event) => event.requestContext.authorizer.claims.sub);
export const simple: Promise<boolean> = createAuthorizer({ response: 'simple' })({}).then((answer) => answer.isAuthorized);
export const iam: Promise<string> = createAuthorizer({ response: 'iam', scopes: ['a'] })({}).then((answer) => answer.principalId);
export const own = authorizer;
export const error: Error = new ConfigurationError('x');
reset();
`;
const NAMES = 'authorizer, ConfigurationError, createAuthorizer, requireAuth, reset, verifyToken';
const compile = (files, ...options) => {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--noEmit', '--strict', '--target', 'es2022', ...options, ...files], { cwd: root, encoding: 'utf8',
    stdio: 'pipe' });
};
const write = (name, text) => {
  writeFileSync(join(root, name), text);
  return name;
};

test('import and require are typed', () => {
  const files = [
    write('form.mts', `import { ${NAMES}, type AuthorizedEvent } from 'auth-utils';${USE}`),
    write('form.cts',
      `import auth = require('auth-utils');\nconst { ${NAMES} } = auth;\ntype AuthorizedEvent<E> = auth.AuthorizedEvent<E>;${USE}`),
  ];
  compile(files, '--module', 'nodenext');
  compile([write('bundler.ts', `import { ${NAMES}, type AuthorizedEvent } from 'auth-utils';${USE}`)], '--module', 'esnext', '--moduleResolution',
    'bundler');
});

test('wrong use is an error', () => {
  const wrong = write('wrong.mts', "import { verifyToken } from 'auth-utils';\nexport const sub: string = (await verifyToken('x')).payload.sub;\n");
  assert.throws(() => compile([wrong], '--module', 'nodenext'), ({ stdout }) => /TS18048|TS2532/.test(stdout));
});
