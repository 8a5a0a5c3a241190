"""Debian's cloud kernel on a whole KVM: it boots, and finds the machine that it finds on the translator."""

import re
import unittest
from pathlib import Path

import lab
import machine
import material
from console import Console

SCRIPTS = {f"tests/{script.name}": script for script in sorted((lab.HERE.parent / "boot/guest").iterdir())}
# Neither place of the kernel in memory nor the processor's speed are the machine's.
WORDS = "console=ttyS0 panic=-1 quiet nokaslr duet.test=machine"
MACHINE = r"machine: begin\s+((?:.|\n)*?)machine: end\s"
LOG = r"log: begin\s+((?:.|\n)*?)log: end\s"
# Lines of the kernel's log that speak of hardware.
HARDWARE = re.compile(r"ACPI|PCI|pci|pnp|IOAPIC|APIC|smpboot: Allowing|serial|ttyS|[Hh]pet|HPET|rtc|e820|i8042|input:|SMBIOS|"
                      r"DMI|MTRR|PAT|NMI|clocksource: \w+: mask|kvm-clock|RAMDISK|Zone|node|Early memory")
# Measured, or counted, or of the moment.
VARIES = re.compile(r"MHz|BogoMIPS|calibrat|jiffies: [0-9]+|max_idle|setting system clock|took [0-9]+|freed: |usecs|loops_per|"
                    r"clocksource|Memory:|RAMDISK|allocated|adjusted|sched offset")


def hardware_lines(log):
    lines = [re.sub(r"^<\d+>\[[ \d.]+\] ", "", line) for line in log.splitlines()]
    # Keyboard and mouse are probed side by side.
    lines = [re.sub(r"input/input\d+$", "input/inputN", line) for line in lines]
    return sorted({line for line in lines if HARDWARE.search(line) and not VARIES.search(line)})


def found(console, seconds):
    """What the guest's `machine` script found: sorted facts, and the hardware lines of the kernel's log."""
    facts = console.wait_for(MACHINE, seconds).group(1).decode().replace("\r", "")
    log = console.wait_for(LOG, seconds).group(1).decode(errors="replace").replace("\r", "")
    return sorted(facts.splitlines()), hardware_lines(log)


class Linux(unittest.TestCase):
    maxDiff = None

    def compare(self, processors, *engine):
        initrd = material.pack("kvm-lab", SCRIPTS)
        # A model that both can give in full (QEMU 7.2 does not emulate VME); what else they offer depends on the host.
        words = ["-m", "256", "-smp", str(processors), "-cpu", "qemu64,-vme", "-nographic", "-no-reboot"]
        inside = [lab.DUET, *engine, *words, "-kernel", lab.KERNEL, "-initrd", lab.INITRD, "-append", WORDS]
        with lab.Lab(f"linux{processors}", lab.shell(inside), [material.program()], {lab.INITRD: initrd}) as console:
            console.wait_for(machine.READY, 90)
            kvm = found(console, 60)
            text = console.finish(60)
        with Console([*material.emulator(), *words, "-kernel", material.KERNEL, "-initrd", initrd,
                      "-append", WORDS]) as console:
            tcg = found(console, 120)
            console.wait_exit()
        self.assertGreater(len(kvm[0]), 60)
        self.assertGreater(len(kvm[1]), 60)
        self.assertEqual("\n".join(kvm[0]), "\n".join(tcg[0]))
        self.assertEqual("\n".join(kvm[1]), "\n".join(tcg[1]))
        return text

    @lab.survived
    def test_one(self):
        self.assertIn("duet: engine kvm: ", self.compare(1))  # the default, on such a host

    @lab.survived
    def test_two(self):
        self.assertNotIn("duet: engine", self.compare(2, "-enable-kvm"))
