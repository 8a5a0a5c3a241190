#!/usr/bin/env python3
"""Runs laboratory tests: kvm_lab.py MODULE[.CLASS[.TEST]]..."""

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parent / "boot")]

import material  # noqa: E402


def main():
    material.fetch("cloud")
    suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:])
    if suite.countTestCases() == 0:
        print("no such test")
        return 1
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
