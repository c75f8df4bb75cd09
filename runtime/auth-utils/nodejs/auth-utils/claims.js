import { clock } from './clock.js';
import { refuse } from './errors.js';

const isText = (value) => typeof value === 'string';

/** Checks the claims. Ours: jose checks fewer types, in another order. */
export function checkClaims(claims, { key, issuer, audience, leeway, requireExpiration }) {
  const { exp, nbf, iat, iss, aud, sub, jti, token_use: use } = claims;
  const now = clock.now();
  if (exp === undefined) {
    if (requireExpiration) refuse('missing_claim');
  } else if (typeof exp !== 'number') refuse('malformed');
  else if (exp <= now - leeway) refuse('expired');

  for (const time of [nbf, iat]) {
    if (time === undefined) continue;
    if (typeof time !== 'number') refuse('malformed');
    if (time > now + leeway) refuse('not_yet_valid');
  }

  if (iss === undefined) {
    if (issuer !== undefined) refuse('missing_claim');
  } else if (!isText(iss)) refuse('malformed');
  else if (issuer !== undefined && iss !== issuer) refuse('wrong_issuer');

  const audiences = aud === undefined ? [] : [aud].flat();
  if (!audiences.every(isText)) refuse('malformed');
  if (audience) {
    if (aud === undefined) refuse('missing_claim');
    if (!audiences.some((one) => audience.includes(one))) refuse('wrong_audience');
  }

  if ((sub !== undefined && !isText(sub)) || (jti !== undefined && !isText(jti))) refuse('malformed');

  if (key.type === 'userPool') {
    if (!key.tokenUse.includes(use)) refuse('wrong_token_use');
    // Access tokens of Cognito have client_id in the place of aud
    const clients = use === 'id' ? audiences : [claims.client_id];
    if (!clients.some((one) => key.clients.includes(one))) refuse('wrong_audience');
  }
}
