"""What is compared: the host itself, Debian's QEMU and duet, each measured in the same ways."""

import re
import subprocess
import time

import material
from console import Console

KERNELS = ("sieve", "crc", "sort", "fib", "bignum", "interp", "hash", "indirect")
READY = "duet-guest: ready"
_RATE = re.compile(r"bench: (\w+) ([0-9.e+]+) (\d+)")


def build_kernels():
    """The one program, static, for the plainest x86-64: the same bytes run on every side."""
    program = material.SCRATCH / "kernels"
    source = material.ROOT / "tests/bench/guest/kernels.c"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        material.SCRATCH.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-O2", "-march=x86-64", "-static", "-o", program, source], check=True)
    return program


def rates(text):
    """{kernel: (rounds a second, checksum)}"""
    return {name: (float(rate), int(checksum)) for name, rate, checksum in _RATE.findall(text)}


class Native:
    name = "native"

    def kernels(self, seconds, only):
        done = subprocess.run([build_kernels(), str(seconds), *only], text=True, check=True,
                              stdout=subprocess.PIPE)
        return rates(done.stdout)


class Emulator:
    """An emulator with QEMU's option names."""

    def __init__(self, name, command, initrd):
        self.name, self.command, self.initrd = name, command, initrd

    def _start(self, append, memory="512"):
        return Console([*self.command, "-m", memory, "-nographic", "-no-reboot", "-kernel", material.KERNEL,
                        "-initrd", self.initrd, "-append", f"console=ttyS0 quiet panic=-1 {append}"])

    def boot_seconds(self):
        """From the start of the process to the first words of user space."""
        started = time.monotonic()
        with self._start("duet.test=idle") as console:
            console.wait_for(READY, 300)
            return time.monotonic() - started

    def kernels(self, seconds, only):
        with self._start(f"duet.test=bench duet.seconds={seconds} duet.only={','.join(only)}") as console:
            console.wait_for("bench: begin", 300)
            text = console.wait_for(r"((?:.|\n)*?)bench: end", 300 + 20 * seconds * len(only)).group(1)
            console.wait_exit(60, status=None)
            return rates(text.decode(errors="replace"))

    def idle(self, seconds):
        """(share of a core, resident MiB) of a guest of 4096 MiB that does nothing."""
        with self._start("duet.test=idle", memory="4096") as console:
            console.wait_for("idle: begin", 300)
            time.sleep(4)
            before, started = console.cpu_seconds(), time.monotonic()
            time.sleep(seconds)
            share = (console.cpu_seconds() - before) / (time.monotonic() - started)
            return share, console.resident_bytes() / (1 << 20)
