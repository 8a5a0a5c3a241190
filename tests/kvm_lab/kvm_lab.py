#!/usr/bin/env python3
"""Runs laboratory tests: kvm_lab.py MODULE[.CLASS[.TEST]]..."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parent / "boot")]

import material  # noqa: E402
import named_tests  # noqa: E402


def main():
    material.fetch("cloud")
    return named_tests.run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
