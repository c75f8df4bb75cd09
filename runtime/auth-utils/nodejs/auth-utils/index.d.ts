/** The claims of a token that was verified. */
export interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | string[];
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly jti?: string;
  readonly scope?: unknown;
  readonly scp?: unknown;
  readonly [claim: string]: unknown;
}

/** Why a token is refused, for programs. */
export type Code =
  | 'missing' | 'malformed' | 'too_large' | 'algorithm_not_allowed' | 'unsupported_header' | 'key_unavailable' | 'unknown_key' | 'bad_signature'
  | 'missing_claim' | 'expired' | 'not_yet_valid' | 'wrong_issuer' | 'wrong_audience' | 'wrong_token_use';

/** What `verifyToken` says of a token. */
export type Verdict =
  | { valid: true; payload: Claims; error?: undefined; code?: undefined }
  | { valid: false; error: 'Invalid token' | 'Token cannot be verified now'; code: Code; payload?: undefined };

/**
 * Verifies a token by the configuration in the environment (`AUTH_UTILS_CONFIG`; without it HS256 with `JWT_SECRET`).
 * Never rejects for a fault of the token, of whatever type it is.
 *
 * @throws ConfigurationError for faults of configuration
 */
export function verifyToken(token: unknown): Promise<Verdict>;

/** What a handler finds in `event.requestContext.authorizer`, beside what was there. */
export interface Authorized {
  /** As Cognito authorisers of REST APIs give them. */
  claims: Claims;
  /** As JWT authorisers of HTTP APIs give them. */
  jwt: { claims: Claims; scopes: string[] };
}

/** The event of a handler behind `requireAuth`. */
export type AuthorizedEvent<E> = E & { requestContext: { authorizer: Authorized } };

/** The answer to a caller that is refused: 401, 403 or 503. */
export interface Refused {
  statusCode: 401 | 403 | 503;
  statusDescription?: string;
  isBase64Encoded?: false;
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  body: string;
}

/**
 * Wraps the handler of a REST API, HTTP API, function URL or load balancer: it is called for valid tokens only, with a copy of the event that holds
 * the claims. Others are answered 401, 403 when one of `scopes` is missing, 503 when the key cannot be had now.
 */
export function requireAuth<E = any, R extends unknown[] = [context?: any], A = any>(
  handler: (event: AuthorizedEvent<E>, ...rest: R) => A,
  options?: { scopes?: readonly string[] },
): (event: E, ...rest: R) => Promise<Awaited<A> | Refused>;

/** The answer of an authoriser for HTTP APIs, form `simple`. */
export interface SimpleResponse {
  isAuthorized: boolean;
  context?: AuthorizerContext;
}

/** The answer of an authoriser, form `iam`. */
export interface PolicyResponse {
  principalId: string;
  policyDocument: { Version: string; Statement: { Action: string; Effect: 'Allow' | 'Deny'; Resource: string }[] };
  context?: AuthorizerContext;
}

/** Texts that the function behind the authoriser is given. */
export interface AuthorizerContext {
  sub?: string;
  scope?: string;
  /** All claims, as JSON. */
  claims: string;
}

/** A handler of Lambda authorisers: TOKEN and REQUEST events, payload versions 1.0 and 2.0. */
export type Authorizer<A = SimpleResponse | PolicyResponse> = (event: any, context?: unknown) => Promise<A>;

/** Makes an authoriser. Without `response`: `simple` for payload version 2.0, else `iam`. */
export function createAuthorizer(options: { response: 'simple'; scopes?: readonly string[] }): Authorizer<SimpleResponse>;
export function createAuthorizer(options: { response: 'iam'; scopes?: readonly string[] }): Authorizer<PolicyResponse>;
export function createAuthorizer(options?: { response?: 'simple' | 'iam'; scopes?: readonly string[] }): Authorizer;

/** An authoriser without scopes. */
export const authorizer: Authorizer;

/** A fault of configuration. The message is for the operator; it holds no token and no secret. */
export class ConfigurationError extends Error {}

/** Forgets configuration and keys, for tests. What `require` gives does so later: await it. */
export function reset(): void | Promise<void>;
