// Most tests fetch from registries, which stumble now and then: in CI a test that fails is run once more, and what failed first is in the log.
if (process.env.CI) {
  jest.retryTimes(1, { logErrorsBeforeRetry: true });
}
