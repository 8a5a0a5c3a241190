"""The driver and the log comparison themselves: what must be noticed is noticed."""

import os
import sys
import tempfile
import unittest

import kernel_log
from console import Console, Failure

# Machines of a few lines: each does one thing.
GOOD = "print('duet-guest: ready', flush=True); input(); print('bye', flush=True)"
SILENT = "import time; time.sleep(60)"
WRONG = "print('duet-guest: raedy', flush=True); import time; time.sleep(60)"
PANICS = "print('Kernel panic - not syncing', flush=True); import time; time.sleep(60)"
DIES = "import sys; print('booting', flush=True); sys.exit(3)"
CRASHES = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"


class Driver(unittest.TestCase):
    def setUp(self):
        # Transcripts of failures that are meant to happen are of no use to anybody.
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        before = os.environ.get("DUET_TEST_LOGS")
        os.environ["DUET_TEST_LOGS"] = folder.name
        self.addCleanup(lambda: os.environ.pop("DUET_TEST_LOGS") if before is None
                        else os.environ.__setitem__("DUET_TEST_LOGS", before))

    def start(self, program, **details):
        return Console([sys.executable, "-c", program], **details)

    def test_good_machine(self):
        for terminal in (False, True):
            with self.start(GOOD, terminal=terminal) as console:
                console.wait_for("ready", 10)
                console.send("go\n")
                console.wait_for("bye", 10)
                console.wait_exit(10, status=0)

    def refuses(self, program, action, said):
        with self.start(program) as console, self.assertRaisesRegex(Failure, said):
            action(console)

    def test_silence_is_noticed(self):
        self.refuses(SILENT, lambda c: c.wait_for("ready", 1), "no 'ready' within 1 s")

    def test_wrong_marker_is_noticed(self):
        self.refuses(WRONG, lambda c: c.wait_for("ready", 1), "no 'ready' within 1 s")

    def test_panic_is_noticed_at_once(self):
        self.refuses(PANICS, lambda c: c.wait_for("ready", 600), "guest died")

    def test_early_end_is_noticed(self):
        self.refuses(DIES, lambda c: c.wait_for("ready", 600), r"ended \(status 3\)")

    def test_wrong_status_is_noticed(self):
        self.refuses(DIES, lambda c: c.wait_exit(10, status=0), "exit status 3, expected 0")

    def test_crash_is_noticed(self):
        self.refuses(CRASHES, lambda c: c.wait_exit(10, status=0), "exit status -11")

    def test_machine_that_stays_is_noticed(self):
        self.refuses(SILENT, lambda c: c.wait_exit(1), "still running")

    def test_noise_is_noticed(self):
        self.refuses(GOOD, lambda c: c.expect_silence(3), "expected silence")

    def test_marker_is_not_found_twice(self):
        def twice(console):
            console.wait_for("ready", 10)
            console.wait_for("ready", 1)
        self.refuses(GOOD, twice, "no 'ready'")


QUIET_LOG = """<6>[    0.000000] Linux version 6.1
<4>[    0.100000] ACPI: Unable to start the ACPI Interpreter 12
<6>[    0.200000] tsc: Detected 2300.000 MHz processor
"""


class LogComparison(unittest.TestCase):
    def new(self, line):
        return kernel_log.new_complaints(QUIET_LOG + line, QUIET_LOG)

    def test_same_log(self):
        self.assertEqual(self.new(""), [])

    def test_other_numbers_are_no_complaint(self):
        self.assertEqual(self.new("<4>[    0.3] ACPI: Unable to start the ACPI Interpreter 77\n"), [])

    def test_plain_lines_are_no_complaint(self):
        self.assertEqual(self.new("<6>[    0.300000] ACPI: Core revision 20220331\n"), [])

    def test_complaints_are_noticed(self):
        for line in ("<4>[    0.300000] ACPI BIOS Warning (bug): something",
                     "<6>[    0.300000] tsc: Marking TSC unstable due to clocksource watchdog",
                     "<3>[    0.300000] x86/fpu: wrong size",
                     "<6>[    0.300000] [Firmware Bug]: TSC_DEADLINE disabled due to Errata",
                     "<4>[    0.300000] WARNING: CPU: 0 PID: 1 at arch/x86/kernel/apic/apic.c:1 setup",
                     "<4>[    0.300000] unchecked MSR access error: RDMSR from 0x1",
                     "<12>[    0.300000] x86/mm: checked W+X mappings: FAILED, 3 W+X pages found"):
            with self.subTest(line=line):
                self.assertEqual(len(self.new(line + "\n")), 1)
