"""Whole guests in lock step: the interpreter with itself, and with one that has a bug."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))

import material

LINUX = ["-m", "256", "-kernel", str(material.KERNEL), "-initrd", str(material.INITRAMFS),
         "-append", "console=ttyS0 panic=-1 duet.test=none", "-nographic"]

FIRMWARE = ["-bios", "/usr/share/seabios/bios-256k.bin", "-nographic"]


def lockstep(program, *words):
    """Runs it; gives the finished process."""
    return subprocess.run([os.environ[program], *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace")


class LinuxTest(unittest.TestCase):
    def to_power_off(self, *engines):
        done = lockstep("DUET_DIFF", "lockstep", "-json", *engines, "--", *LINUX)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        self.assertRegex(done.stdout, r"duet-guest: ready")
        self.assertRegex(done.stdout, r"reboot: Power down")
        result = json.loads(done.stderr[done.stderr.index("{"):])
        self.assertGreater(result["instructions"], 500_000_000)
        self.assertGreater(result["comparisons"], result["steps"] // 10_000 - 1000)
        self.assertGreater(result["device_accesses"], 10_000)
        self.assertNotIn("difference", result)
        print(f"{result['steps']} steps, {result['slow_down']:.2f} times as long as {result['left']} alone")


class Baseline(LinuxTest):
    def test_linux_to_power_off(self):
        self.to_power_off("interp", "baseline")


class Llvm(LinuxTest):
    def test_linux_to_power_off(self):
        self.to_power_off("interp", "llvm")


class Boot(LinuxTest):
    def test_linux_to_power_off(self):
        self.to_power_off("interp", "interp")

    def test_firmware_block_by_block(self):
        done = lockstep("DUET_DIFF", "lockstep", "-every", "block", "-steps", "2M", "--", *FIRMWARE)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        self.assertRegex(done.stderr, r"no difference")

    def test_firmware_instruction_by_instruction(self):
        done = lockstep("DUET_DIFF", "lockstep", "-every", "1", "-steps", "300k", "-json", "--", *FIRMWARE)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        result = json.loads(done.stderr[done.stderr.index("{"):])
        # More than one comparison a step is only possible at the end.
        self.assertGreaterEqual(result["comparisons"], 290_000)


class Snapshots(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.late = f"{folder.name}/late.snap"

    def test_goes_on_from_a_snapshot(self):
        done = lockstep("DUET_DIFF", "lockstep", "-steps", "1200M", "-save", self.late, "--", *LINUX)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        self.assertNotRegex(done.stdout, "Run /init")

        done = lockstep("DUET_DIFF", "lockstep", "-from", self.late, "--", *LINUX)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        self.assertNotRegex(done.stdout, "Linux version")
        self.assertRegex(done.stdout, r"reboot: Power down")

        # The bug may be on the leading side as well.
        done = lockstep("DUET_PLANTED_LOCKSTEP", "-json", "-from", self.late, "sysret-loses-pf", "interp", "--", *LINUX)
        self.assertEqual(done.returncode, 1, done.stderr[-2000:])
        found = json.loads(done.stderr[done.stderr.index("{"):])["difference"]
        self.assertEqual(found["instruction"], "sysretq")
        self.assertEqual(found["fields"], [{"field": "flags.pf", "left": "false", "right": "true"}])

        done = lockstep("DUET_DIFF", "lockstep", "-from", self.late, "--", *LINUX, "-m", "512")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, "give the same -m")


class Planted(unittest.TestCase):
    def test_bug_in_user_space_is_named(self):
        done = lockstep("DUET_PLANTED_LOCKSTEP", "-json", "interp", "sysret-loses-pf", "--", *LINUX)
        self.assertEqual(done.returncode, 1, done.stderr[-2000:])
        self.assertRegex(done.stdout, r"Run /init as init process")
        found = json.loads(done.stderr[done.stderr.index("{"):])["difference"]
        self.assertGreater(found["step"], 500_000_000)
        self.assertEqual(found["instruction"], "sysretq")
        self.assertEqual([(f["field"], f["left"], f["right"]) for f in found["fields"]],
                         [("flags.pf", "true", "false")])
        self.assertEqual(found["memory"], [])


class Command(unittest.TestCase):
    def refused(self, words, message):
        done = lockstep("DUET_DIFF", "lockstep", *words)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stderr, message)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_wrong_words(self):
        self.refused(["interp"], "1 engines are named")
        self.refused(["interp", "interpp"], r"no engine \"interpp\" \(did you mean 'interp'")
        self.refused(["interp", "host"], 'engine "host" cannot do this')
        self.refused(["-every", "0"], "-every 0: it goes from 1")
        self.refused(["-evry", "1"], "-evry: there is no such option")
        self.refused(["-save", "x"], "-save needs -steps")
        self.refused(["-from", "/nowhere.snap", "--", *LINUX], "/nowhere.snap: cannot open")
        self.refused(["--", "-smp", "2"], "-smp: lock step is for one processor")
        self.refused(["--", "-kernel", "/nowhere"], "/nowhere")
        self.refused(["--", "-help"], "behind --")

    def test_help(self):
        done = lockstep("DUET_DIFF", "lockstep", "-help")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, "usage: duet-diff lockstep")


if __name__ == "__main__":
    unittest.main(verbosity=2)
