"""The engine contract suite on a whole KVM: nothing may be skipped, but what QEMU's processor lacks."""

import os
import re
import unittest
from pathlib import Path

from lab import Lab

# QEMU's processor raises no #AC.
LACKS = "alignment-check"


class Contract(unittest.TestCase):
    def test_no_skip(self):
        program = Path(os.environ["DUET_CONTRACT"])
        script = f'DUET_NO_SKIP={LACKS} /bin/{program.name} --gtest_color=no --gtest_filter="*kvm*"\n'
        # Its SVM goes wrong now and then when its processors run at the same time.
        with Lab("contract", script, [program], accel="tcg,thread=single") as lab:
            text = lab.finish(240)
        print("\n".join(re.findall(r"^\[  (?:PASSED|SKIPPED).*", text, re.M)))
        self.assertGreater(len(re.findall(r"^\[       OK \] All/EngineContract\.Holds/kvm", text, re.M)), 80)
        skipped = re.findall(r"^\[  SKIPPED \] (?!.*kvm(?:InSteps)?_alignmentLoop).*ms\)", text, re.M)
        self.assertEqual(skipped, [])
