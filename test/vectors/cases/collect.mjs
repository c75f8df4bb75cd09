import { keys, SECRET } from '../keys.mjs';
import { algorithms, token } from '../sign.mjs';

/** The time of day of most cases. */
export const NOW = 1_700_000_000;
export const claims = { sub: 'user-1', exp: NOW + 3600 };

/** Cases of one group. What a case does not say: HS256 with `JWT_SECRET`, and a fresh token. */
export function group(name) {
  const cases = [];
  const add = (id, about, expect, { now = NOW, config = {}, env = { JWT_SECRET: SECRET }, token: given, jwks } = {}) => {
    cases.push({ id: `${name}-${id}`, group: name, about, now, config, env, token: given ?? token({ payload: claims }), jwks, expect });
  };
  /** A token that is rightly signed with HS256, by its header and payload. */
  const signed = (id, about, expect, { header, payload = claims, encodedHeader, encodedPayload, ...rest }) => {
    add(id, about, expect, { token: token({ header, payload, encodedHeader, encodedPayload, alg: 'HS256' }), ...rest });
  };
  return { cases, add, signed };
}

/** A configuration for one static public key, and no secret in the environment. */
export const publicKey = (algorithm, pem = algorithms[algorithm].key.pem) => ({
  config: { algorithms: [algorithm].flat(), key: { type: 'publicKey', pem } },
  env: {},
});

export const JWKS_URL = 'https://issuer.example/jwks.json';

/** A configuration for a key set. */
export const keySet = (named, ...members) => ({
  config: { algorithms: [named].flat(), key: { type: 'jwks', url: JWKS_URL } },
  env: {},
  jwks: { keys: members },
});

export const member = (pair, more = {}) => ({ ...pair.jwk, ...more });
export { keys };
