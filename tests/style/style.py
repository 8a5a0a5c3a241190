#!/usr/bin/env python3
"""Checks the tree against its own rules: style.py [--root FOLDER] [CHECK...]; no CHECK means all."""

import argparse
import sys
from pathlib import Path

from duet_style import cycles, formatting, includes, length, libraries, readmes, text
from duet_style.tree import Tree

CHECKS = {
    "format": formatting.check,
    "includes": includes.check,
    "libraries": libraries.check,
    "cycles": cycles.check,
    "length": length.check,
    "readmes": readmes.check,
    "text": text.check,
}


def main():
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=here.parent.parent)
    parser.add_argument("check", nargs="*", help=" ".join(CHECKS))
    options = parser.parse_args()
    for name in options.check:
        if name not in CHECKS:
            parser.error(f"unknown check '{name}'; there are: {' '.join(CHECKS)}")
    tree = Tree(options.root)
    broken = 0
    for name in options.check or CHECKS:
        problems = CHECKS[name](tree)
        for problem in problems:
            print(problem)
        print(f"{name}: {len(problems)} problems in {len(tree.files)} files")
        broken += len(problems)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
