exports.ConfigurationError = class ConfigurationError extends Error {
  name = 'ConfigurationError';
};
