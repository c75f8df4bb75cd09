import { ConfigurationError } from './configuration-error.cjs';

export { ConfigurationError };

/** Why a token is refused. No Error: a stack is costly. */
export class Refusal {
  constructor(code) {
    this.code = code;
  }
}

export function demand(condition, code) {
  if (!condition) throw new Refusal(code);
}

/** For the operator: the message holds no token, no secret. */
export function misconfigured(message) {
  throw new ConfigurationError(message);
}
