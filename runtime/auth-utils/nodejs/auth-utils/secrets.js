import { createRequire } from 'node:module';
import { clock } from './clock.js';
import { ConfigurationError, misconfigured } from './errors.js';
import { loadSecret } from './keys.js';
import { isObject } from './strict-json.js';

// The SDK is the runtime's; only require looks through NODE_PATH
const require = createRequire(import.meta.url);
const requestHandler = { connectionTimeout: 3000, requestTimeout: 3000, socketTimeout: 3000, throwOnRequestTimeout: true };
// What does not pass by itself: no SDK, no credentials, no region
const LASTING = /^(MODULE_NOT_FOUND|CredentialsProviderError|Region is missing)$/;
const OPTIONS = { maxAttempts: 2, requestHandler };

// A version's value, and the name of the one before; without version the current
const READERS = {
  async secret({ id }, VersionStage) {
    const { SecretsManager } = require('@aws-sdk/client-secrets-manager');
    const region = /^arn:.*?:.*?:(.+?):/.exec(id)?.[1];
    const answer = await new SecretsManager({ ...OPTIONS, region }).getSecretValue({ SecretId: id, VersionStage });
    return { value: answer.SecretString ?? answer.SecretBinary, date: answer.CreatedDate, previous: 'AWSPREVIOUS' };
  },
  async parameter({ name }, version = name) {
    const { SSM } = require('@aws-sdk/client-ssm');
    const { Parameter: { Value, Version, LastModifiedDate } } = await new SSM(OPTIONS).getParameter({ Name: version, WithDecryption: true });
    return { value: Value, date: LastModifiedDate, previous: Version > 1 && `${name}:${Version - 1}` };
  },
};

function fieldOf(value, field, name) {
  try {
    const object = JSON.parse(value);
    if (isObject(object) && object[field].isWellFormed()) return object[field];
  } catch {
    // Its message quotes the secret
  }
  misconfigured(`${name} has no text field ${field}`);
}

/** The whole JSON would be the key, which no issuer signs with. */
function wholeOf(value, name) {
  try {
    if (typeof value === 'string' && isObject(JSON.parse(value))) misconfigured(`${name} is a JSON object: say in which field the key is`);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
  }
  return value;
}

async function load(config, version) {
  const { type, id, name = id, field } = config.key;
  try {
    const { value, ...rest } = await READERS[type](config.key, version);
    return { ...rest, keys: await loadSecret(field ? fieldOf(value, field, name) : wholeOf(value, name), name, config) };
  } catch (error) {
    // Refusals are the operator's, the rest may pass
    const refused = /^4(?!29)/.test(error.$metadata?.httpStatusCode) && !/throttl|toomany|limitexceeded|timeout/i.test(error.name);
    const reason = refused ? error.name : [error.code, error.name, error.message].find((text) => LASTING.test(text));
    throw reason ? new ConfigurationError(`${name} cannot be read: ${reason}`) : error;
  }
}

/** The keys; within the overlap those of the version before, too. */
export async function fetchSecret(config) {
  const { keys, date, previous } = await load(config);
  const { overlap } = config.key;
  const until = date / 1000 + overlap;
  if (!overlap || !previous || until <= clock.now()) return keys;
  const before = await load(config, previous).catch((error) => {
    // None, or unfit
    if (error instanceof ConfigurationError) return { keys: [] };
    throw error;
  });
  return [...keys, ...before.keys.map((key) => ({ ...key, until }))];
}
