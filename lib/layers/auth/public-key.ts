import { createPublicKey, type KeyObject } from 'node:crypto';
import { JwtAlgorithm } from './jwt-algorithm';
import { FaultError } from '../../common/fault';

const SHORTEST_RSA_BITS = 2048;

/** One key and nothing else: what follows it would become a part of the functions' settings, too. */
const ONE_BLOCK = /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/;

const CURVES: Readonly<Record<string, JwtAlgorithm>> = {
  prime256v1: JwtAlgorithm.ES256,
  secp384r1: JwtAlgorithm.ES384,
  secp521r1: JwtAlgorithm.ES512,
};

const RSA = [JwtAlgorithm.RS256, JwtAlgorithm.RS384, JwtAlgorithm.RS512, JwtAlgorithm.PS256, JwtAlgorithm.PS384, JwtAlgorithm.PS512];

/**
 * The algorithms that a public key can verify, the usual one first.
 *
 * @throws FaultError when the text is no such key; the text is not in its message, since it may be a private one
 */
export function algorithmsOf(pem: string): readonly JwtAlgorithm[] {
  if (!ONE_BLOCK.test(pem)) {
    const labels = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label]) => label);
    const kind = labels.length === 1 && labels[0] === 'PUBLIC KEY' ? 'a public key with something around it' : `PEM of ${labels.join(', ')}`;
    throw unfit(labels.length === 0 ? 'text that is no PEM' : labels.some((label) => label.includes('PRIVATE')) ? 'a private key' : kind);
  }
  const key = read(pem);
  const algorithms = algorithmsOfKey(key);
  if (algorithms.length === 0) {
    const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
    const kind = [key.asymmetricKeyType, modulusLength === undefined ? undefined : `${modulusLength} bits`, namedCurve];
    throw unfit(kind.filter((part) => part !== undefined).join(', '));
  }
  return algorithms;
}

function read(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw unfit('PEM that cannot be read');
  }
}

function algorithmsOfKey(key: KeyObject): readonly JwtAlgorithm[] {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa': return modulusLength >= SHORTEST_RSA_BITS ? RSA : [];
    case 'ec': return namedCurve in CURVES ? [CURVES[namedCurve]] : [];
    case 'ed25519': return [JwtAlgorithm.EDDSA];
    default: return [];
  }
}

function unfit(got: string): FaultError {
  return new FaultError({
    what: 'the public key cannot verify tokens',
    got,
    allowed: 'PEM that begins with BEGIN PUBLIC KEY: RSA of at least 2,048 bits, EC on P-256, P-384 or P-521, or Ed25519',
    fix: 'give the content of the file, not its path; `openssl pkey -in key.pem -pubout` exports the public half',
  });
}
