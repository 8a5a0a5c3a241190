#!/usr/bin/env python3
"""Runs boot tests: boot.py MODULE[.CLASS[.TEST]]...; boot.py --prepare [KERNEL...] makes what they need."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import material  # noqa: E402
import named_tests  # noqa: E402


def main():
    if sys.argv[1:2] == ["--prepare"]:
        material.prepare(sorted((HERE / "guest").iterdir()), sys.argv[2:] or ["cloud"])
        return 0
    return named_tests.run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
