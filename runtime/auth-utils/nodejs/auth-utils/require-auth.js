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
  // NaN: not missing, but no token
  const verdict = await verifyToken(value === undefined ? value : typeof value === 'string' && bearer.exec(value)?.[1] || NaN);
  if (!verdict.valid) return verdict;
  const { scope, scp } = verdict.payload;
  const scopes = [scope, ...[scp].flat()].flatMap((item) => typeof item === 'string' ? item.split(' ') : []).filter(Boolean);
  return needed.every((one) => scopes.includes(one)) ? { ...verdict, scopes } : { ...verdict, valid: false, code: 'insufficient_scope' };
}

function answer(event, statusCode, error, name, value) {
  const headers = { 'Content-Type': 'application/json', [name]: value };
  const body = JSON.stringify({ error });
  if (!event?.requestContext?.elb) return { statusCode, headers, body };
  const lists = { 'Content-Type': [headers['Content-Type']], [name]: [value] };
  const alb = { statusCode, statusDescription: `${statusCode} ${error}`, isBase64Encoded: false, body };
  return event.multiValueHeaders ? { ...alb, multiValueHeaders: lists } : { ...alb, headers };
}

export function requireAuth(handler, { scopes: needed = [] } = {}) {
  return async (event, ...rest) => {
    const { valid, code, payload: claims, scopes } = await judge(authorization(event), needed);
    if (valid) {
      const { requestContext } = event;
      const authorizer = { ...requestContext?.authorizer, claims, jwt: { claims, scopes } };
      return handler({ ...event, requestContext: { ...requestContext, authorizer } }, ...rest);
    }
    if (code === 'key_unavailable') return answer(event, 503, 'Service Unavailable', 'Retry-After', '5');
    const challenge = (text) => ['WWW-Authenticate', `Bearer${text}`];
    if (code === 'insufficient_scope') return answer(event, 403, 'Forbidden', ...challenge(` error="${code}", scope="${needed.join(' ')}"`));
    return answer(event, 401, 'Unauthorized', ...challenge(code === 'missing' ? '' : ' error="invalid_token"'));
  };
}
