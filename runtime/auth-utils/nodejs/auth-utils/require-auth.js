import { verifyToken } from './token.js';

const valuesOf = (headers) => Object.keys(headers ?? {}).filter((name) => name.toLowerCase() === 'authorization').map((name) => headers[name]);

/** The header's value: undefined when there is none, null when there are several. */
export function authorization(event) {
  const single = valuesOf(event?.headers);
  const values = new Set(single.length ? single : valuesOf(event?.multiValueHeaders).flat());
  return values.size > 1 ? null : [...values][0];
}

/** verifyToken for a header's value, with the scopes. */
export async function judge(value, needed, bearer = /^bearer +([^,]*)$/i) {
  // false: not missing, but no token
  const verdict = await verifyToken(value === undefined ? value : typeof value === 'string' && (bearer.exec(value)?.[1] ?? false));
  if (!verdict.valid) return verdict;
  const { scope, scp } = verdict.payload;
  const scopes = [scope, ...[scp].flat()].flatMap((item) => typeof item === 'string' ? item.split(' ') : []).filter(Boolean);
  return needed.every((one) => scopes.includes(one)) ? { ...verdict, scopes } : { ...verdict, valid: false, code: 'insufficient_scope' };
}

function refusal(event, code, scopes) {
  const [statusCode, error, name, value] = {
    missing: [401, 'Unauthorized', 'WWW-Authenticate', 'Bearer'],
    insufficient_scope: [403, 'Forbidden', 'WWW-Authenticate', `Bearer error="${code}", scope="${scopes.join(' ')}"`],
    key_unavailable: [503, 'Service Unavailable', 'Retry-After', '5'],
  }[code] ?? [401, 'Unauthorized', 'WWW-Authenticate', 'Bearer error="invalid_token"'];
  const type = 'application/json';
  const answer = { statusCode, headers: { 'Content-Type': type, [name]: value }, body: JSON.stringify({ error }) };
  if (event?.requestContext?.elb) {
    Object.assign(answer, { statusDescription: `${statusCode} ${error}`, isBase64Encoded: false });
    if (event.multiValueHeaders) {
      answer.multiValueHeaders = { 'Content-Type': [type], [name]: [value] };
      delete answer.headers;
    }
  }
  return answer;
}

export function requireAuth(handler, { scopes: needed = [] } = {}) {
  return async (event, ...rest) => {
    const { valid, code, payload: claims, scopes } = await judge(authorization(event), needed);
    if (!valid) return refusal(event, code, needed);
    const { requestContext } = event;
    const authorizer = { ...requestContext?.authorizer, claims, jwt: { claims, scopes } };
    return handler({ ...event, requestContext: { ...requestContext, authorizer } }, ...rest);
  };
}
