// What the tests share: the package staged beside its libraries as in a layer, tokens signed by node:crypto alone, the clocks.
import crypto from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const libraries = (process.env.NODE_PATH ?? '').split(delimiter).find((path) => path && existsSync(join(path, 'jose')));
if (!libraries) throw new Error('NODE_PATH must name a node_modules folder with jose and the clients of Secrets Manager and SSM');

export const root = mkdtempSync(join(tmpdir(), 'auth-utils-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, 'node_modules'));
for (const name of readdirSync(libraries)) {
  if (!name.startsWith('.') && name !== 'auth-utils') symlinkSync(join(libraries, name), join(root, 'node_modules', name));
}
export const home = join(root, 'node_modules', 'auth-utils');
cpSync(fileURLToPath(new URL('../auth-utils', import.meta.url)), home, { recursive: true });
const load = (file) => import(pathToFileURL(join(home, file)).href);

export const auth = await load('index.js');
export const { clock } = await load('clock.js');
export const { parseObject } = await load('strict-json.js');

/** Time of the tests: stands still until it is moved. */
export const time = { now: 1_800_000_000, monotonic: 1000 };
clock.now = () => time.now;
clock.monotonic = () => time.monotonic;
export function pass(seconds) {
  time.now += seconds;
  time.monotonic += seconds;
}

export const SECRET = 'a secret of the tests, 64 bytes long so that it does for HS512!!';

/** A new start with this configuration. */
export function configure(config, environment = { JWT_SECRET: SECRET }) {
  for (const name of ['JWT_SECRET', 'AUTH_UTILS_CONFIG', 'OTHER']) delete process.env[name];
  Object.assign(process.env, environment);
  if (config !== undefined) process.env.AUTH_UTILS_CONFIG = typeof config === 'string' ? config : JSON.stringify(config);
  auth.reset();
}

export function b64(value) {
  const plain = typeof value === 'string' || value instanceof Uint8Array;
  return Buffer.from(plain ? value : JSON.stringify(value)).toString('base64url');
}

export function signature(alg, key, input) {
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith('HS')) return crypto.createHmac(hash, key).update(input).digest();
  const data = Buffer.from(input);
  if (alg.startsWith('RS')) return crypto.sign(hash, data, key);
  if (alg.startsWith('PS')) return crypto.sign(hash, data, { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: alg.slice(2) / 8 });
  if (alg.startsWith('ES')) return crypto.sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  return crypto.sign(null, data, key);
}

/** A signed token; header and payload may be objects, texts or bytes. */
export function sign(payload, { header = {}, alg = 'HS256', key = SECRET } = {}) {
  const head = typeof header === 'string' || header instanceof Uint8Array ? header : { alg, ...header };
  const input = `${b64(head)}.${b64(payload)}`;
  return `${input}.${b64(signature(alg, key, input))}`;
}

export const good = (more) => ({ sub: 'user-1', exp: time.now + 60, ...more });

/** The code of a verdict, or `valid`. */
export async function code(token) {
  const verdict = await auth.verifyToken(token);
  if (!verdict.valid) {
    const expected = verdict.code === 'key_unavailable' ? 'Token cannot be verified now' : 'Invalid token';
    if (verdict.error !== expected || Object.keys(verdict).length !== 3) throw new Error(`unexpected verdict ${JSON.stringify(verdict)}`);
  }
  return verdict.valid ? 'valid' : verdict.code;
}

const PAIRS = {
  RS: () => crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => crypto.generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: () => crypto.generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: () => crypto.generateKeyPairSync('ed25519'),
};
const made = {};
/** A key pair for an algorithm, the same each time. */
export function pair(alg) {
  const kind = /^[RP]S/.test(alg) ? 'RS' : alg;
  return made[kind] ??= PAIRS[kind]();
}
export const pem = (key) => key.export({ type: 'spki', format: 'pem' });
