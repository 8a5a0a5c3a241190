"""What `cmake --install` leaves behind runs by itself: from another folder, with its own region compiler and its manual page."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import material
from console import Console

PROGRAM = material.SCRATCH / "report.flat"


class Install(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.prefix = Path(holder.name)
        build = Path(material.program()).parent
        subprocess.run(["cmake", "--install", build, "--prefix", self.prefix], check=True, stdout=subprocess.DEVNULL)

        self.command = [self.prefix / "bin/duet", "-accel", "tcg,tier=llvm", "-kernel", PROGRAM, "-append", "exit=3",
                        "-nodefaults", "-no-reboot", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x4", "-serial", "stdio",
                        "-display", "none"]

    def test_finds_its_compiler(self):
        with Console(self.command) as console:  # tier=llvm loads it at the start
            console.wait_for("magic ok", 20)
            console.wait_exit(20, status=7)
        self.assertTrue((self.prefix / "share/man/man1/duet.1").exists())

    def test_does_not_take_the_one_it_was_built_with(self):
        (module,) = self.prefix.glob("lib*/**/duet-llvm.so")
        shutil.move(module, self.prefix)
        done = subprocess.run(self.command, check=False, timeout=20, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)
        self.assertIn("the region compiler cannot be loaded", done.stderr)
