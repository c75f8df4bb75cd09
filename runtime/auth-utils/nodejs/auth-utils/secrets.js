import { createRequire } from 'node:module';
import { clock } from './clock.js';
import { ConfigurationError, misconfigured } from './errors.js';
import { loadSecret } from './keys.js';
import { isObject } from './strict-json.js';

// The SDK is the runtime's. Only require looks through NODE_PATH.
const require = createRequire(import.meta.url);
const OPTIONS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 3000, requestTimeout: 3000, socketTimeout: 3000, throwOnRequestTimeout: true },
};
const TEMPORARY = /throttl|toomany|limit|timeout/i;

// How each service reads one version (none: the current one), and what it calls the version before
const READERS = {
  secret({ id }) {
    const { SecretsManager } = require('@aws-sdk/client-secrets-manager');
    const client = new SecretsManager({ ...OPTIONS, ...(id.startsWith('arn:') && { region: id.split(':')[3] }) });
    return async (version) => {
      const answer = await client.getSecretValue({ SecretId: id, VersionStage: version });
      return { value: answer.SecretString ?? answer.SecretBinary, date: answer.CreatedDate, previous: 'AWSPREVIOUS' };
    };
  },
  parameter({ name }) {
    const { SSM } = require('@aws-sdk/client-ssm');
    const client = new SSM(OPTIONS);
    return async (version) => {
      const { Parameter: { Value, Version, LastModifiedDate } } = await client.getParameter({ Name: version ?? name, WithDecryption: true });
      return { value: Value, date: LastModifiedDate, previous: Version > 1 && `${name}:${Version - 1}` };
    };
  },
};

function textOf(value, field, name) {
  let text;
  try {
    const object = JSON.parse(value);
    if (isObject(object)) text = object[field];
  } catch {
    // The message of JSON.parse quotes the secret
  }
  return typeof text === 'string' ? text : misconfigured(`${name} has no text field ${field}`);
}

/** A function that fetches the keys of a secret or parameter; within the overlap after a rotation also those of the version before. */
export function secretFetcher(config) {
  const { type, id, name = id, field, overlap } = config.key;
  const what = `${type} ${name}`;
  let read;

  const load = async (version) => {
    try {
      read ??= READERS[type](config.key);
      const { value, date, previous } = await read(version);
      const keys = await loadSecret(field ? textOf(value, field, what) : value, what, config);
      return { keys, date, previous };
    } catch (error) {
      const status = error.$metadata?.httpStatusCode;
      // Refusals of the service are the operator's; the rest may pass
      if (status >= 400 && status < 500 && status !== 429 && !TEMPORARY.test(error.name)) misconfigured(`${what} cannot be read: ${error.name}`);
      throw error;
    }
  };

  return async () => {
    const { keys, date, previous } = await load();
    const until = date / 1000 + overlap;
    if (!previous || !(clock.now() < until)) return keys;
    const before = await load(previous).catch((error) => {
      // No such version, or one that is of no use
      if (!(error instanceof ConfigurationError)) throw error;
    });
    return [...keys, ...(before?.keys ?? []).map((key) => ({ ...key, until }))];
  };
}
