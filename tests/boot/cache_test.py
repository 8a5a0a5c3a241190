"""Compiled code kept from boot to boot (-accel tcg,cache=): found again, and done without where it is damaged or others may write it."""

import re
import tempfile
import unittest
from pathlib import Path

import machine


class Cache(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name) / "made/for/it"

    def boot(self):
        """Boots, with every region compiled while the guest waits; gives the counters and what stderr said before them."""
        with machine.boot("-accel", f"tcg,tier=llvm,cache={self.folder}", "-stats") as console:
            console.wait_for(machine.READY, 200)
            console.wait_for(machine.PROMPT, 60)
            console.send("poweroff -f\n")
            console.wait_exit(60)
            said = console.errors.decode()
        lines, _, table = said.partition("duet: translator statistics")
        counts = {name.strip(): int(n) for name, n in re.findall(r"^  (\S.*?) {2,}(\d+)$", table, re.MULTILINE)}
        return counts, lines

    @staticmethod
    def found(counts):
        """Regions of earlier runs."""
        return counts.get("regions found in the cache", 0) - counts.get("of them compiled in this run", 0)

    def test_warm(self):
        cold, lines = self.boot()
        self.assertEqual(lines, "")
        compiled = cold["compiled by it"]
        self.assertGreater(compiled, 20)
        # What is found already is the same code at another address, or after code memory was recycled.
        self.assertEqual(self.found(cold), 0)
        files = list(self.folder.iterdir())
        self.assertGreater(len(files), compiled / 2)  # what comes twice, for two addresses, is one

        # The kernel lies elsewhere each time (KASLR).
        warm, lines = self.boot()
        self.assertEqual(lines, "")
        self.assertGreater(self.found(warm), compiled / 3)
        self.assertLess(warm["compiled by it"], compiled * 2 / 3)

        for file in self.folder.iterdir():
            with file.open("r+b") as damaged:
                damaged.seek(60)
                damaged.write(b"\x55\xaa\x55")
        counts, lines = self.boot()
        self.assertRegex(lines, r"\Aduet: warning: cache: \S+\.region is damaged[^\n]*\n\Z")
        self.assertGreater(counts["compiled by it"], compiled / 3)

    def test_open_to_others(self):
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o777)
        counts, lines = self.boot()
        self.assertIn(f"chmod go-w {self.folder}", lines)
        self.assertEqual(lines.count("\n"), 1)
        self.assertNotIn("regions found in the cache", counts)
        self.assertNotIn("regions looked for there in vain", counts)
        self.assertEqual(list(self.folder.iterdir()), [])
