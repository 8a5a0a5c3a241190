"""Linux takes to kvm-clock on a whole KVM, too: with local APICs in the kernel and without, and on both engines in turn."""

import unittest

import kvmclock
import lab
import machine
import material


class KvmClock(unittest.TestCase):
    def watched(self, name, *options):
        # QEMU's SVM: no XSAVE and no ports for programs (handover_test.py).
        duet = [lab.DUET, "-cpu", "qemu64,-vme", "-m", "256", "-smp", "2", "-nographic", "-no-reboot", *options, "-kernel",
                lab.KERNEL, "-initrd", lab.INITRD, "-append", f"console=ttyS0 panic=-1 quiet duet.noports {kvmclock.WORDS}"]
        script = f"dmesg -n 1\n{lab.shell(duet).rstrip()} 2>/tmp/said\nstatus=$?\ncat /tmp/said\n(exit $status)\n"
        with lab.Lab(name, script, [material.program()], {lab.INITRD: kvmclock.initramfs()}) as console:
            console.wait_for(machine.READY, 120)
            took = kvmclock.watched(console)
            text = console.finish(60)
        self.assertEqual(kvmclock.problems(text), [])
        self.assertGreater(took, 0.97 * kvmclock.SECONDS)
        return text

    @lab.survived
    def test_split(self):
        self.watched("kvmclock", "-accel", "kvm")

    @lab.survived
    def test_without_kernel_apics(self):
        self.watched("kvmclock-off", "-accel", "kvm,kernel-irqchip=off")

    @lab.survived
    def test_both_engines(self):
        text = self.watched("kvmclock-both", "-accel", "kvm,switch-after=250ms")
        self.assertGreater(text.count("goes on after a pause"), 10)
