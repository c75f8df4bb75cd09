/**
 * Writes auth-vectors.json and the table of README.md: `node test/vectors/generate.mjs`. With `--print` it only prints the file.
 * Keys and signatures follow from names, so each run writes the same bytes.
 */
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import algorithmCases from './cases/algorithms.mjs';
import claimCases from './cases/claims.mjs';
import configurationCases from './cases/configuration.mjs';
import formCases from './cases/form.mjs';
import headerCases from './cases/header.mjs';
import jsonCases from './cases/json.mjs';
import keySetCases from './cases/key-sets.mjs';
import orderCases from './cases/order.mjs';
import rfcCases from './cases/rfc.mjs';
import userPoolCases from './cases/user-pool.mjs';
import { algorithms, verifies } from './sign.mjs';

/** What a group is about, in the order of the file. */
const groups = {
  'rfc': 'Examples of RFC 7515, 7519, 7797 and 8037',
  'algorithms': 'Each algorithm: valid, flipped bits, wrong key, other lengths, its neighbour',
  'signatures': 'Names and signatures that differ, secrets, forms of RSA, ECDSA and EdDSA signatures, HS/RS confusion',
  'header': 'alg, refused members (crit, jku, x5u, x5c, jwk, zip, enc, b64), kid, typ, cty',
  'json-header': 'Strict JSON: the header',
  'json-payload': 'Strict JSON: the payload, after a good signature',
  'kinds': 'What is no text, or empty; bytes',
  'parts': 'Numbers of parts, empty parts',
  'base64': 'Forms that are not canonical, in each part',
  'size': 'maxTokenBytes, 1 MB tokens',
  'times': 'exp, nbf, iat, leeway',
  'claims': 'iss, aud, sub, jti',
  'order': 'Several faults at once: the first one counts',
  'key-set': 'JWKS: choice of the key, keys that are no candidates, documents',
  'user-pool': 'Cognito user pools: token_use, clients, issuer',
  'configuration': 'Faults of configuration and keys that do not fit',
};

const every = [
  rfcCases, algorithmCases, headerCases, jsonCases, formCases, claimCases, orderCases, keySetCases, userPoolCases, configurationCases,
].flat(2);

/** The keys that a case can be verified with, good candidates or not. */
function keysOf({ config, env, jwks }, kid) {
  const { type = 'environment', name = 'JWT_SECRET', pem } = config?.key ?? {};
  const given = type === 'environment' ? [env[name]] : type === 'publicKey' ? [pem] : membersOf(jwks, kid);
  return given.flatMap((key) => {
    if (typeof key === 'string' && !key.startsWith('-----BEGIN')) {
      return [key];
    }
    try {
      return [crypto.createPublicKey(typeof key === 'string' ? key : { format: 'jwk', key })];
    } catch {
      return [];
    }
  });
}

const isAlgorithm = (name) => typeof name === 'string' && Object.hasOwn(algorithms, name);

/** The members of the set that have the kid, else all of them. */
function membersOf(jwks, kid) {
  const members = Array.isArray(jwks?.keys) ? jwks.keys : [];
  const named = members.filter((key) => kid !== undefined && key?.kid === kid);
  return named.length > 0 ? named : members;
}

/** `good` when the signature is right for the text before it, leniently read; `none` when there is nothing to verify. */
function signatureOf(entry) {
  const { token, config } = entry;
  const text = token.bytes === undefined ? expand(token) : Buffer.from(token.bytes, 'base64').toString('latin1');
  const parts = typeof text === 'string' && text.length < 100_000 ? text.split('.') : [];
  if (parts.length !== 3 || parts[2] === '') {
    return 'none';
  }
  const signature = Buffer.from(parts[2], 'base64url');
  const { alg: named, kid } = headerOf(parts[0]);
  const tried = isAlgorithm(named) ? [named] : [...[config?.algorithms ?? []].flat(), 'HS256'].filter(isAlgorithm);
  const good = keysOf(entry, kid).some((key) => tried.some((alg) => {
    try {
      return verifies(alg, `${parts[0]}.${parts[1]}`, key, signature);
    } catch {
      return false;
    }
  }));
  return good ? 'good' : 'bad';
}

function headerOf(part) {
  try {
    return { ...JSON.parse(Buffer.from(part, 'base64url').toString()) };
  } catch {
    return {};
  }
}

function expand(token) {
  return typeof token === 'string' || token.repeat === undefined ? token : token.prefix + token.repeat.repeat(token.times) + token.suffix;
}

/** The payload as the token has it, since JavaScript would round its large numbers. Line ends stand only between members. */
function payloadOf({ token }) {
  const text = token.bytes === undefined ? expand(token) : Buffer.from(token.bytes, 'base64').toString();
  return Buffer.from(text.split('.')[1], 'base64url').toString().replace(/[\r\n\t]/g, ' ').trim();
}

/** One case as one line. */
function line(entry) {
  const { id, group, about, now, config, env, token, jwks, expect } = entry;
  const first = JSON.stringify({ id, group, about, now, config, env, token, jwks, signature: signatureOf(entry) }).slice(0, -1);
  const verdict = expect === 'ConfigurationError' ? '{"configurationError":true}'
    : expect === 'valid' ? `{"valid":true,"payload":${payloadOf(entry)}}` : JSON.stringify({ valid: false, code: expect });
  return `${first},"expect":${verdict}}`;
}

const names = Object.keys(groups);
const stray = every.find((entry) => !names.includes(entry.group));
if (stray !== undefined) {
  throw new Error(`The group ${stray.group} has no description`);
}
const sorted = names.flatMap((name) => every.filter((entry) => entry.group === name));
const file = `{"cases":[\n${sorted.map(line).join(',\n')}\n]}\n`;

function table() {
  const counts = names.map((name) => `| \`${name}\` | ${every.filter((entry) => entry.group === name).length} | ${groups[name]} |`);
  return ['| Group | Cases | What |', '| --- | ---: | --- |', ...counts, `| all | ${every.length} | |`].join('\n');
}

if (process.argv.includes('--print')) {
  process.stdout.write(file);
} else {
  fs.writeFileSync(new URL('auth-vectors.json', import.meta.url), file);
  const readme = new URL('README.md', import.meta.url);
  const text = fs.readFileSync(readme, 'utf8');
  fs.writeFileSync(readme, text.replace(/(<!-- table -->\n)[^]*(<!-- end of table -->)/, (_, start, end) => `${start}${table()}\n${end}`));
}
