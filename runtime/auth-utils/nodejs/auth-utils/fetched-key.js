import { clock } from './clock.js';
import { ConfigurationError, Refusal } from './errors.js';

/** Keys that one caller fetches for all. Kept for `ttl` seconds; refreshed at most once in `cooldown` seconds. */
export function fetchedKey(fetch, ttl, cooldown = 30) {
  let keys, error, pending, due = 0, nextRefresh = 0;

  const result = () => {
    if (keys) return keys;
    throw error;
  };
  const load = async () => {
    try {
      keys = await fetch();
      due = clock.monotonic() + ttl;
    } catch (fault) {
      error = fault instanceof ConfigurationError ? fault : new Refusal('key_unavailable');
      // The last good keys outlive a server that fails, not a permission
      if (error === fault) keys = undefined;
      const retry = clock.monotonic() + 5;
      due = keys ? Math.max(due, retry) : retry;
    }
    pending = undefined;
  };
  // Others go on with the old keys meanwhile; they wait only when there are none
  const get = () => clock.monotonic() < due || (pending && keys) ? result() : (pending ??= load()).then(result);

  /** After a token that `used` did not verify. The cool-down: bad tokens must not make calls. */
  const newer = async (used) => {
    if (!pending && keys === used && clock.monotonic() >= nextRefresh) {
      nextRefresh = clock.monotonic() + cooldown;
      pending = load();
    }
    await pending;
    return result();
  };
  return { get, newer };
}
