"""Runs tests by name: MODULE[.CLASS[.TEST]]."""

import unittest


def run(names):
    """The program's exit status: that no test has such a name is a failure."""
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    if suite.countTestCases() == 0:
        print("no such test")
        return 1
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1
