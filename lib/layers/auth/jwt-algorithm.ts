/**
 * How a token is signed (RFC 7518, RFC 8037). Those of HMAC share one secret between who signs and who verifies; the others verify with a public key
 * and need native code in the Python half of the layer.
 */
export enum JwtAlgorithm {
  /** HMAC with SHA-256: a secret of at least 32 bytes. */
  HS256 = 'HS256',
  /** HMAC with SHA-384: a secret of at least 48 bytes. */
  HS384 = 'HS384',
  /** HMAC with SHA-512: a secret of at least 64 bytes. */
  HS512 = 'HS512',
  /** RSA, PKCS#1 v1.5, with SHA-256: a key of at least 2,048 bits, as all of RSA. */
  RS256 = 'RS256',
  /** RSA, PKCS#1 v1.5, with SHA-384. */
  RS384 = 'RS384',
  /** RSA, PKCS#1 v1.5, with SHA-512. */
  RS512 = 'RS512',
  /** RSA-PSS with SHA-256. */
  PS256 = 'PS256',
  /** RSA-PSS with SHA-384. */
  PS384 = 'PS384',
  /** RSA-PSS with SHA-512. */
  PS512 = 'PS512',
  /** ECDSA on P-256 with SHA-256. */
  ES256 = 'ES256',
  /** ECDSA on P-384 with SHA-384. */
  ES384 = 'ES384',
  /** ECDSA on P-521 with SHA-512. */
  ES512 = 'ES512',
  /** Ed25519. */
  EDDSA = 'EdDSA',
}

/** Whether one secret both signs and verifies. */
export function isShared(algorithm: JwtAlgorithm): boolean {
  return algorithm.startsWith('HS');
}
