#!/usr/bin/env python3
"""Compares duet with Debian's QEMU (TCG) and with the host itself, in one run.

Rates are rounds a second by the guest's clock; "slower" is against native (or QEMU where the host has no
counterpart). Absolute figures are this machine's of this minute: only the ratios mean something."""

import argparse
import math
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parent / "kvm_lab")]

import exits  # noqa: E402
import material  # noqa: E402
from console import Failure  # noqa: E402
from sides import KERNELS, Emulator, Native, build_kernels  # noqa: E402

PARTS = ("boot", *KERNELS, "idle", "kvm", "exits")
EXITS = material.ROOT / "build/release/tests/kvm_lab/exits.flat"
KVM_NATIVE = material.ROOT / "build/release/tests/bench/bench_kvm_native"


def parse():
    parser = argparse.ArgumentParser(prog="tools/dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="shorter measurements, one boot each")
    parser.add_argument("--only", metavar="NAME,...", help=f"some of: {' '.join(PARTS)}")
    options = parser.parse_args()
    options.only = options.only.split(",") if options.only else list(PARTS)
    for name in options.only:
        if name not in PARTS:
            parser.error(f"--only: no '{name}'; there are: {' '.join(PARTS)}")
    return options


def progress(text):
    print(f"==> {text}", file=sys.stderr, flush=True)


def bench_boot(emulators, tries):
    """Best of some boots, the sides in turn."""
    best = {}
    for number in range(tries):
        for side in emulators:
            progress(f"boot {number + 1} of {tries}: {side.name}")
            best[side.name] = min(best.get(side.name, math.inf), side.boot_seconds())
    print(f"\n{'boot to user space':<20}" + "".join(f"{name:>12}" for name in best) + f"{'duet/qemu':>12}")
    print(f"{'seconds':<20}" + "".join(f"{value:>12.2f}" for value in best.values()) +
          f"{best['duet'] / best['qemu']:>11.2f}x")


def bench_kernels(sides, seconds, only):
    results = {}
    for side in sides:
        progress(f"integer kernels: {side.name}")
        results[side.name] = side.kernels(seconds, only)
    native = results["native"]
    others = [side.name for side in sides[1:]]
    print(f"\n{'integer kernels':<14}{'native/s':>12}" +
          "".join(f"{name + '/s':>12}{'slower':>9}" for name in others) + f"{'duet/qemu':>12}")
    logs = {name: [] for name in others}
    wrong = []
    for kernel in only:
        line = f"{kernel:<14}{native[kernel][0]:>12.4g}"
        for name in others:
            rate, checksum = results[name].get(kernel, (0.0, None))
            if checksum != native[kernel][1]:
                wrong.append(f"{kernel} on {name}: {'no result' if checksum is None else 'wrong result'}")
            slower = native[kernel][0] / rate if rate else math.inf
            logs[name].append(math.log(slower))
            line += f"{rate:>12.4g}{slower:>8.1f}x"
        print(line + f"{math.exp(logs['duet'][-1] - logs['qemu'][-1]):>11.2f}x")
    means = {name: math.exp(sum(values) / len(values)) for name, values in logs.items()}
    print(f"{'geometric mean':<14}{'':>12}" + "".join(f"{'':>12}{means[name]:>8.1f}x" for name in others) +
          f"{means['duet'] / means['qemu']:>11.2f}x")
    return wrong


def bench_idle(emulators, seconds):
    print(f"\n{'idle, -m 4096':<20}{'% of a core':>12}{'resident MiB':>14}")
    for side in emulators:
        progress(f"idle guest: {side.name}")
        share, resident = side.idle(seconds)
        print(f"{side.name:<20}{share * 100:>12.2f}{resident:>14.0f}")


def bench_kvm():
    """User code under the host's KVM, whatever kind of KVM that is, beside the same code called here."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        print("\nuser code under KVM: no /dev/kvm to open here")
        return True
    progress("user code under KVM")
    print(flush=True)
    return subprocess.run([KVM_NATIVE], check=False).returncode == 0


def main():
    options = parse()
    # Next to the tests' own initramfs, with the benchmark's script and program in it.
    scripts = {f"tests/{script.name}": script for script in (HERE / "guest").iterdir() if not script.suffix}
    scripts["tests/idle"] = material.ROOT / "tests/boot/guest/idle"
    initrd = material.pack("bench", {**scripts, "tests/kernels": build_kernels()})
    emulators = [Emulator("qemu", material.QEMU, initrd), Emulator("duet", material.emulator(), initrd)]
    wrong = []
    try:
        if "boot" in options.only:
            bench_boot(emulators, 1 if options.quick else 3)
        kernels = [name for name in KERNELS if name in options.only]
        if kernels:
            wrong = bench_kernels([Native(), *emulators], 0.5 if options.quick else 2, kernels)
        if "idle" in options.only:
            bench_idle(emulators, 5 if options.quick else 20)
        if "kvm" in options.only and not bench_kvm():
            wrong.append("user code under KVM was not measured")
        if "exits" in options.only:
            progress("exits, in the KVM laboratory")
            print("\n" + exits.measure(EXITS, rounds=1 if options.quick else 3).table())
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    for line in wrong:
        print(f"bench: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
