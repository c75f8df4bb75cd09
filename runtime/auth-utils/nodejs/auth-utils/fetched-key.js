import { clock } from './clock.js';
import { ConfigurationError, Refusal } from './errors.js';

/** Keys that are fetched at first use, once for all callers, and kept for `ttl` seconds. */
export function fetchedKey(fetch, ttl, cooldown = 30) {
  let keys, error, pending, until = 0, coolUntil = 0;

  const result = () => {
    if (keys) return keys;
    throw error;
  };
  const load = async () => {
    try {
      keys = await fetch();
      until = clock.monotonic() + ttl;
    } catch (fault) {
      error = fault instanceof ConfigurationError ? fault : new Refusal('key_unavailable');
      // The last good keys outlive a server that fails, not a permission
      if (error === fault) keys = undefined;
      until = clock.monotonic() + 5;
    }
    pending = undefined;
    return result();
  };
  const get = () => clock.monotonic() < until ? result() : pending ??= load();

  /** After a token that `used` did not verify. The cool-down: bad tokens must not make calls. */
  const newer = (used) => {
    if (!pending && keys === used) {
      if (clock.monotonic() < coolUntil) return used;
      coolUntil = clock.monotonic() + cooldown;
      until = 0;
    }
    return get();
  };
  return { get, newer };
}
