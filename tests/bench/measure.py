"""Measures works and whole machines on all sides in turn, and keeps every figure."""

import subprocess
import sys
import time
from pathlib import Path

import material
import sides
import works
from console import Failure

MICROVM = ["qemu-system-x86_64", "-accel", "tcg", "-M", "microvm,acpi=off", "-cpu", "max"]
PARTS = ("boot", "pair", "idle", "cost", "soak")


class Bench:
    """`results` is what report.py and plot.py read, and what the JSON file holds."""

    def __init__(self, options, duet, qemu):
        self.options, self.duet, self.qemu = options, duet, qemu
        self.started = time.monotonic()
        self.results = {"about": about(duet, qemu, options), "works": {}, "machine": {}, "problems": []}

    def progress(self, text):
        passed = int(time.monotonic() - self.started)
        print(f"==> {passed // 60}:{passed % 60:02} {text}", file=sys.stderr, flush=True)

    def problem(self, text):
        lines = text.splitlines()
        kept = [line.strip() for line in lines[1:] if "whole transcript" in line]
        self.results["problems"].append(": ".join([lines[0], *kept]))
        print(f"bench: {self.results['problems'][-1]}", file=sys.stderr, flush=True)

    def _tried(self, what, measure):
        """What it gives; a guest that dies gets one more try, and is then a problem."""
        try:
            return measure()
        except Failure as failure:
            self.progress(f"{what} once more, for {str(failure).splitlines()[0]}")
        try:
            return measure()
        except Failure as failure:
            self.problem(f"{what}: {failure}")
            return None

    def emulators(self, initrd, *more):
        """[Emulator] of QEMU, when there is one, and duet; `more` are other commands by name."""
        commands = [("qemu", material.QEMU), *more] if self.qemu else []
        return [sides.Emulator(name, command, initrd) for name, command in [*commands, ("duet", self.duet)]]

    def works(self, picked):
        for group, names in picked.items():
            for name in works.missing(names):
                self.problem(f"{name} is left out: {works.APPS[name]} is not installed; tools/dev setup does it")
            names = [name for name in names if name not in works.missing(names)]
            if names:
                self._group(group, names)

    def _group(self, group, names):
        everyone = [sides.Native(), *self.emulators(material.pack("bench", works.files(names)))]
        found = {name: {side.name: [] for side in everyone} for name in names}
        expected = {}  # checksums, which the host says first
        for number in range(self.options.runs):
            for side in everyone:
                self.progress(f"{group}, run {number + 1} of {self.options.runs}: {side.name}")
                said = self._tried(f"{group} on {side.name}", lambda side=side: side.works(self.options.seconds, names))
                if said:
                    self._take(side, said, found, expected)
        self.results["works"][group] = found

    def _take(self, side, said, found, expected):
        for name, values in found.items():
            rate, checksum = said.rates.get(name, (None, None))
            if rate is None and side.name == "native" and name in said.failures:
                self.progress(f"{name} cannot be compared with native here: {said.failures[name]}")
            elif rate is None:
                self.problem(f"{name} on {side.name}: {said.failures.get(name, 'no result')}")
            elif checksum != expected.setdefault(name, checksum):
                self.problem(f"{name} on {side.name}: wrong result {checksum}, expected {expected[name]}")
            else:
                values[side.name].append(rate)

    def machines(self, parts):
        self.initrd = material.pack("bench-boot", {
            "tests/idle": material.ROOT / "tests/boot/guest/idle", "tests/soak": works.HERE / "guest/soak",
            "tests/bench": works.HERE / "guest/bench", "tests/kernels": works.program()})
        for part in parts:
            getattr(self, f"_{part}")()

    def _turns(self, what, everyone, measure, runs=None):
        """{side: [what `measure` gives]}"""
        values = {side.name: [] for side in everyone}
        runs = runs or self.options.runs
        for number in range(runs):
            for side in everyone:
                self.progress(f"{what}, run {number + 1} of {runs}: {side.name}")
                value = self._tried(f"{what} on {side.name}", lambda side=side: measure(side))
                if value is not None:
                    values[side.name].append(value)
        return values

    def _boot(self):
        cold = self._turns("boot", self.emulators(self.initrd, ("microvm", MICROVM)), lambda side: side.boot())
        self.results["machine"]["boot"] = {name: [v[0] for v in values] for name, values in cold.items()}
        self.results["machine"]["memory"] = {name: [v[1] for v in values] for name, values in cold.items()}
        if not keeps_code(self.duet):
            self.progress("boot with kept code: this duet has no -accel tcg,cache=FOLDER")
            return
        folder = material.SCRATCH / "bench-kept-code"
        subprocess.run(["rm", "-rf", folder], check=True)
        folder.mkdir(parents=True)
        warm = [sides.Emulator("duet", with_accel(self.duet, f"cache={folder}"), self.initrd)]
        # Twice: what the first boot could not keep, since it was short, the second adds.
        self._turns("boot that fills the folder of kept code", warm, lambda side: side.boot_and_end(), runs=2)
        self.results["machine"]["warm"] = self._turns("boot with kept code", warm, lambda side: side.boot_and_end())

    def _pair(self):
        seconds = max(self.options.seconds, 0.5)
        self.results["machine"]["pair"] = self._turns(
            "two processes on two processors", [sides.Native(), *self.emulators(self.initrd)], lambda side: side.pair(seconds))

    def _idle(self):
        seconds = 5 if self.options.quick else 15
        self.results["machine"]["idle"] = self._turns("idle guest", self.emulators(self.initrd), lambda side: side.idle(seconds))

    def _cost(self):
        self.results["machine"]["cost"] = self._turns("cost of translation", self.emulators(self.initrd)[-1:],
                                                      lambda side: side.translation())

    def _soak(self):
        boots = 5 if self.options.quick else 60
        found = self._turns(f"{boots} boots of one process", self.emulators(self.initrd)[-1:], lambda side: side.soak(boots), runs=1)
        if found["duet"]:
            self.results["machine"]["soak"] = {"duet": found["duet"][0]}


def with_accel(command, words):
    """The command with more properties of its -accel."""
    at = command.index("-accel") + 1
    return [*command[:at], f"{command[at]},{words}", *command[at + 1:]]


def keeps_code(command):
    said = subprocess.run([command[0], "-accel", "help"], text=True, check=False, stdout=subprocess.PIPE).stdout
    return "cache=" in said


def about(duet, qemu, options):
    info = Path("/proc/cpuinfo").read_text()
    names = [line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")]
    version = subprocess.run([material.QEMU[0], "-version"], text=True, check=True, stdout=subprocess.PIPE).stdout if qemu else ""
    return {"date": time.strftime("%Y-%m-%d"), "processor": names[0] if names else "unknown", "processors": len(names),
            "qemu": version.split("(")[0].replace("emulator version ", "").strip(), "duet": " ".join(duet[1:]),
            "runs": options.runs, "seconds": options.seconds}
