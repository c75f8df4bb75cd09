"""Runs the tests beside this file, and writes how many passed, failed and were skipped: run.py FILE_FOR_THE_COUNTS."""

import sys
import unittest
from pathlib import Path


class Result(unittest.TextTestResult):
    """Counts tests, where unittest counts each failed part of one, and leaves out what fails before the first test of a class."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    def counts(self):
        bad = [test for test, _ in self.failures + self.errors] + self.unexpectedSuccesses
        off = [test for test, _ in self.skipped + self.expectedFailures]
        return self.passed, len(names(bad)), len(names(off))


def names(tests):
    return {getattr(test, 'test_case', test).id() for test in tests}


if __name__ == '__main__':
    suite = unittest.defaultTestLoader.discover(str(Path(__file__).parent))
    result = unittest.TextTestRunner(resultclass=Result, stream=sys.stdout).run(suite)
    Path(sys.argv[1]).write_text('{} {} {}\n'.format(*result.counts()), encoding='utf-8')
