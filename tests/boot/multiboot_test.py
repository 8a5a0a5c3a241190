"""Multiboot programs: what the loader hands over, and the exit status they choose."""

import tempfile
import unittest
from pathlib import Path

import material
from console import Console

PROGRAM = material.SCRATCH / "report.flat"


class Multiboot(unittest.TestCase):
    def start(self, *options):
        return Console([*material.emulator(), "-kernel", PROGRAM, "-nodefaults", "-no-reboot",
                        "-device", "isa-debug-exit,iobase=0xf4,iosize=0x4", "-serial", "stdio",
                        "-display", "none", *options])

    def test_exit_status(self):
        # isa-debug-exit ends the process with (value << 1) | 1.
        for value in (0, 1, 5, 63, 127):
            with self.subTest(value=value), self.start("-append", f"exit={value}") as console:
                console.wait_for("magic ok", 20)
                console.wait_exit(20, status=((value << 1) | 1) & 0xFF)

    def test_command_line(self):
        with self.start("-append", "one 'two' exit=3 three") as console:
            # The first word is the file's name, as QEMU gives it.
            console.wait_for(r"command line: \S*report\.flat one 'two' exit=3 three\n", 20)
            console.wait_exit(20, status=7)

    def test_memory(self):
        with self.start("-m", "64", "-append", "exit=0") as console:
            upper = int(console.wait_for(r"upper memory: (\d+) KiB", 20).group(1))
            self.assertTrue(62 * 1024 <= upper <= 63 * 1024, upper)
            console.wait_exit(20, status=1)

    def test_modules(self):
        with tempfile.TemporaryDirectory() as folder:
            first, second = Path(folder) / "first", Path(folder) / "second"
            first.write_text("module one")
            second.write_text("the other")
            with self.start("-append", "exit=0", "-initrd", f"{first} with words,{second}") as console:
                console.wait_for(r"module 10 bytes: module one aligned \[\S*first with words\]", 20)
                console.wait_for(r"module 9 bytes: the other aligned \[\S*second\]", 20)
                console.wait_exit(20, status=1)
