"""duet-diff in the laboratory: the interpreter against KVM, on generated cases of the system world."""

import json
import re
import unittest
from pathlib import Path

import lab
import material

DUET_DIFF = Path(material.program()).with_name("duet-diff")
KNOWN = material.ROOT / "tools/diff/known/qemu-svm.txt"
LISTED = "/files/qemu-svm.txt"
SEED = 1
CASES = 12000
# A share of the cases has a run of its own, so that one that takes the laboratory down costs no more than its share.
SHARE, MOST_LOST = 2000, 1


def entries():
    """Names in the list of known differences."""
    lines = [line for line in KNOWN.read_text().splitlines() if line and not line.startswith("#")]
    return {line.split("|")[0].strip() for line in lines}


def script(world, shares):
    command = ["/bin/duet-diff", "-quiet", "-json", "-world", world, "-seed", str(SEED), "-findings", "0", "-no-minimize",
               "-known", LISTED, "-count", str(SHARE)]
    lines = [f"echo 'share {first}'\n{lab.shell([*command, '-first', str(first), 'interp', 'kvm']).strip()}\n" for first in shares]
    return "dmesg -n 1\n" + "".join(lines) + "true\n"


def results(output):
    """What the shares that got through printed, {first: result}."""
    return {int(first): json.loads(found)
            for first, found in re.findall(r"share (\d+)\n(\{(?:.|\n)*?\n\})\n", output.decode(errors="replace").replace("\r", ""))}


class Diff(unittest.TestCase):
    maxDiff = None

    def run_shares(self, world, cases):
        """Share by share; where the laboratory dies, what it was at is lost, and the rest runs in a new one."""
        left, found, lost = list(range(0, cases, SHARE)), {}, []
        while left:
            console = lab.Lab(f"diff-{world}", script(world, left), [DUET_DIFF], {LISTED: KNOWN})
            try:
                with console:
                    console.finish(60 + 30 * len(left))
            except lab.LabDied as death:
                found.update(results(console.output))
                left = [first for first in left if first not in found]
                lost.append(left.pop(0))
                print(f"{world}: no answer to cases {lost[-1]} to {lost[-1] + SHARE - 1}: {str(death).splitlines()[0]}", flush=True)
                self.assertLessEqual(len(lost), MOST_LOST)
                continue
            found.update(results(console.output))
            left = []
        return found

    def test_system(self):
        """No unknown difference, and where every share was answered each known one shows."""
        found = self.run_shares("system", CASES)
        unknown = [f"{f['count']} x {f['kind']} (case {f['case']})" for result in found.values() for f in result["findings"]]
        known = {}
        for result in found.values():
            for name, count in result["known"].items():
                known[name] = known.get(name, 0) + count
        ran = sum(result["cases"] - sum(result["not_compared"].values()) for result in found.values())
        print(f"\n{ran} cases compared, known differences: {known}")
        self.assertEqual(unknown, [])
        self.assertGreater(ran, 0.8 * CASES)
        if len(found) * SHARE >= CASES:
            self.assertEqual(entries() - set(known), set(), "entries that explain nothing")
