"""Names of compiled code: Debian's gdb, attached to duet itself, knows blocks by what -perfmap says of them; perf does, too."""

import os
import shutil
import subprocess
import unittest
from pathlib import Path

import material

PROGRAM = material.SCRATCH / "stress.flat"

# Run by gdb: stops duet at its end, and asks for the name of the code at many addresses of the map.
GDB = """
import gdb
gdb.execute("set confirm off")
gdb.execute("tbreak duet::tcg::Statistics::table")
gdb.execute("run")
names = {}
last = 0
for line in open(f"/tmp/perf-{gdb.selected_inferior().pid}.map"):
    start, _, name = line.split()
    if int(start, 16) < last:  # code memory is filled anew from its beginning
        names.clear()
    last = int(start, 16)
    names[last] = name
right = wrong = unknown = 0
for start in sorted(names)[::max(1, len(names) // 100)]:
    said = gdb.execute(f"info symbol {start + 1:#x}", to_string=True)
    if said.startswith("No symbol"):
        unknown += 1
    elif said.startswith(names[start] + " + 1"):
        right += 1
    else:
        wrong += 1
print(f"names: {right} right, {wrong} wrong, {unknown} unknown")
gdb.execute("kill")
"""


def command(*options):
    return [material.program(), "-accel", "tcg,tier=baseline,gdb-jit=on", "-perfmap", "-stats", "-kernel", str(PROGRAM),
            "-nodefaults", "-no-reboot", "-m", "64", "-display", "none", "-append", "cpus=1 seconds=1",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=0x4", *options]


def run(words, **details):
    done = subprocess.run(words, text=True, check=False, timeout=200, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **details)
    return done.stdout


class Names(unittest.TestCase):
    def tearDown(self):
        for left in Path("/tmp").glob("perf-*.map"):
            pid = left.stem.removeprefix("perf-")
            if left.stat().st_uid == os.getuid() and not Path(f"/proc/{pid}").exists():
                left.unlink()

    # Attached from the start, gdb hears of a batch of blocks when it has 1, 2, 4, … of them: of the last batch half may be
    # unknown, but what it says must be right.
    def test_gdb(self):
        script = material.SCRATCH / "inspect_gdb.py"
        script.write_text(GDB)
        said = run(["gdb", "-batch", "-x", str(script), "--args", *command()])
        self.assertRegex(said, r"names: \d+ right, 0 wrong, \d+ unknown")
        right, unknown = [int(n) for n in said.split("names: ")[1].split() if n.isdigit()][::2]
        self.assertGreater(3 * right, unknown, said)  # of a sample, which may have come out less well than one in two

    # Most of the samples in compiled code have a name, by the map alone.
    def test_perf(self):
        if not shutil.which("perf"):
            self.skipTest("there is no perf (Debian's linux-perf)")
        data = material.SCRATCH / "inspect-perf.data"
        said = run(["perf", "record", "-k", "1", "-e", "cpu-clock", "-o", str(data), "--", *command()])
        if "samples)" not in said:
            self.skipTest(f"perf does not record here: {said.strip()[-200:]}")
        report = run(["perf", "report", "-i", str(data), "--stdio", "--sort", "dso,symbol"])
        share = sum(float(line.split("%")[0]) for line in report.splitlines() if "guest-0x" in line)
        unnamed = sum(float(line.split("%")[0]) for line in report.splitlines()
                      if "[JIT]" in line and "guest-0x" not in line)
        self.assertGreater(share, 1, report)
        self.assertGreater(share, unnamed, report)
