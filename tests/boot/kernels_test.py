"""Debian's other kernels: the full one, PREEMPT_RT, and those for i386, with ACPI and as on an old PC."""

import time
import unittest

import exercise
import kernel_log
import material
from console import Console, Failure
from machine import READY, arguments

# Neither ACPI nor any APIC: the 8259 pair and the 8254 alone.
PIC_ONLY = "acpi=off noapic nolapic"
# Processors and interrupt wires from the MP table.
MP_TABLE = "acpi=off"

# Only there to end a hang: the full kernels unpack themselves for half a minute on an idle host.
BOOT_SECONDS = 900


class Kernel(unittest.TestCase):
    """What every kernel here is put through."""

    def check(self, kernel, machine, processors=1, memory="256", least=200, append="", test="exercise", files=None):
        """Boots it on duet and on QEMU: the same results as worked out here, no complaint beyond QEMU's.

        `files` go into the initramfs beside the tests."""
        file, initramfs = material.fetch(kernel)
        initrd = material.pack(test, files, material.packed("tests", initramfs)) if files else material.packed(
            "tests", initramfs)
        command = arguments("-smp", str(processors), kernel=file, initrd=initrd, memory=memory, append=append,
                            test=test)
        self.acpi = "acpi=off" not in append
        qemu = self.log_of([*material.QEMU, *command[len(material.emulator()):]])
        for _ in range(3):
            duet = self.log_of(command, self.judge, machine, processors, least)
            self.assertIn("Linux version", duet)
            new = kernel_log.new_complaints(duet, qemu)
            # A busy host can make the kernel doubt its clocks once, in either emulator.
            if not new:
                return
        self.fail("complaints that QEMU's guest does not have:\n" + "\n".join(new))

    def log_of(self, command, *judged):
        for attempt in range(3):
            try:
                return self.log_of_one_boot(command, *judged)
            except Failure as failure:
                # Linux gives up ("timer doesn't work") when its timer's first ticks come late, and on a host with
                # too much to do they come late in either emulator.
                if attempt == 2 or "trying to set up timer as ExtINT" not in str(failure):
                    raise

    def log_of_one_boot(self, command, judge=lambda text: None, *details):
        with Console(command) as console:
            console.wait_for(READY, BOOT_SECONDS)
            judge(console.wait_for(r"((?:.|\n)*?)log: begin", 300).group(1).decode(errors="replace"), *details)
            text = console.wait_for(r"((?:.|\n)*?)log: end", 300).group(1)
            if self.acpi:
                console.wait_exit(120)
            else:
                self.expect_halt(console)
            return text.decode(errors="replace")

    def judge(self, text, machine, processors, least):
        facts = exercise.facts(text.replace("\r", ""))
        self.assertEqual((facts.pop("machine"), facts.pop("processors")), (machine, str(processors)))
        self.assertGreaterEqual(int(facts.pop("memory")), least)
        self.assertEqual(facts, exercise.expected())

    def expect_halt(self, console):
        """Without ACPI Linux cannot turn the power off: it stops, and a stopped machine costs nothing."""
        console.wait_for("System halted")
        time.sleep(1)
        before = console.cpu_seconds()
        time.sleep(2)
        self.assertLess(console.cpu_seconds() - before, 0.1)


class Full(Kernel):
    def test_acpi(self):
        self.check("full", machine="x86_64")

    def test_pic(self):
        self.check("full", machine="x86_64", append=PIC_ONLY)


    def test_mp_table(self):
        self.check("full", machine="x86_64", processors=2, append=MP_TABLE)


class Rt(Kernel):
    def test_acpi(self):
        self.check("rt", machine="x86_64", processors=2)

    def test_pic(self):
        # Not without the local APIC too: this kernel then loops in RCU's interrupt work before its init starts,
        # under QEMU as well.
        self.check("rt", machine="x86_64", append="acpi=off noapic")


class I686(Kernel):
    def test_one(self):
        self.check("686", machine="i686")

    def test_two(self):
        self.check("686", machine="i686", processors=2)

    def test_pic(self):
        self.check("686", machine="i686", append=PIC_ONLY)


    def test_mp_table(self):
        self.check("686", machine="i686", processors=2, append=MP_TABLE)


class I686Pae(Kernel):
    FIVE_GIB = {"memory": "5G", "least": 4900}

    def test_two(self):
        self.check("686-pae", machine="i686", processors=2, **self.FIVE_GIB)

    def test_pic(self):
        self.check("686-pae", machine="i686", append=PIC_ONLY, **self.FIVE_GIB)


class Compat(Kernel):
    def test_i386_programs_on_amd64(self):
        busybox = material.CACHE / "guest/busybox-i386"
        self.check("cloud", machine="x86_64", processors=2, test="compat", files={"tests/busybox-i386": busybox})
