import { clock } from './clock.js';
import { demand } from './errors.js';

/** Ours: jose checks fewer types, in another order. */
export function checkClaims(claims, { key, issuer, audience, leeway, requireExpiration }) {
  const { exp, nbf, iat, iss, aud, sub, jti, token_use: use, client_id: client } = claims;
  const now = clock.now();
  const audiences = [aud].flat();
  const check = (type, ...values) => demand(values.every((value) => value === undefined || typeof value === type), 'malformed');

  demand(exp !== undefined || !requireExpiration, 'missing_claim');
  check('number', exp);
  demand(!(exp <= now - leeway), 'expired');
  for (const time of [nbf, iat]) {
    check('number', time);
    demand(!(time > now + leeway), 'not_yet_valid');
  }
  check('string', iss);
  if (issuer) {
    demand(iss !== undefined, 'missing_claim');
    demand(iss === issuer, 'wrong_issuer');
  }
  check('string', ...audiences);
  if (audience) {
    demand(aud !== undefined, 'missing_claim');
    demand(audiences.some((one) => audience.includes(one)), 'wrong_audience');
  }
  check('string', sub, jti);
  if (key.clients) {
    demand(key.tokenUse.includes(use), 'wrong_token_use');
    demand((use === 'id' ? audiences : [client]).some((one) => key.clients.includes(one)), 'wrong_audience');
  }
}
