import { misconfigured } from './errors.js';
import { isObject } from './strict-json.js';
import { verifyToken } from './token.js';

const valuesOf = (headers) => isObject(headers)
  ? Object.keys(headers).filter((name) => name.toLowerCase() === 'authorization').map((name) => headers[name]) : [];
const isText = (value) => typeof value === 'string';
const wordsOf = (value) => isText(value) ? value.split(' ').filter(Boolean) : [];

/** The scopes that a handler needs, of the characters that RFC 6749 allows. A copy: the caller may change the list. */
export function checkScopes(scopes) {
  const kept = Array.isArray(scopes) ? [...scopes] : [undefined];
  if (kept.every((one) => isText(one) && /^[!#-[\]-~]+$/.test(one))) return kept;
  misconfigured('scopes is a list of texts, each without spaces, quotes and backslashes');
}

/** The header's value: undefined when there is none, null when there are several. REST APIs give the last in `headers`, all in the other. */
export function authorization(event) {
  const values = new Set([...valuesOf(event?.headers), ...valuesOf(event?.multiValueHeaders).flat()]);
  return values.size > 1 ? null : [...values][0];
}

/** verifyToken for a header's value, with the scopes. */
export async function judge(value, needed, bearer = /^bearer(?= |[ \t]*$) *(?! )([^,]*)$/i) {
  // false: not missing, but no token
  const verdict = await verifyToken(value === undefined ? value : typeof value === 'string' && (bearer.exec(value)?.[1] ?? false));
  if (!verdict.valid) return verdict;
  const { scope, scp } = verdict.payload;
  const scopes = [...wordsOf(scope), ...(Array.isArray(scp) ? scp.filter(isText) : wordsOf(scp))];
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
  if (isObject(event?.requestContext?.elb)) {
    Object.assign(answer, { statusDescription: `${statusCode} ${error}`, isBase64Encoded: false });
    if (isObject(event.multiValueHeaders)) {
      answer.multiValueHeaders = { 'Content-Type': [type], [name]: [value] };
      delete answer.headers;
    }
  }
  return answer;
}

/** A misspelt option would drop a check. */
export function checkOptions(options, names) {
  if (!isObject(options) || Object.keys(options).some((name) => !names.includes(name))) misconfigured(`options are an object with ${names}`);
}

export function requireAuth(handler, options = {}) {
  if (typeof handler !== 'function') misconfigured('requireAuth(handler, options): the handler is no function');
  checkOptions(options, ['scopes']);
  const { scopes: wanted = [] } = options;
  const needed = checkScopes(wanted);
  return async (event, ...rest) => {
    const { valid, code, payload: claims, scopes } = await judge(authorization(event), needed);
    if (!valid) return refusal(event, code, needed);
    const { requestContext } = event;
    const authorizer = { ...requestContext?.authorizer, claims, jwt: { claims, scopes } };
    return handler({ ...event, requestContext: { ...requestContext, authorizer } }, ...rest);
  };
}
