"""The program that measures exits gets through under duet's KVM engine and under QEMU's; the table goes to the log."""

import os
import unittest

import exits
import lab


class Exits(unittest.TestCase):
    @lab.survived
    def test_both_get_through(self):
        results = exits.measure(os.environ["DUET_EXITS"], rounds=1, count=200)
        print(exits.table(results))
        for side, found in results.items():
            self.assertEqual([name for name, ticks in found.items() if ticks <= 0], [], side)
