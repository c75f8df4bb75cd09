import { clock } from './clock.js';
import { ConfigurationError, refuse } from './errors.js';

const RETRY = 5;

/** Keys that are fetched at first use, once for all callers at that time, and kept for `ttl` seconds. */
export class FetchedKey {
  #until = 0;
  #coolUntil = 0;

  constructor(fetch, ttl, cooldown) {
    Object.assign(this, { fetch, ttl, cooldown });
  }

  get() {
    if (clock.monotonic() >= this.#until) return this.pending ??= this.#load();
    return this.keys ?? this.#fail();
  }

  /** The keys after a token that `used` did not verify: fetched anew, at most every `cooldown` seconds, so that bad tokens cannot make calls. */
  newer(used) {
    if (this.pending || this.keys !== used) return this.get();
    if (clock.monotonic() < this.#coolUntil) return used;
    this.#coolUntil = clock.monotonic() + this.cooldown;
    this.#until = 0;
    return this.get();
  }

  async #load() {
    let kept = this.ttl;
    try {
      this.keys = await this.fetch();
      this.error = undefined;
    } catch (error) {
      // Last good keys outlive a server that fails, but not a withdrawn permission
      kept = RETRY;
      this.error = error;
      if (error instanceof ConfigurationError) this.keys = undefined;
    }
    this.#until = clock.monotonic() + kept;
    this.pending = undefined;
    return this.keys ?? this.#fail();
  }

  #fail() {
    if (this.error instanceof ConfigurationError) throw this.error;
    refuse('key_unavailable');
  }
}
