// Verifies tokens by auth-utils and by jose alone, in turns: node auth.mjs NODE_MODULES ALGORITHM ROUNDS. Prints, as JSON, the seconds per token of
// each round.
import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

const [modules, algorithm, rounds] = process.argv.slice(2);
// Both as ES modules: what `require` gives instead waits once more.
const { resolve } = createRequire(path.join(modules, 'of-the-bench.js'));
const [{ jwtVerify, SignJWT }, { verifyToken }] = await Promise.all(
  [resolve('jose'), path.join(modules, 'auth-utils/index.js')].map((file) => import(pathToFileURL(file).href)),
);

const TOKENS = 100;
const ISSUER = 'https://issuer.example';
const AUDIENCE = ['orders'];

/** What signs, and what verifies: in the form that auth-utils keeps it in, and as the environment holds it. */
async function keys() {
  if (algorithm === 'HS256') {
    const secret = 'a secret that is long enough for the bench';
    const bytes = Buffer.from(secret);
    return [bytes, await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']), secret];
  }
  const { privateKey, publicKey } = algorithm === 'RS256'
    ? crypto.generateKeyPairSync('rsa', { modulusLength: 2048 })
    : crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return [privateKey, publicKey, publicKey.export({ type: 'spki', format: 'pem' })];
}

const [signing, prepared, text] = await keys();
process.env.JWT_KEY = text;
process.env.AUTH_UTILS_CONFIG = JSON.stringify({
  key: { type: 'environment', name: 'JWT_KEY' }, algorithms: [algorithm], issuer: ISSUER, audience: AUDIENCE,
});

const now = Math.floor(Date.now() / 1000);
const claims = Array.from({ length: TOKENS }, (_, number) => (
  { sub: `user-${number}`, iss: ISSUER, aud: 'orders', iat: now, nbf: now, exp: now + 3600, scope: 'orders:read orders:write' }
));
const tokens = await Promise.all(claims.map((one) => new SignJWT(one).setProtectedHeader({ alg: algorithm, typ: 'JWT' }).sign(signing)));

const bare = (token) => jwtVerify(token, prepared, { algorithms: [algorithm], issuer: ISSUER, audience: AUDIENCE, requiredClaims: ['exp'] });
const ours = (token) => verifyToken(token);

async function seconds(verify) {
  const begin = process.hrtime.bigint();
  for (const token of tokens) {
    await verify(token);
  }
  return Number(process.hrtime.bigint() - begin) / 1e9 / TOKENS;
}

// Both must say the same.
for (const [index, token] of tokens.entries()) {
  const [{ payload }, verdict] = [await bare(token), await ours(token)];
  if (!isDeepStrictEqual(payload, claims[index]) || !isDeepStrictEqual(verdict, { valid: true, payload: claims[index] })) {
    throw new Error(`${token} was not verified`);
  }
}

const times = { bare: [], ours: [] };
// The first rounds are for the compiler.
for (let round = -50; round < Number(rounds); round++) {
  for (const [name, verify] of [['bare', bare], ['ours', ours]]) {
    const taken = await seconds(verify);
    if (round >= 0) {
      times[name].push(taken);
    }
  }
}
process.stdout.write(JSON.stringify(times));
