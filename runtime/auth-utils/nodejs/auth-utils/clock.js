/** Seconds: time of day for tokens, monotonic for caches. */
export const clock = {
  now: () => Math.floor(Date.now() / 1000),
  monotonic: () => performance.now() / 1000,
};
