import { misconfigured } from './errors.js';
import { authorization, checkOptions, checkScopes, judge } from './require-auth.js';

export function createAuthorizer(options = {}) {
  checkOptions(options, ['response', 'scopes']);
  const { response, scopes = [] } = options;
  const needed = checkScopes(scopes);
  if (!['simple', 'iam'].includes(response ?? 'iam')) misconfigured('The response of an authorizer is simple or iam');
  return async (event) => {
    const { version, methodArn, routeArn, authorizationToken: token } = event ?? {};
    const [method, route] = [methodArn, routeArn].map((arn) => typeof arn === 'string' ? arn : '');
    const { valid, code, error, payload } = token === undefined
      ? await judge(authorization(event), needed)
      : await judge(token, needed, /^(?:bearer(?= |[ \t]*$) *(?! ))?([^,]*)$/i);
    // An answer 500 is not cached; a Deny is
    if (code === 'key_unavailable') throw new Error(error);

    let context;
    if (valid) {
      const { sub, scope } = payload;
      context = { ...(sub !== undefined && { sub }), ...(typeof scope === 'string' && { scope }), claims: JSON.stringify(payload) };
    }
    if ((response ?? (version === '2.0' ? 'simple' : 'iam')) === 'simple') return { isAuthorized: valid, ...(valid && { context }) };
    // API Gateway makes 401 of exactly this text. Without an ARN there is no policy
    if (method ? !payload : !route) throw new Error('Unauthorized');
    // For the stage: answers are cached by token, and the next call may be to another method
    const Resource = `${(method || route).split('/', 2).join('/')}/*`;
    const Statement = [{ Action: 'execute-api:Invoke', Effect: valid ? 'Allow' : 'Deny', Resource }];
    return { principalId: payload?.sub || 'unknown', policyDocument: { Version: '2012-10-17', Statement }, ...(valid && { context }) };
  };
}

export const authorizer = createAuthorizer();
