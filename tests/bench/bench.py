#!/usr/bin/env python3
"""Compares duet with Debian's QEMU (TCG) and with the host itself, in one run, the sides in turn.

Works (kernels of our own, Debian's openssl, xz and gzip) are rates by the guest's clock, checked against the host's by wall
time; every result must be the host's own. Absolute figures are this machine's of this minute: only ratios mean something."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parent / "kvm_lab")]

import exits  # noqa: E402
import material  # noqa: E402
import measure  # noqa: E402
import publish  # noqa: E402
import report  # noqa: E402
import works  # noqa: E402
from console import Failure  # noqa: E402

# About the KVM engine, and only when named: they need a KVM, or minutes of a laboratory.
KVM_PARTS = ("kvm", "exits")
EXITS = material.ROOT / "build/release/tests/kvm_lab/exits.flat"
KVM_NATIVE = material.ROOT / "build/release/tests/bench/bench_kvm_native"


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tools/dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short run of everything, for a first look (5 minutes)")
    parser.add_argument("--only", metavar="NAME,...", default="",
                        help=f"groups ({', '.join(works.GROUPS)}), single works (--list), whole machines "
                             f"({', '.join(measure.PARTS)}), the KVM engine ({', '.join(KVM_PARTS)}: only when named)")
    parser.add_argument("--list", action="store_true", help="print groups and works, and end")
    parser.add_argument("--runs", type=int, metavar="N", help="medians are of so many runs (default 3)")
    parser.add_argument("--seconds", type=float, metavar="S", help="of each work and run (default 1)")
    parser.add_argument("--accel", metavar="WORDS", default="", help="more of duet's -accel tcg: --accel tier=baseline")
    parser.add_argument("--out", metavar="FOLDER", type=Path, default=material.ROOT / "build/bench",
                        help="where results.json, .md and .svg go (default build/bench)")
    parser.add_argument("--from", dest="source", metavar="FILE", type=Path, help="show an earlier results.json; measure nothing")
    parser.add_argument("--readme", action="store_true", help="put the tables into README.md, too, and the plot beside")
    options = parser.parse_args(arguments)
    options.only = [name for name in options.only.split(",") if name]
    options.runs = (1 if options.quick else 3) if options.runs is None else options.runs
    options.seconds = (0.2 if options.quick else 1) if options.seconds is None else options.seconds
    if options.runs < 1 or options.seconds <= 0:
        parser.error("--runs and --seconds: less than nothing cannot be measured")
    return options


def bench_kvm():
    """User code under the host's KVM, whatever kind of KVM that is, beside the same code called here."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise Failure("user code under KVM: there is no /dev/kvm to open here")
    if subprocess.run([KVM_NATIVE], check=False).returncode:
        raise Failure("user code under KVM was not measured")


def take(options, everything):
    """The results of what was asked for."""
    duet = material.emulator()
    if not shutil.which(duet[0]):
        raise Failure(f"there is no {duet[0]}; tools/dev build makes it")
    if not material.KERNEL.exists():
        raise Failure(f"there is no kernel {material.KERNEL}; tools/guest/fetch.sh cloud gets it")
    qemu = shutil.which(material.QEMU[0])
    bench = measure.Bench(options, measure.with_accel(duet, options.accel) if options.accel else duet, qemu)
    if not qemu:
        bench.progress(f"{material.QEMU[0]} is not installed: duet and native alone (tools/dev setup installs it)")
    try:
        bench.works(works.chosen(everything, options.only))
        bench.machines([part for part in measure.PARTS if not options.only or part in options.only])
        bench.progress("done")
    except KeyboardInterrupt:
        bench.problem("interrupted: what was measured until then follows")
    return bench.results


def run(options):
    """The exit status."""
    if options.readme and options.only:
        raise Failure("--readme takes a whole run, so not --only (but --from an earlier one)")
    if options.source:
        results = publish.load(options.source)
    else:
        everything = works.groups()
        known = [*everything, *[name for names in everything.values() for name in names], *measure.PARTS, *KVM_PARTS]
        if options.list:
            print("\n".join(f"{group}: {' '.join(names)}" for group, names in everything.items()))
            return 0
        for name in options.only:
            if name not in known:
                raise Failure(f"--only: there is no '{name}'; --list shows the works, --help the rest")
        if "kvm" in options.only:
            bench_kvm()
        if "exits" in options.only:
            print(exits.measure(EXITS, rounds=1 if options.quick else 3).table(), flush=True)
        if options.only and not set(options.only) - set(KVM_PARTS):
            return 0
        results = take(options, everything)
    print(report.text(results), flush=True)
    written = [] if options.source else publish.write(options.out, results)
    if options.readme:
        written += publish.into_readme(results)
    for path in written:
        print(f"==> written: {path}", file=sys.stderr)
    for problem in results["problems"]:
        print(f"bench: {problem}", file=sys.stderr)
    return 1 if results["problems"] else 0


def main():
    # So that the emulators end with this program.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run(parse(sys.argv[1:]))
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
