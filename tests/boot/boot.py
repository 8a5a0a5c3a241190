#!/usr/bin/env python3
"""Runs boot tests: boot.py MODULE[.CLASS[.TEST]]...; boot.py --prepare [KERNEL...] makes what they need."""

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import material  # noqa: E402


def main():
    if sys.argv[1:2] == ["--prepare"]:
        material.prepare(sorted((HERE / "guest").iterdir()), sys.argv[2:] or ["cloud"])
        return 0
    suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:])
    if suite.countTestCases() == 0:
        print("no such test")
        return 1
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
