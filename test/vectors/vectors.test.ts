import * as child from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** The file is checked by itself: neither runtime has a part in it, nor the modules that made it. */
const file = path.join(__dirname, 'auth-vectors.json');
const text = fs.readFileSync(file, 'utf8');

interface Header {
  readonly alg?: unknown;
  readonly kid?: unknown;
}

interface Config {
  readonly algorithms?: string[];
  readonly key?: { readonly type: string; readonly name?: string; readonly pem?: string };
}

type Token = string | { readonly prefix: string; readonly repeat: string; readonly times: number; readonly suffix: string } |
{ readonly bytes: string } | { readonly value: unknown };

interface Case {
  readonly id: string;
  readonly group: string;
  readonly about: string;
  readonly now: number;
  readonly config: Config | string | null;
  readonly env: Record<string, string>;
  readonly token: Token;
  readonly jwks?: unknown;
  readonly signature: 'good' | 'bad' | 'none';
  readonly expect: { readonly valid?: boolean; readonly code?: string; readonly payload?: unknown; readonly configurationError?: true };
}

const { cases } = JSON.parse(text) as { readonly cases: Case[] };

const hashes: Record<string, string | undefined> = {
  HS256: 'sha256', HS384: 'sha384', HS512: 'sha512', RS256: 'sha256', RS384: 'sha384', RS512: 'sha512', PS256: 'sha256', PS384: 'sha384',
  PS512: 'sha512',
  ES256: 'sha256', ES384: 'sha384', ES512: 'sha512',
};
const algorithms = [...Object.keys(hashes), 'EdDSA'];
const curves: Record<string, string> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };

/** The codes that come after the signature: only a good one shows them. */
const afterSignature = ['missing_claim', 'expired', 'not_yet_valid', 'wrong_issuer', 'wrong_audience', 'wrong_token_use'];
const codes = [
  'missing', 'malformed', 'too_large', 'algorithm_not_allowed', 'unsupported_header', 'key_unavailable', 'unknown_key', 'bad_signature',
  ...afterSignature,
];

function textOf({ token }: Case): string | undefined {
  if (typeof token === 'string') {
    return token;
  }
  if ('bytes' in token) {
    return Buffer.from(token.bytes, 'base64').toString('latin1');
  }
  return 'value' in token ? undefined : token.prefix + token.repeat.repeat(token.times) + token.suffix;
}

const decoded = (part: string) => Buffer.from(part, 'base64url');

function headerOf(part: string): Header {
  try {
    const header = JSON.parse(decoded(part).toString()) as Header | null;
    return typeof header === 'object' && header !== null ? header : {};
  } catch {
    return {};
  }
}

const configOf = ({ config }: Case): Config => config === null || typeof config === 'string' ? {} : config;

/** Secrets as bytes, public keys as key objects; of a key set those that have the kid, else all. */
function keysOf(entry: Case, { kid }: Header): Array<Buffer | crypto.KeyObject> {
  const { type = 'environment', name = 'JWT_SECRET', pem } = configOf(entry).key ?? {};
  const read = (key: crypto.PublicKeyInput | crypto.JsonWebKeyInput | string) => {
    try {
      return [crypto.createPublicKey(key)];
    } catch {
      return [];
    }
  };
  if (type === 'publicKey') {
    return read(pem ?? '');
  }
  if (type === 'environment') {
    const value = entry.env[name];
    return value === undefined ? [] : value.startsWith('-----BEGIN') ? read(value) : [Buffer.from(value)];
  }
  const set = (entry.jwks as { keys?: unknown } | undefined)?.keys;
  const members = (Array.isArray(set) ? set : []).filter((member): member is crypto.JsonWebKey => typeof member === 'object' && member !== null);
  const named = members.filter((member) => kid !== undefined && member.kid === kid);
  return (named.length > 0 ? named : members).flatMap((key) => read({ format: 'jwk', key }));
}

function verifies(alg: string, input: Buffer, key: Buffer | crypto.KeyObject, signature: Buffer): boolean {
  const hash = hashes[alg];
  if (Buffer.isBuffer(key)) {
    return alg.startsWith('HS') && crypto.createHmac(hash ?? '', key).update(input).digest().equals(signature);
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  switch (alg.slice(0, 2)) {
    case 'RS':
      return type === 'rsa' && crypto.verify(hash, input, key, signature);
    case 'PS':
      return type === 'rsa' && crypto.verify(hash, input, {
        key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST,
      }, signature);
    case 'ES':
      return type === 'ec' && details?.namedCurve === curves[alg] && crypto.verify(hash, input, { key, dsaEncoding: 'ieee-p1363' }, signature);
    case 'Ed':
      return (type === 'ed25519' || type === 'ed448') && crypto.verify(null, input, key, signature);
    default:
      return false;
  }
}

function signatureOf(entry: Case): Case['signature'] {
  const parts = (textOf(entry) ?? '').split('.');
  if (parts.length !== 3 || parts[2] === '' || parts.join('').length > 100_000) {
    return 'none';
  }
  const header = headerOf(parts[0]);
  const named = header.alg;
  const tried = typeof named === 'string' && algorithms.includes(named) ? [named] : [...configOf(entry).algorithms ?? [], 'HS256'];
  const input = Buffer.from(`${parts[0]}.${parts[1]}`);
  return keysOf(entry, header).some((key) => tried.some((alg) => verifies(alg, input, key, decoded(parts[2])))) ? 'good' : 'bad';
}

const withCode = (...wanted: string[]) => cases.filter(({ expect: { code } }) => code !== undefined && wanted.includes(code));
const valid = cases.filter((entry) => entry.expect.valid);
const ids = (entries: Case[]) => entries.map(({ id }) => id);

test('there are enough cases, each with a name of its own and one verdict', () => {
  expect(cases.length).toBeGreaterThanOrEqual(150);
  expect(new Set(ids(cases)).size).toBe(cases.length);
  for (const { id, group, about, now, env, expect: verdict } of cases) {
    expect({ id, named: id.startsWith(`${group}-`) && about.length > 0, now: Number.isFinite(now), env: typeof env }).toEqual({ id, named: true,
      now: true, env: 'object' });
    expect({ id, members: Object.keys(verdict).sort() }).toEqual({
      id, members: verdict.configurationError ? ['configurationError'] : verdict.valid ? ['payload', 'valid'] : ['code', 'valid'],
    });
  }
});

test('no two cases are the same but for their names', () => {
  const contents = new Map<string, string[]>();
  for (const { id, config, env, token, jwks, now } of cases) {
    const content = JSON.stringify([config, env, token, jwks, now]);
    contents.set(content, [...contents.get(content) ?? [], id]);
  }
  expect([...contents.values()].filter((same) => same.length > 1)).toEqual([]);
});

test('every code of the contract appears, and no other', () => {
  expect([...new Set(cases.flatMap(({ expect: { code } }) => code ?? []))].sort()).toEqual([...codes].sort());
  expect(cases.some((entry) => entry.expect.configurationError)).toBe(true);
});

test('every algorithm appears as valid and as a bad signature', () => {
  const named = (entries: Case[]) => [...new Set(entries.map((entry) => headerOf((textOf(entry) ?? '').split('.')[0]).alg))].sort();
  expect(named(valid)).toEqual([...algorithms].sort());
  expect(named(withCode('bad_signature'))).toEqual([...algorithms].sort());
});

test('every signature is what the file says', () => {
  expect(Object.fromEntries(cases.map((entry) => [entry.id, signatureOf(entry)]))).toEqual(
    Object.fromEntries(cases.map(({ id, signature }) => [id, signature])),
  );
});

test('valid tokens and those that fail by a claim are rightly signed, those with a bad signature are not', () => {
  expect(ids([...valid, ...withCode(...afterSignature)].filter((entry) => signatureOf(entry) !== 'good'))).toEqual([]);
  expect(ids(withCode('bad_signature').filter((entry) => signatureOf(entry) !== 'bad'))).toEqual([]);
});

test('what is refused for its form is rightly signed: nothing but that check refuses it', () => {
  const forms = cases.filter(({ group, expect: { code } }) => code === 'malformed' && ['json-header', 'json-payload', 'times', 'claims',
    'header'].includes(group));
  expect(forms.length).toBeGreaterThan(200);
  expect(ids(forms.filter((entry) => signatureOf(entry) !== 'good' && entry.id !== 'header-b64-raw-payload'))).toEqual([]);
});

test('a valid payload is what the token holds', () => {
  for (const entry of valid) {
    expect({ id: entry.id, payload: JSON.parse(decoded((textOf(entry) ?? '').split('.')[1]).toString()) as unknown })
      .toEqual({ id: entry.id, payload: entry.expect.payload });
  }
});

test('tokens of 1 MB are recipes, and the file is small', () => {
  expect(cases.filter((entry) => (textOf(entry) ?? '').length >= 1024 * 1024).length).toBeGreaterThan(3);
  expect(ids(cases.filter(({ token }) => JSON.stringify(token).length > 16_384))).toEqual([]);
  expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
});

test('the generator makes exactly this file, and README.md counts its groups', () => {
  const made = child.execFileSync(process.execPath, [path.join(__dirname, 'generate.mjs'), '--print'],
    { encoding: 'utf8', maxBuffer: 2 ** 24, timeout: 60_000 });
  expect(made === text).toBe(true);
  const counted = [...fs.readFileSync(path.join(__dirname, 'README.md'), 'utf8').matchAll(/^\| `([a-z0-9-]+)` \| (\d+) \|/gm)];
  const names = [...new Set(cases.map(({ group }) => group))];
  expect(counted.map(([, name, count]) => [name, Number(count)])).toEqual(names.map((name) => [name,
    cases.filter(({ group }) => group === name).length]));
});
