"""Guests whose engine changes under them, again and again: two translators stand in for the translator and KVM, so that this
runs on every host (tests/kvm_lab has the real thing)."""

import os
import unittest

import handover
import machine
import material
import stress_test
from console import Console

# Surely so many changes, even on a host that has hardly any time for us.
FEWEST = 20

TWO_ENGINES = os.environ.get("DUET_TWO_ENGINES", str(material.ROOT / "build/release/tests/boot/two_engines"))


def start(*words):
    return Console([TWO_ENGINES, *words, "-no-reboot"])


def boot(processors, period, seconds):
    return start("-accel", f"tcg,switch-after={period}", "-smp", str(processors), "-m", "256", "-nographic",
                 "-kernel", str(material.KERNEL), "-initrd", str(handover.initramfs()),
                 "-append", f"console=ttyS0 panic=-1 {handover.words(seconds)}")


@unittest.skipUnless(material.testing_duet(), "duet's own")
class Linux(unittest.TestCase):
    def switched(self, processors, period):
        with boot(processors, period, seconds=8) as console:
            console.wait_for(machine.READY)
            console.wait_for("handover: end", 180)
            console.wait_exit()
            text = console.output.decode(errors="replace").replace("\r", "")
            pauses = handover.pauses(console.errors.decode())
        self.assertEqual(handover.problems(text), [])
        self.assertGreaterEqual(len(pauses), FEWEST)

    def test_one(self):
        self.switched(1, "20ms")

    def test_two(self):
        self.switched(2, "20ms")

    def test_instructions(self):
        self.switched(1, "3000000")


@unittest.skipUnless(material.testing_duet(), "duet's own")
class Stress(unittest.TestCase):
    """The programs that fight over memory, code, page tables and interrupts agree whatever runs them."""

    def fight(self, processors, period, *words):
        options = " ".join([f"cpus={processors}", f"seconds={stress_test.SECONDS}", *words])
        with start("-accel", f"tcg,switch-after={period}", "-kernel", str(stress_test.PROGRAM), "-nodefaults", "-m", "64",
                   "-smp", str(processors), "-device", "isa-debug-exit,iobase=0xf4,iosize=0x4", "-serial", "stdio",
                   "-display", "none", "-append", options) as console:
            console.wait_for("stress: all right\n", stress_test.LIMIT)
            console.wait_exit(20, status=stress_test.RIGHT)
            self.assertGreaterEqual(len(handover.pauses(console.errors.decode())), FEWEST)

    def test_two(self):
        self.fight(2, "5ms")

    def test_three_x2apic(self):
        self.fight(3, "5ms", "x2apic")

    def test_instructions(self):
        self.fight(2, "20000")


class Planted(unittest.TestCase):
    """What the judge is there to notice."""

    GOOD = "".join(f"handover: {p} {n} {handover.checksum(n)}\n" for n in (1, 2, 3) for p in "ab") + \
        "handover: a made 3\nhandover: b made 3\nwatch: bursts 9, readings 99\nhandover: clocks 0\nhandover: end\n"

    def test_right(self):
        self.assertEqual(handover.problems(self.GOOD), [])

    def test_wrong(self):
        line = f"handover: a 2 {handover.checksum(2)}\n"
        for damaged in (self.GOOD.replace(line, ""), self.GOOD.replace(line, line + line),
                        self.GOOD.replace(line, line.replace(" 2 ", " 4 ")),
                        self.GOOD.replace(handover.checksum(3), handover.checksum(4), 1),
                        self.GOOD.replace("handover: b made 3\n", ""), self.GOOD.replace("clocks 0", "clocks 1"),
                        self.GOOD + "watch: the HPET jumps by 9 us against CLOCK_MONOTONIC\n",
                        self.GOOD + "handover: complaint clocksource: timekeeping watchdog: tsc unstable\n"):
            self.assertNotEqual(handover.problems(damaged), [], damaged)
