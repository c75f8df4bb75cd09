import { refuse } from './errors.js';
import { parseObject } from './strict-json.js';

// Keys in the token, encryption, compression, extensions: nothing of it is wanted, whatever its value
const UNSUPPORTED = ['crit', 'jku', 'x5u', 'x5c', 'jwk', 'zip', 'enc', 'b64'];
// Counted in characters as Python does (u); no control characters
const KID = /^[^\x00-\x1f\x7f]{1,256}$/u;

/** Reads and checks the header. Ours: the algorithm comes from configuration only, and the order of checks gives the code. */
export function readHeader(encoded, signature, algorithms) {
  const header = parseObject(Buffer.from(encoded, 'base64url')) ?? refuse('malformed');
  const { alg, kid, typ = '', cty = '' } = header;
  if (!algorithms.includes(alg)) refuse('algorithm_not_allowed');
  if (!signature) refuse('malformed');
  if (UNSUPPORTED.some((name) => Object.hasOwn(header, name))) refuse('unsupported_header');
  if (kid !== undefined && !(typeof kid === 'string' && KID.test(kid))) refuse('malformed');
  if (typeof typ !== 'string' || typeof cty !== 'string') refuse('malformed');
  return { alg, kid };
}
