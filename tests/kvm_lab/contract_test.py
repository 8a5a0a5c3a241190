"""The contract suites on a whole KVM: nothing may be skipped."""

import os
import re
import unittest
from pathlib import Path

import lab


class Contract(unittest.TestCase):
    def run_suite(self, program, filter, case, least):
        """All of it passes, `least` cases or more, whose names match `case`."""
        script = f'DUET_NO_SKIP=1 /bin/{program.name} --gtest_color=no --gtest_filter="{filter}"\n'
        with lab.Lab(program.name, script, [program]) as console:
            text = console.finish(240)
        print("\n".join(re.findall(r"^\[  PASSED.*", text, re.M)))
        self.assertGreaterEqual(len(re.findall(rf"^\[       OK \] {case}", text, re.M)), least)
        self.assertNotIn("SKIPPED", text)

    @lab.survived
    def test_engine(self):
        self.run_suite(Path(os.environ["DUET_CONTRACT"]), "*kvm*", r"(All|HandOver)/EngineContract\.Holds/kvm", 100)

    @lab.survived
    def test_interrupt_chips(self):
        self.run_suite(Path(os.environ["DUET_CONTRACT_IRQCHIP"]), "*", r".*Irqchip", 10)
