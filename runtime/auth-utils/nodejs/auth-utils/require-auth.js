import { isObject } from './strict-json.js';
import { verifyToken } from './token.js';

function values(headers) {
  return Object.entries(headers ?? {}).flatMap(([name, value]) => name.toLowerCase() === 'authorization' ? [value] : []);
}

/** The value of the header of any kind of event: undefined when there is none, null when there are several or it is no text. */
export function authorization({ headers, multiValueHeaders }) {
  const single = values(headers);
  const found = new Set(single.length ? single : values(multiValueHeaders).flat());
  const [value] = found;
  if (!found.size) return undefined;
  return found.size === 1 && typeof value === 'string' ? value : null;
}

function scopesOf({ scope, scp }) {
  return [scope, ...[scp].flat()].filter((item) => typeof item === 'string').flatMap((item) => item.split(' ')).filter(Boolean);
}

/** verifyToken for the value of a header, and the scopes. */
export async function judge(value, needed, bearer = /^bearer +([^,]*)$/i) {
  // false is no token, but not missing, either: malformed
  const verdict = await verifyToken(value === undefined ? value : typeof value === 'string' && (bearer.exec(value)?.[1] ?? false));
  if (!verdict.valid) return verdict;
  const scopes = scopesOf(verdict.payload);
  return needed.every((scope) => scopes.includes(scope)) ? { ...verdict, scopes } : { ...verdict, valid: false, code: 'insufficient_scope' };
}

function refusal(event, code, scopes) {
  let answer = [401, 'Unauthorized', 'WWW-Authenticate', code === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"'];
  if (code === 'insufficient_scope') answer = [403, 'Forbidden', 'WWW-Authenticate', `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`];
  if (code === 'key_unavailable') answer = [503, 'Service Unavailable', 'Retry-After', '5'];
  const [statusCode, error, name, value] = answer;
  const headers = { 'Content-Type': 'application/json', [name]: value };
  const body = JSON.stringify({ error });
  if (!event?.requestContext?.elb) return { statusCode, headers, body };
  const lists = { 'Content-Type': [headers['Content-Type']], [name]: [value] };
  return {
    statusCode,
    statusDescription: `${statusCode} ${error}`,
    isBase64Encoded: false,
    ...(event.multiValueHeaders ? { multiValueHeaders: lists } : { headers }),
    body,
  };
}

export function requireAuth(handler, { scopes: needed = [] } = {}) {
  return async (event, ...rest) => {
    const { valid, code, payload: claims, scopes } = await judge(isObject(event) ? authorization(event) : undefined, needed);
    if (!valid) return refusal(event, code, needed);
    const { requestContext } = event;
    const authorizer = { ...requestContext?.authorizer, claims, jwt: { claims, scopes } };
    return handler({ ...event, requestContext: { ...requestContext, authorizer } }, ...rest);
  };
}
