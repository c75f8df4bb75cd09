import { createRequire } from 'node:module';
import { clock } from './clock.js';
import { ConfigurationError, misconfigured } from './errors.js';
import { loadSecret } from './keys.js';
import { isObject } from './strict-json.js';

// The SDK is the runtime's; only require looks through NODE_PATH
const require = createRequire(import.meta.url);
const OPTIONS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 3000, requestTimeout: 3000, socketTimeout: 3000, throwOnRequestTimeout: true },
};

// Read a version, without one the current; `previous` names the one before
const READERS = {
  secret({ id }) {
    const { SecretsManager } = require('@aws-sdk/client-secrets-manager');
    const client = new SecretsManager({ ...OPTIONS, ...(id.startsWith('arn:') && { region: id.split(':')[3] }) });
    return async (VersionStage) => {
      const { SecretString, SecretBinary, CreatedDate } = await client.getSecretValue({ SecretId: id, VersionStage });
      return { value: SecretString ?? SecretBinary, date: CreatedDate, previous: 'AWSPREVIOUS' };
    };
  },
  parameter({ name }) {
    const { SSM } = require('@aws-sdk/client-ssm');
    const client = new SSM(OPTIONS);
    return async (Name = name) => {
      const { Parameter: { Value, Version, LastModifiedDate } } = await client.getParameter({ Name, WithDecryption: true });
      return { value: Value, date: LastModifiedDate, previous: Version > 1 && `${name}:${Version - 1}` };
    };
  },
};

function fieldOf(value, field, name) {
  try {
    const object = JSON.parse(value);
    if (isObject(object) && typeof object[field] === 'string') return object[field];
  } catch {
    // Its message quotes the secret
  }
  misconfigured(`${name} has no text field ${field}`);
}

/** Fetches the keys, within the overlap those of the version before, too. */
export function secretFetcher(config) {
  const { type, id, name = id, field, overlap } = config.key;
  let read;
  const load = async (version) => {
    try {
      read ??= READERS[type](config.key);
      const { value, ...rest } = await read(version);
      return { ...rest, keys: await loadSecret(field ? fieldOf(value, field, name) : value, name, config) };
    } catch (error) {
      // Refusals are the operator's, the rest may pass
      const status = error.$metadata?.httpStatusCode;
      if (status >= 400 && status < 500 && status !== 429 && !/throttl|toomany|limit|timeout/i.test(error.name)) misconfigured(`${name} cannot be read: ${error.name}`);
      throw error;
    }
  };
  return async () => {
    const { keys, date, previous } = await load();
    const until = date / 1000 + overlap;
    if (!previous || until <= clock.now()) return keys;
    const before = await load(previous).catch((error) => {
      // None, or unfit
      if (error instanceof ConfigurationError) return { keys: [] };
      throw error;
    });
    return [...keys, ...before.keys.map((key) => ({ ...key, until }))];
  };
}
