/** In CI, where every tool is there, a skipped test is a failure: names the skipped ones and fails the run. */
module.exports = class RefuseSkips {
  #skipped = [];

  onTestResult(_test, { testResults }) {
    for (const { status, fullName } of testResults) {
      if (status !== 'passed' && status !== 'failed') {
        this.#skipped.push(fullName);
      }
    }
  }

  onRunComplete() {
    if (this.getLastError() !== undefined) {
      process.stderr.write(`\n${this.getLastError().message}\n`);
    }
  }

  getLastError() {
    if (!process.env.CI || this.#skipped.length === 0) {
      return undefined;
    }
    return new Error(`${this.#skipped.length} tests were skipped, which CI does not allow:\n  ${this.#skipped.join('\n  ')}`);
  }
};
