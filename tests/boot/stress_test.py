"""Several processors fight over memory, page tables, code and interrupts (stress/), and agree on the outcome."""

import os
import re
import unittest

import material
from console import Console

PROGRAM = material.SCRATCH / "stress.flat"
SECONDS = int(os.environ.get("DUET_STRESS_SECONDS") or os.environ.get("DUET_STRESS_USUALLY", 5))
# A round is not cut short, and a busy host can make one long.
LIMIT = 240 + 10 * SECONDS
EVERYTHING = {"lock", "wide", "torn", "order", "accessed", "shootdown", "code", "patch", "straight", "ipi",
              "wake", "clock"}
RIGHT, WRONG = 1, 3  # isa-debug-exit: (value << 1) | 1


def start(processors, words):
    return Console([*material.emulator(), "-kernel", PROGRAM, "-nodefaults", "-no-reboot", "-m", "64",
                    "-smp", str(processors), "-device", "isa-debug-exit,iobase=0xf4,iosize=0x4",
                    "-serial", "stdio", "-display", "none", "-append", words])


class Stress(unittest.TestCase):
    def run_all(self, processors, mode, *words):
        options = [f"cpus={processors}", f"seconds={SECONDS}", *words]
        with start(processors, " ".join(options)) as console:
            console.wait_for(f"stress: processors {processors}, {mode}\n", 60)
            report = console.wait_for(r"((?:\w+: rounds \d+, operations \d+, checksum \w+\n)+)"
                                      r"stress: all right\n", LIMIT).group(1).decode()
            console.wait_exit(20, status=RIGHT)
        done = {name: int(count) for name, count in re.findall(r"(\w+): rounds \d+, operations (\d+)", report)}
        self.assertEqual(set(done), EVERYTHING)
        self.assertEqual([name for name, count in done.items() if count == 0], [])

    def test_two(self):
        self.run_all(2, "xAPIC")

    def test_four(self):
        self.run_all(4, "xAPIC")

    def test_x2apic(self):
        self.run_all(3, "x2APIC", "x2apic")


class Planted(unittest.TestCase):
    """The program notices what it is there to notice."""

    def test_sum_without_lock(self):
        with start(2, "cpus=2 seconds=60 tests=lock planted") as console:
            console.wait_for("WRONG: lock: ", 120)
            console.wait_exit(20, status=WRONG)
