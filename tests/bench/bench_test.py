#!/usr/bin/env python3
"""The benchmark's own arithmetic, tables and plot, from figures that can be checked by hand."""

import argparse
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import figures  # noqa: E402
import measure  # noqa: E402
import plot  # noqa: E402
import publish  # noqa: E402
import report  # noqa: E402
import sides  # noqa: E402
import works  # noqa: E402
from console import Failure  # noqa: E402

ABOUT = {"date": "2026-01-02", "processor": "Test", "processors": 2, "qemu": "QEMU 7.2", "duet": "-accel tcg", "runs": 3,
         "seconds": 1}


def results():
    return {"about": ABOUT, "problems": [],
            "works": {"int": {"fib": {"native": [100, 80, 120], "qemu": [10, 10, 10], "duet": [50, 1, 60]},
                              "sieve": {"native": [90], "qemu": [10], "duet": [5]}},
                      "jit": {"patch": {"native": [80], "qemu": [1], "duet": []}}},
            "machine": {"boot": {"qemu": [3, 9, 2], "microvm": [2], "duet": [1]}, "memory": {"qemu": [100], "duet": [150]},
                        "soak": {"duet": [10, 20, 20, 20, 30, 30, 30, 30, 30, 30, 31, 35, 31, 31, 31]}}}


class Arithmetic(unittest.TestCase):
    def test_medians_and_means(self):
        slow = figures.slowdowns(results()["works"]["int"])
        self.assertEqual(slow, {"fib": {"qemu": 10, "duet": 2}, "sieve": {"qemu": 9, "duet": 18}})
        means = figures.means(results()["works"]["int"])
        self.assertAlmostEqual(means["duet"], 6)  # the root of 2 * 18
        self.assertAlmostEqual(means["qemu"], 90 ** 0.5)

    # A mean of other works than the neighbour's would flatter one of the two.
    def test_mean_of_what_both_have(self):
        group = {**results()["works"]["int"], "crc": {"native": [8], "qemu": [1], "duet": []}}
        self.assertAlmostEqual(figures.means(group)["qemu"], 90 ** 0.5)
        self.assertEqual(figures.means({"crc": {"native": [8], "duet": [2]}}), {"duet": 4})
        self.assertEqual(figures.means({"crc": {"native": [], "qemu": [], "duet": []}}), {})

    def test_slower(self):
        self.assertEqual(figures.slower(results()), [("sieve", 0.5)])

    def test_machine(self):
        facts = figures.machine(results())
        self.assertEqual(facts["boot"], {"qemu": 3, "microvm": 2, "duet": 1})
        self.assertEqual(facts["soak"], {"duet": 1})  # 31 less 30
        few = results()
        del few["machine"]["soak"]["duet"][14:]
        self.assertNotIn("soak", figures.machine(few))
        self.assertEqual(figures.verdict("boot", facts["boot"]), "met")
        self.assertEqual(figures.verdict("boot", {**facts["boot"], "duet": 1.7}), "missed")
        self.assertEqual(figures.verdict("boot", {"duet": 1}), "")
        self.assertEqual(figures.verdict("memory", facts["memory"]), "missed")
        self.assertEqual(figures.verdict("pair", {"duet": 1.9}), "met")
        self.assertEqual(figures.verdict("soak", {"duet": 1}), "missed")


class Tables(unittest.TestCase):
    def test_markdown(self):
        page = report.markdown(results(), "picture.svg")
        self.assertIn("| integer (2) | 9.49 | 6.00 | 0.63 | 2.9 (missed) |\n", page)
        self.assertIn("| new and changing code (1) | 80.00 | - | - | 18 |\n", page)
        self.assertIn("| power-on to user space, s |  | 3.00 | 2.00 | 1.00 | 0.6 of q35, 0.8 of microvm |\n", page)
        self.assertIn("Of all 3 programs, slower than in QEMU: `sieve` (0.50 of its rate).", page)
        self.assertTrue(page.endswith("](picture.svg)\n"))

    # Those without a target are no group: only the single ones are shown.
    def test_rare(self):
        rare = {**results(), "works": {"rare": {"port": {"native": [], "qemu": [2], "duet": [1]}}}}
        self.assertIn("Of all 1 programs, slower than in QEMU: `port` (0.50 of its rate).", report.markdown(rare))
        self.assertNotIn("| what a host", report.markdown(rare))
        self.assertRegex(report.text(rare), r"(?m)^  port +- +- +- +2\.00$")
        self.assertIsNone(plot.svg(rare))

    def test_without_qemu(self):
        alone = results()
        alone["about"] = {**ABOUT, "qemu": ""}
        for group in alone["works"].values():
            for runs in group.values():
                runs["qemu"] = []
        self.assertIn("| integer (2) | - | 6.00 | - | 2.9 (missed) |\n", report.markdown(alone))
        self.assertNotIn("slower than in QEMU", report.markdown(alone))
        self.assertIn("sieve", report.text(alone))

    def test_text(self):
        page = report.text(results())
        self.assertRegex(page, r"(?m)^  fib +100 +10\.00 +2\.00 +0\.20$")
        self.assertRegex(page, r"(?m)^behind QEMU: sieve \(0\.50 of its rate\)$")

    def test_plot(self):
        picture = xml.etree.ElementTree.fromstring(plot.svg(results()))
        name = "{http://www.w3.org/2000/svg}"
        colour = plot.SIDES["duet"][1]
        bars = [float(r.get("width")) for r in picture.iter(f"{name}rect") if r.get("fill") == colour][1:]  # the first explains
        self.assertEqual(len(bars), 3)  # fib, sieve, their mean
        self.assertAlmostEqual(bars[1] / bars[0], 4.17, places=1)  # the scale is logarithmic: log 18 / log 2
        self.assertIsNone(plot.svg({**results(), "works": {}}))


class Publishing(unittest.TestCase):
    def test_section_of_a_page(self):
        page = f"before\n{publish.BEGIN}\nold\n{publish.END}\nafter\n"
        self.assertEqual(publish.replaced(page, "new\n"), f"before\n{publish.BEGIN}\nnew\n{publish.END}\nafter\n")
        for wrong in ("nothing", publish.BEGIN, f"{publish.END}{publish.BEGIN}", page + page):
            self.assertRaises(Failure, publish.replaced, wrong, "new\n")

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            written = publish.write(Path(folder) / "new", results())
            self.assertEqual(len(written), 3)
            self.assertEqual(publish.load(Path(written[0])), results())
            self.assertIn('"boot": {\n   "qemu": [3, 9, 2],\n', Path(written[0]).read_text())
            for wrong in ("{", "[]", "{}"):
                Path(written[0]).write_text(wrong)
                self.assertRaises(Failure, publish.load, Path(written[0]))
            self.assertRaises(Failure, publish.write, Path(written[0]), results())


class Measuring(unittest.TestCase):
    OUTPUT = "noise\r\nbench: fib 12.5 75025\r\nbench: aes-sse2 3e-01 7\r\nbench: port fails: port 61h: no\r\n"

    def bench(self):
        made = measure.Bench(argparse.Namespace(runs=1, seconds=1), ["duet", "-accel", "tcg"], None)
        made.problem = made.results["problems"].append
        made.progress = lambda text: None
        return made

    def take(self, *outputs):
        bench, found, expected = self.bench(), {"fib": {"native": [], "duet": []}}, {}
        for name, output in outputs:
            bench._take(argparse.Namespace(name=name), sides.Said(output), found, expected)
        return found["fib"], bench.results["problems"]

    def test_output(self):
        said = sides.Said(self.OUTPUT)
        self.assertEqual(said.rates, {"fib": (12.5, 75025), "aes-sse2": (0.3, 7)})
        self.assertEqual(said.failures, {"port": "port 61h: no"})

    def test_results_must_be_the_hosts(self):
        native = ("native", "bench: fib 10 5\n")
        self.assertEqual(self.take(native, ("duet", "bench: fib 9 5\n")), ({"native": [10], "duet": [9]}, []))
        rates, problems = self.take(native, ("duet", "bench: fib 9 6\n"))
        self.assertEqual((rates["duet"], len(problems)), ([], 1))
        rates, problems = self.take(native, ("duet", "bench: fib fails: ended with status 0xb\n"))
        self.assertEqual((rates["duet"], problems), ([], ["fib on duet: ended with status 0xb"]))
        self.assertEqual(self.take(native, ("duet", ""))[1], ["fib on duet: no result"])

    def test_speedup(self):
        self.assertAlmostEqual(sides.Said("").speedup("bench: fib 10 5\nbench: fib 9 5\nbench: fib 10 5\n"), 1.9)
        self.assertRaises(Failure, sides.Said("").speedup, "bench: fib 10 5\n")

    def test_memory_beside_the_guests(self):
        maps = ("7f0000000000-7f0020000000 rw-p 00000000 00:00 0\nRss: 4096 kB\n"
                "7f1000000000-7f1000100000 rw-s 00000000 00:01 7 /memfd:ram (deleted)\nRss: 1024 kB\n"
                "7f3000000000-7f3000100000 rw-s 00000000 00:01 8 /dev/zero (deleted)\nRss: 256 kB\n"
                "7f4000000000-7f4000100000 r-xs 00000000 00:01 8 /dev/zero (deleted)\nRss: 512 kB\n"
                "560000000000-560000100000 r-xp 00000000 08:01 9 /bin/x\nRss: 512 kB\n"
                "560000100000-560000200000 r--p 00100000 08:01 9 /bin/x\nRss: 512 kB\n"
                "7f2000000000-7f2000100000 rw-p 00000000 00:00 0 [heap]\nRss: 1024 kB\nPss: 9999 kB\n"
                "7f5000000000-7f5000100000 rw-p 00000000 00:00 0\nRss: 1024 kB\n")
        self.assertEqual(sides.own_memory(0, maps), 3.5)

    def test_choice(self):
        everything = {"int": ["fib", "crc"], "os": ["fork"]}
        self.assertEqual(works.chosen(everything, []), everything)
        self.assertEqual(works.chosen(everything, ["crc", "os"]), {"int": ["crc"], "os": ["fork"]})
        self.assertEqual(works.chosen(everything, ["boot"]), {})

    def test_accel(self):
        self.assertEqual(measure.with_accel(["duet", "-accel", "tcg", "-m", "1"], "a=b"), ["duet", "-accel", "tcg,a=b", "-m", "1"])


if __name__ == "__main__":
    unittest.main()
