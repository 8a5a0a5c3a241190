"""A guest that computes, logs and watches its clocks goes from KVM to the translator and back, twenty times."""

import statistics
import unittest

import handover
import lab
import machine
import material

ROUND_TRIPS = 20
# Each engine has the guest for half a second of its time. Its boot is some of the changes, too.
PERIOD_MS, SECONDS = 500, 21
# QEMU 7.2 does not tell its SVM's user of the guest's XSETBV, so KVM does not know XCR0 there: no XSAVE. And it refuses IN
# to a program where the task register was loaded as busy, which is how processors load it: no ports.
CPU = "qemu64,-vme"
STATUS = "echo duet ended with status $?"


class Handover(unittest.TestCase):
    maxDiff = None

    def switched(self, processors):
        duet = [lab.DUET, "-accel", f"kvm,switch-after={PERIOD_MS}ms", "-cpu", CPU, "-m", "256", "-smp", str(processors),
                "-nographic", "-no-reboot", "-kernel", lab.KERNEL, "-initrd", lab.INITRD,
                "-append", f"console=ttyS0 panic=-1 quiet duet.noports {handover.words(SECONDS)}"]
        # What duet says comes behind what the guest says, not between, and what the laboratory's kernel says not at all.
        script = f"dmesg -n 1\n{lab.shell(duet).rstrip()} 2>/tmp/said\n{STATUS}\ncat /tmp/said\n"
        with lab.Lab(f"handover{processors}", script, [material.program()],
                     {lab.INITRD: handover.initramfs()}) as console:
            console.wait_for(machine.READY, 120)
            console.wait_for("handover: begin", 60)
            console.wait_for("handover: end", 180)
            console.wait_for("duet ended with status 0", 60)
            text = console.finish(30)
        pauses = handover.pauses(text)
        self.assertEqual(handover.problems(text), [])
        self.assertGreaterEqual(len(pauses), 2 * ROUND_TRIPS)
        self.assertIn("engine tcg goes on", text)
        self.assertIn("engine kvm goes on", text)
        print(f"\n{len(pauses)} changes with {processors} processors; pauses: median {statistics.median(pauses):.2f} ms, "
              f"worst {max(pauses):.2f} ms")

    @lab.survived
    def test_one(self):
        self.switched(1)

    @lab.survived
    def test_two(self):
        self.switched(2)
