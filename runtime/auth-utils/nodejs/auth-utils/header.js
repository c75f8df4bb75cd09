import { demand } from './errors.js';
import { parseObject } from './strict-json.js';

const UNSUPPORTED = ['crit', 'jku', 'x5u', 'x5c', 'jwk', 'zip', 'enc', 'b64'];

/** Ours: the algorithm is configuration's choice, and the order gives the code. */
export function readHeader(encoded, signature, algorithms) {
  const header = parseObject(Buffer.from(encoded, 'base64url'));
  demand(header, 'malformed');
  const { alg, kid = '-', typ = '', cty = '' } = header;
  demand(algorithms.includes(alg), 'algorithm_not_allowed');
  demand(signature, 'malformed');
  demand(!UNSUPPORTED.some((name) => name in header), 'unsupported_header');
  demand([kid, typ, cty].every((value) => typeof value === 'string') && /^[^\x00-\x1f\x7f]{1,256}$/u.test(kid), 'malformed');
  return header;
}
