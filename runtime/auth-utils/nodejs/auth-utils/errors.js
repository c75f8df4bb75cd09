/** A fault of configuration. The message is for the operator: no token, no secret. */
export class ConfigurationError extends Error {
  name = 'ConfigurationError';
}

/** Why a token is refused. Not an Error: bad tokens are common, and a stack is costly. */
export class Refusal {
  constructor(code) {
    this.code = code;
  }
}

export function refuse(code) {
  throw new Refusal(code);
}

export function misconfigured(message) {
  throw new ConfigurationError(message);
}
