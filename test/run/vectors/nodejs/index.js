// Runs vectors and tells the verdicts: the event's `cases` is their JSON, as text, so that this language reads it itself.
const https = require('node:https');
const { syncBuiltinESMExports } = require('node:module');
const { Readable } = require('node:stream');
const { isDeepStrictEqual, inspect } = require('node:util');
const { verifyToken, requireAuth, createAuthorizer, reset, ConfigurationError } = require('auth-utils');

const VARIABLES = { ...process.env };

function tokensOf(recipe) {
  if (typeof recipe !== 'object' || recipe === null || Array.isArray(recipe)) {
    return [recipe];
  }
  if ('bytes' in recipe) {
    return [Buffer.from(recipe.bytes, 'base64')];
  }
  if ('value' in recipe) {
    return recipe.value === null ? [null, undefined] : [recipe.value];
  }
  return [recipe.prefix + recipe.repeat.repeat(recipe.times) + recipe.suffix];
}

/** What the server of the key set answers: the only part that is not real here. */
function serve({ jwks }) {
  const body = typeof jwks === 'string' ? jwks : JSON.stringify(jwks);
  https.get = (url, options, answer) => {
    setImmediate(() => answer(Object.assign(Readable.from([Buffer.from(body ?? '')], { objectMode: false }), { statusCode: 200 })));
    return { on: () => undefined };
  };
  syncBuiltinESMExports();
}

async function verdict(token, expect) {
  try {
    const { valid, payload, code, error } = await verifyToken(token);
    return valid ? { valid, payload: isDeepStrictEqual(payload, expect.payload) ? 'as expected' : inspect(payload) } : { valid, code, error };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) {
      throw error;
    }
    return { configurationError: true };
  }
}

async function run(clock, test) {
  for (const name of Object.keys(process.env)) {
    delete process.env[name];
  }
  Object.assign(process.env, VARIABLES, test.env);
  if (test.config !== null) {
    process.env.AUTH_UTILS_CONFIG = typeof test.config === 'string' ? test.config : JSON.stringify(test.config);
  }
  clock.now = () => Math.floor(test.now);
  serve(test);
  const verdicts = [];
  for (const token of tokensOf(test.token)) {
    await reset();
    verdicts.push(await verdict(token, test.expect));
  }
  return verdicts.every((one) => isDeepStrictEqual(one, verdicts[0])) ? verdicts[0] : verdicts;
}

/** The answer of requireAuth or an authoriser, or what it throws. */
async function handle({ kind, options, event }) {
  try {
    if (kind === 'authorizer') {
      return { answer: await createAuthorizer(options)(event) };
    }
    const answer = await requireAuth(({ requestContext }) => ({ passed: requestContext.authorizer }), options)(event);
    return 'passed' in answer ? answer : { answer };
  } catch (error) {
    return { raised: error instanceof ConfigurationError ? 'ConfigurationError' : error.message };
  }
}

exports.handler = async ({ cases, handlers, secret }) => {
  if (handlers !== undefined) {
    Object.assign(process.env, { JWT_SECRET: secret, AUTH_UTILS_CONFIG: '{}' });
    await reset();
    const answers = {};
    for (const test of handlers) {
      answers[test.id] = await handle(test);
    }
    return answers;
  }
  const { clock } = await import('/opt/nodejs/node_modules/auth-utils/clock.js');
  const verdicts = {};
  for (const test of JSON.parse(cases)) {
    verdicts[test.id] = await run(clock, test);
  }
  return verdicts;
};
