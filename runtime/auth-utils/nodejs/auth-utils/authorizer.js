import { authorization, judge } from './require-auth.js';

/** What the function behind the authoriser is given: texts only. */
function contextOf(claims) {
  const { sub, scope } = claims;
  const context = { claims: JSON.stringify(claims) };
  if (sub !== undefined) context.sub = sub;
  if (typeof scope === 'string') context.scope = scope;
  return context;
}

export function createAuthorizer({ response, scopes = [] } = {}) {
  return async (event) => {
    const { version, methodArn, routeArn, authorizationToken } = event;
    const verdict = authorizationToken === undefined
      ? await judge(authorization(event), scopes)
      : await judge(authorizationToken, scopes, /^(?:bearer +)?([^,]*)$/i);
    const { valid, code, payload } = verdict;
    // Becomes 500, which is not cached: a Deny would be
    if (code === 'key_unavailable') throw new Error('Token cannot be verified now');

    if ((response ?? (version === '2.0' ? 'simple' : 'iam')) === 'simple') {
      return valid ? { isAuthorized: true, context: contextOf(payload) } : { isAuthorized: false };
    }
    // REST and WebSocket APIs answer 401 to exactly this message
    if (!payload && methodArn) throw new Error('Unauthorized');
    // Answers are cached by token: a policy for this method alone would refuse the caller's next call
    const Resource = `${(methodArn ?? routeArn).split('/', 2).join('/')}/*`;
    const Statement = [{ Action: 'execute-api:Invoke', Effect: valid ? 'Allow' : 'Deny', Resource }];
    return {
      principalId: payload?.sub || 'unknown',
      policyDocument: { Version: '2012-10-17', Statement },
      ...(valid && { context: contextOf(payload) }),
    };
  };
}

export const authorizer = createAuthorizer();
