"""What guests of KVM are promised, on the translator: Linux takes to kvm-clock, which keeps the host's rate, stands still in a
pause, and never goes back from one processor to another."""

import time
import unittest

import kvmclock
from machine import boot

# Without the promise that its rate never changes, Linux leaves the bare time stamp counter alone.
CPU = "max,-invtsc"


class KvmClock(unittest.TestCase):
    def watched(self, *options, meanwhile=None, source="kvm-clock"):
        with boot("-no-reboot", *options, test="kvmclock", initrd=kvmclock.initramfs()) as console:
            took = kvmclock.watched(console, meanwhile and (lambda: meanwhile(console)))
            console.wait_exit()
            text = console.output.decode(errors="replace").replace("\r", "")
        self.assertEqual(kvmclock.problems(text, source), [])
        return took

    def test_one(self):
        self.assertGreater(self.watched("-cpu", CPU), 0.97 * kvmclock.SECONDS)

    def test_two(self):
        self.assertGreater(self.watched("-cpu", CPU, "-smp", "2"), 0.97 * kvmclock.SECONDS)

    def test_stable_counter_is_preferred(self):
        self.watched("-cpu", "max,+invtsc", source="tsc")

    def test_pause(self):
        def pause(console):
            time.sleep(1)
            console.send("\x01p")
            time.sleep(3)
            console.send("\x01p")

        took = self.watched("-cpu", CPU, "-smp", "2", meanwhile=pause)
        self.assertGreater(took, 0.97 * kvmclock.SECONDS + 2.8, "the pause counted")


class Planted(unittest.TestCase):
    GOOD = "".join(f"kvmclock: {line}\n" for line in (
        "log Hypervisor detected: KVM", "log kvm-clock: Using msrs 4b564d01 and 4b564d00", "source kvm-clock",
        f"date {int(time.time())}", "watched with status 0"))

    def test_right(self):
        self.assertEqual(kvmclock.problems(self.GOOD), [])

    def test_wrong(self):
        for damaged in (self.GOOD.replace("source kvm-clock", "source hpet"), self.GOOD.replace("status 0", "status 1"),
                        self.GOOD.replace("date ", "date 1"), self.GOOD.replace("KVM\n", "Xen\n"),
                        self.GOOD + "watch: CLOCK_MONOTONIC goes back by 9\n",
                        self.GOOD + "kvmclock: complaint [ 1.0] clocksource: timekeeping watchdog on CPU1\n"):
            self.assertNotEqual(kvmclock.problems(damaged), [], damaged)
