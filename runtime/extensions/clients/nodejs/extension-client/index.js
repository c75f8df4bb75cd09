'use strict';

const http = require('node:http');

// The extension itself waits for a service no longer than a second.
const TIMEOUT_MS = 5000;

const agent = new http.Agent({ keepAlive: true });

// What was read, by port and path: its ETag, Content-Type and body.
const known = new Map();

class ExtensionError extends Error {
  constructor(message, code, status) {
    super(message);
    this.name = 'ExtensionError';
    this.code = code;
    this.status = status;
  }
}

async function getSecret(secretId, stage = 'AWSCURRENT') {
  const path = `/secretsmanager/get?${new URLSearchParams({ secretId, versionStage: stage })}`;
  const { body } = await get('SecretsExtension', 'SECRETS_EXTENSION_CONFIG', path, `the secret ${secretId}`);
  const secret = JSON.parse(body);
  return secret.SecretString ?? Buffer.from(secret.SecretBinary, 'base64');
}

async function getParameter(name) {
  const path = `/systemsmanager/parameters/get?${new URLSearchParams({ name, withDecryption: 'true' })}`;
  const { body } = await get('ConfigExtension', 'CONFIG_EXTENSION_CONFIG', path, `the parameter ${name}`);
  return JSON.parse(body).Parameter.Value;
}

async function getConfiguration(application, environment, profile) {
  const [a, e, c] = [application, environment, profile].map(encodeURIComponent);
  const path = `/applications/${a}/environments/${e}/configurations/${c}`;
  const what = `the configuration ${application}/${environment}/${profile}`;
  const { kind, body } = await get('ConfigExtension', 'CONFIG_EXTENSION_CONFIG', path, what);
  return kind.startsWith('application/json') ? JSON.parse(body) : body;
}

async function get(construct, variable, path, what) {
  const port = portOf(construct, variable);
  const before = known.get(`${port}${path}`);
  const headers = { 'X-Aws-Parameters-Secrets-Token': process.env.AWS_SESSION_TOKEN || process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN || '' };
  if (before?.etag) {
    headers['If-None-Match'] = before.etag;
  }
  let answer;
  try {
    answer = await request({ host: '127.0.0.1', port, path, headers, agent, timeout: TIMEOUT_MS });
  } catch (error) {
    const advice = `the log of the function tells what the extension of ${construct} did`;
    throw new ExtensionError(`${what}: no answer from 127.0.0.1:${port}: ${advice}: ${error.message}`, 'Unreachable');
  }
  if (answer.status === 304) {
    return before;
  }
  if (answer.status !== 200) {
    throw refusal(what, answer);
  }
  const value = { etag: answer.headers.etag, kind: answer.headers['content-type'] ?? '', body: answer.body };
  known.set(`${port}${path}`, value);
  return value;
}

function portOf(construct, variable) {
  const settings = process.env[variable];
  if (settings === undefined) {
    throw new ExtensionError(`the environment has no ${variable}: attach a ${construct} to this function`, 'NotAttached');
  }
  return JSON.parse(settings).port;
}

function request(options) {
  return new Promise((resolve, reject) => {
    const sent = http.get(options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() }));
    });
    sent.on('timeout', () => sent.destroy(new Error(`nothing came within ${TIMEOUT_MS} ms`)));
    sent.on('error', (error) => {
      // A kept connection that was closed in the meantime.
      if (sent.reusedSocket && error.code === 'ECONNRESET') {
        request(options).then(resolve, reject);
      } else {
        reject(error);
      }
    });
  });
}

function refusal(what, { status, body }) {
  try {
    const { code, message } = JSON.parse(body).error;
    return new ExtensionError(`${what}: ${code}: ${message}`, code, status);
  } catch {
    return new ExtensionError(`${what}: what answers with status ${status} is not the extension: give it another port`, 'InvalidAnswer', status);
  }
}

module.exports = { ExtensionError, getConfiguration, getParameter, getSecret };
