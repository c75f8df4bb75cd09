import * as fs from 'node:fs';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import type { Workshop } from './workshop';
import { AuthKey, AuthUtilsLayer, type LayerContent } from '../../../lib';
import { archiveOf } from '../../layers/support';

const VECTORS = path.resolve(__dirname, '../../vectors/auth-vectors.json');
const HANDLER_CASES = path.resolve(__dirname, '../../vectors/handler-cases.json');

/** Cases in an event: the emulator takes events of up to 6 MB. */
const AT_ONCE = 200;

interface Case {
  readonly id: string;
  readonly group: string;
  readonly expect: { readonly valid?: boolean; readonly code?: string; readonly configurationError?: boolean };
}

/** The archive of a layer with the code of a runtime's language, on the libraries that all algorithms need, or on others. */
export function authLayerFor(runtime: string, outdir: string, libraries: LayerContent[]): string {
  const stack = new Stack(new App({ outdir }), 'Vectors');
  const family = runtime.startsWith('python') ? RuntimeFamily.PYTHON : RuntimeFamily.NODEJS;
  new AuthUtilsLayer(stack, 'Auth', {
    key: AuthKey.jwks('https://issuer.example/jwks.json'),
    compatibleRuntimes: [new Runtime(runtime, family)],
    libraries,
  });
  return archiveOf(stack);
}

export interface Run {
  /** What differs from what the vectors say, by the case's id. */
  readonly wrong: Record<string, { readonly expected: unknown; readonly got: unknown }>;
  /** Number of cases by group. */
  readonly groups: Record<string, number>;
}

/** Runs every vector in a function under the emulator, with the layer as it is published. */
export async function runVectors(here: Workshop, runtime: string, code: string, libraries: LayerContent[] = []): Promise<Run> {
  const layer = authLayerFor(runtime, here.folder({}), libraries);
  const fn = await here.start({ runtime, handler: 'index.handler', code, layers: [layer], timeoutSeconds: 60 });
  const lines = fs.readFileSync(VECTORS, 'utf8').split('\n').map((line) => line.replace(/,$/, '')).filter((line) => line.startsWith('{"id"'));
  const wrong: Run['wrong'] = {};
  const groups: Record<string, number> = {};
  for (let start = 0; start < lines.length; start += AT_ONCE) {
    const batch = lines.slice(start, start + AT_ONCE);
    const { answer, error, logs } = await fn.invoke({ cases: `[${batch.join(',')}]` });
    if (answer === undefined) {
      throw new Error(`the function did not answer: ${JSON.stringify(error)}\n${logs}`);
    }
    for (const one of batch.map((line) => JSON.parse(line) as Case)) {
      groups[one.group] = (groups[one.group] ?? 0) + 1;
      const expected = expectedOf(one);
      if (JSON.stringify(answer[one.id]) !== JSON.stringify(expected)) {
        wrong[one.id] = { expected, got: answer[one.id] };
      }
    }
  }
  return { wrong, groups };
}

/** Runs the cases of the handlers likewise: what differs, and their number. */
export async function runHandlerCases(here: Workshop, runtime: string, code: string): Promise<{ wrong: Run['wrong']; count: number }> {
  const { secret, tokens, cases } = JSON.parse(fs.readFileSync(HANDLER_CASES, 'utf8'));
  const handlers = JSON.parse(JSON.stringify(cases).replace(/\{(\w+)\}/g, (_, name) => tokens[name]));
  const fn = await here.start({ runtime, handler: 'index.handler', code, layers: [authLayerFor(runtime, here.folder({}), [])], timeoutSeconds: 60 });
  const { answer, error, logs } = await fn.invoke({ handlers, secret });
  if (answer === undefined) {
    throw new Error(`the function did not answer: ${JSON.stringify(error)}\n${logs}`);
  }
  const wrong: Run['wrong'] = {};
  for (const { id, expect: expected } of handlers) {
    if (!isDeepStrictEqual(answer[id], expected)) {
      wrong[id] = { expected, got: answer[id] };
    }
  }
  return { wrong, count: handlers.length };
}

function expectedOf({ expect: { valid, code, configurationError } }: Case): unknown {
  if (configurationError === true) {
    return { configurationError };
  }
  return valid === true
    ? { valid, payload: 'as expected' }
    : { valid, code, error: code === 'key_unavailable' ? 'Token cannot be verified now' : 'Invalid token' };
}
