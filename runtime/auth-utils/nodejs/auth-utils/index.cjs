// For `require`: Lambda switches requiring ES modules off in Node.js 22. All but the error is asynchronous anyway.
const loaded = import('./index.js');
const from = (name) => async (...args) => (await loaded)[name](...args);
const madeBy = (name) => (...settings) => {
  const made = loaded.then((module) => module[name](...settings));
  // Each call tells of a fault; a rejection that nobody handles would end the process before the first
  made.catch(() => undefined);
  return async (...args) => (await made)(...args);
};

exports.verifyToken = from('verifyToken');
exports.authorizer = from('authorizer');
exports.requireAuth = madeBy('requireAuth');
exports.createAuthorizer = madeBy('createAuthorizer');
exports.reset = from('reset');
exports.ConfigurationError = require('./configuration-error.cjs').ConfigurationError;
