import { publicPair } from '../keys.mjs';
import { base64url, token, verifies } from '../sign.mjs';
import { group, publicKey } from './collect.mjs';

const { cases, add } = group('rfc');
export default [cases];

const K = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow';
const EXPIRY = 1300819380;
const HEADER = '{"typ":"JWT",\r\n "alg":"HS256"}';
const CLAIMS = '{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}';
const PAYLOAD = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';

const rsa = publicPair({
  kty: 'RSA',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOW'
    + 'vG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9k'
    + 'G4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
  e: 'AQAB',
});
const p256 = publicPair({
  kty: 'EC', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
});
const p521 = publicPair({
  kty: 'EC', crv: 'P-521',
  x: 'AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk',
  y: 'ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2',
});
const ed25519 = publicPair({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' });

const A1 = `${base64url(HEADER)}.${PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`;
const A2 = `eyJhbGciOiJSUzI1NiJ9.${PAYLOAD}.`
  + 'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4'
  + 'BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv'
  + 'hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw';
const A3 = `eyJhbGciOiJFUzI1NiJ9.${PAYLOAD}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`;
const A4 = 'eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8G'
  + 'aSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn';
const A5 = `eyJhbGciOiJub25lIn0.${PAYLOAD}.`;
const ED = 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.'
  + 'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg';
const DETACHED = 'eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY';

/** An example that does not verify was not copied right. */
function check(alg, text, key, input = text.slice(0, text.lastIndexOf('.'))) {
  if (!verifies(alg, input, key, Buffer.from(text.slice(text.lastIndexOf('.') + 1), 'base64url'))) {
    throw new Error(`The ${alg} example does not verify: ${text}`);
  }
}
check('HS256', A1, Buffer.from(K, 'base64url'));
check('RS256', A2, rsa.publicKey);
check('ES256', A3, p256.publicKey);
check('ES512', A4, p521.publicKey);
check('EdDSA', ED, ed25519.publicKey);
check('HS256', DETACHED, Buffer.from(K, 'base64url'), `${DETACHED.split('.')[0]}.$.02`);
if (base64url(CLAIMS) !== PAYLOAD) {
  throw new Error('The claims of the examples were not copied right.');
}

const adapted = token({ header: HEADER, payload: CLAIMS, alg: 'HS256', key: K });
const env = { JWT_SECRET: K };
const before = EXPIRY - 1;

add('7515-a1', 'RFC 7515 A.1, HS256: its header and payload with their own line ends; its key is no text, so the base64url text of k is the secret',
  'valid', { now: before, env, token: adapted });
add('7515-a1-expired', 'The same one second later', 'expired', { now: EXPIRY, env, token: adapted });
add('7515-a1-own-signature', 'RFC 7515 A.1 as it stands: a secret is used as its text says and never decoded', 'bad_signature',
  { now: before, env, token: A1 });
add('7515-a2', 'RFC 7515 A.2, RS256', 'valid', { now: before, ...publicKey('RS256', rsa.pem), token: A2 });
add('7515-a2-expired', 'RFC 7515 A.2 when it expires', 'expired', { now: EXPIRY, ...publicKey('RS256', rsa.pem), token: A2 });
add('7515-a3', 'RFC 7515 A.3, ES256', 'valid', { now: before, ...publicKey('ES256', p256.pem), token: A3 });
add('7515-a3-wrong-issuer', 'RFC 7515 A.3 where another issuer is wanted', 'wrong_issuer', {
  now: before, env: {}, config: { ...publicKey('ES256', p256.pem).config, issuer: 'https://issuer.example' }, token: A3,
});
add('7515-a4', 'RFC 7515 A.4, ES512: a good signature, but the payload is the text Payload', 'malformed', {
  now: before, ...publicKey('ES512', p521.pem), token: A4,
});
add('7515-a5', 'RFC 7515 A.5: alg none, no signature', 'algorithm_not_allowed', { now: before, env, token: A5 });
add('7515-a5-asymmetric', 'RFC 7515 A.5 where RS256 is wanted', 'algorithm_not_allowed', { now: before, ...publicKey('RS256', rsa.pem), token: A5 });
add('7519-3.1', 'RFC 7519 3.1 is RFC 7515 A.1: its issuer is checked here', 'valid', { now: before, config: { issuer: 'joe' }, env, token: adapted });
add('7519-6.1', 'RFC 7519 6.1: an unsecured JWT', 'algorithm_not_allowed', { now: before, config: { issuer: 'joe' }, env, token: A5 });
add('7797-4.2', 'RFC 7797 4.2: detached and not encoded payload', 'malformed', { now: before, env, token: DETACHED });
add('8037-a4', 'RFC 8037 A.4 and A.5, Ed25519: a good signature, but the payload is plain text', 'malformed', {
  now: before, ...publicKey('EdDSA', ed25519.pem), token: ED,
});
add('8037-key', 'RFC 8037 A.4 under another Ed25519 key', 'bad_signature', { now: before, ...publicKey('EdDSA'), token: ED });
