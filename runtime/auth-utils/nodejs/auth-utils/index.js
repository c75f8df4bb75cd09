export { authorizer, createAuthorizer } from './authorizer.js';
export { ConfigurationError } from './errors.js';
export { requireAuth } from './require-auth.js';
export { reset, verifyToken } from './token.js';
