/** The only clocks, in seconds: time of day for tokens, monotonic for caches. Tests replace them. */
export const clock = {
  now: () => Math.floor(Date.now() / 1000),
  monotonic: () => performance.now() / 1000,
};
