"""Debian's kernel on the machine: processors, memory, clock, log, ACPI tables, power."""

import base64
import re
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import images
import kernel_log
import material
from console import Console
from machine import READY, arguments, boot

class Processors(unittest.TestCase):
    def run_on(self, count):
        with boot("-smp", str(count), test="cpus") as console:
            console.wait_for(READY)
            online = console.wait_for(r"cpus: (\d+) online").group(1)
            self.assertEqual(int(online), count)
            different, results = console.wait_for(r"cpus: (\d+) different results from (\d+)").groups()
            self.assertEqual((int(different), int(results)), (1, count))
            self.assertEqual(int(console.wait_for(r"cpus: (\d+) without").group(1)), 0)
            console.wait_for(r"cpus ended with status 0")
            console.wait_exit()

    def test_smp1(self):
        self.run_on(1)

    def test_smp2(self):
        self.run_on(2)

    def test_smp4(self):
        self.run_on(4)


class Memory(unittest.TestCase):
    def run_with(self, memory, least, most):
        with boot(memory=memory, test="memory") as console:
            found = int(console.wait_for(r"memory: (\d+) MiB").group(1))
            self.assertTrue(least <= found <= most, f"{found} MiB of {memory}")
            console.wait_for("memory: copies agree")
            console.wait_exit()

    def test_128m(self):
        self.run_with("128", 70, 128)

    def test_6g(self):
        # 6 GiB reaches past the hole below 4 GiB.
        self.run_with("6G", 5600, 6144)


class Clock(unittest.TestCase):
    def test_three_seconds(self):
        with boot(test="clock") as console:
            console.wait_for(r"clock: source \w+")
            date = int(console.wait_for(r"clock: date (\d+)\s").group(1))
            self.assertLess(abs(date - time.time()), 30, "the guest's date is not the host's")
            console.wait_for("clock: start")
            started = time.monotonic()
            console.wait_for("clock: end")
            took = time.monotonic() - started
            # The guest cannot be early; how late it is depends on the host's load.
            self.assertTrue(2.7 < took < 8, f"three guest seconds took {took:.2f}")
            console.wait_exit()


class Log(unittest.TestCase):
    def log_of(self, command):
        with Console(command) as console:
            console.wait_for("log: begin")
            text = console.wait_for(r"((?:.|\n)*?)log: end").group(1)
            console.wait_exit()
            return text.decode(errors="replace")

    def compare(self, *options):
        command = arguments(*options, test="log")
        qemu = self.log_of([*material.QEMU, *command[len(material.emulator()):]])
        for _ in range(3):
            duet = self.log_of(command)
            self.assertIn("Linux version", duet)
            new = kernel_log.new_complaints(duet, qemu)
            # A busy host can make the kernel doubt its clocks once, in either emulator.
            if not new:
                return
        self.fail("complaints that QEMU's guest does not have:\n" + "\n".join(new))

    def test_no_complaint_beyond_qemu(self):
        self.compare()

    def test_no_complaint_beyond_qemu_smp2(self):
        self.compare("-smp", "2")


class Acpi(unittest.TestCase):
    def test_iasl_reads_the_tables_back(self):
        with boot(test="acpi") as console:
            console.wait_for(READY)
            text = console.wait_for(r"((?:.|\n)*?)acpi: end").group(1).decode()
            console.wait_exit()
        tables = dict(re.findall(r"acpi: table (\w+)\s+([A-Za-z0-9+/=\s]+?)(?=\s*acpi: |\s*\Z)", text))
        self.assertLessEqual({"DSDT", "FACP", "APIC", "MCFG"}, set(tables))
        with tempfile.TemporaryDirectory() as folder:
            for name, content in tables.items():
                file = Path(folder) / f"{name}.dat"
                file.write_bytes(base64.b64decode("".join(content.split())))
                self.assert_reads(file)

    def assert_reads(self, file):
        done = subprocess.run(["iasl", "-d", file], text=True, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        # "Incorrect checksum", "Invalid table", "Could not ...": iasl goes on after them.
        self.assertNotRegex(done.stdout, r"(?i)error|incorrect|invalid|could not", file.name)


class Loaders(unittest.TestCase):
    def test_elf_with_pvh_note(self):
        out = material.SCRATCH / "vmlinux"
        kernel = images.vmlinux_of(material.KERNEL, out)
        with boot(kernel=kernel, test="memory") as console:
            console.wait_for("memory: copies agree")
            console.wait_exit()


class Power(unittest.TestCase):
    def test_reboot_starts_again(self):
        with boot(test="reboot") as console:
            console.wait_for(READY)
            console.wait_for("reboot: now")
            console.wait_for(READY)
            console.wait_for("reboot: now")

    def test_every_way_to_reboot(self):
        """Each of the kernel's ways ends in a reset: with -no-reboot, in the machine's end."""
        for method in ("kbd", "bios", "acpi", "pci", "triple"):
            with self.subTest(method):
                with boot("-smp", "2", "-no-reboot", test="reboot", append=f"reboot={method}") as console:
                    console.wait_for("reboot: now")
                    console.wait_exit()

    def test_no_reboot_ends(self):
        with boot("-no-reboot", test="reboot") as console:
            console.wait_for("reboot: now")
            console.wait_exit()


class Sleep(unittest.TestCase):
    """ACPI S3, woken by the clock's alarm."""

    def test_sleeps_and_wakes(self):
        with boot("-smp", "2", test="sleep") as console:
            console.wait_for(r"sleep: states .*mem")
            console.wait_for("sleep: now")
            went = time.monotonic()
            status, processors = console.wait_for(r"sleep: back, status (\d+), (\d+) processors").groups()
            self.assertEqual((int(status), int(processors)), (0, 2))
            self.assertGreater(time.monotonic() - went, 1.5, "it did not sleep")
            self.assertEqual(int(console.wait_for(r"sleep: count (\d+)").group(1)), 1)
            console.wait_exit()


class Quiet(unittest.TestCase):
    """What an idle machine costs its host."""

    def test_idle_processor_time(self):
        with boot(test="idle") as console:
            console.wait_for("idle: begin")
            time.sleep(4)
            before, started = console.cpu_seconds(), time.monotonic()
            time.sleep(10)
            share = (console.cpu_seconds() - before) / (time.monotonic() - started)
            self.assertLess(share, 0.02, f"an idle guest takes {share:.1%} of a core")

    def test_untouched_memory(self):
        with boot(memory="4096", test="idle") as console:
            console.wait_for("idle: begin")
            resident = console.resident_bytes() >> 20
            # Linux itself writes 64 MiB of page descriptors for 4 GiB.
            self.assertLess(resident, 600, f"{resident} MiB resident with 4096 MiB hardly touched")
