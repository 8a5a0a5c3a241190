"""What is compared: the host itself, Debian's QEMU and duet, each measured in the same ways."""

import re
import subprocess
import time
from pathlib import Path

import material
import works
from console import Console, Failure

READY = "duet-guest: ready"
_RATE = re.compile(r"^bench: ([\w-]+) ([0-9.e+-]+) (\d+)$", re.M)
_FAILS = re.compile(r"^bench: ([\w-]+) fails: (.*)$", re.M)


class Said:
    """What the kernels' program printed: {work: (rounds a second, checksum)} and {work: why it fails}."""

    def __init__(self, text):
        text = text.replace("\r", "")
        self.rates = {name: (float(rate), int(checksum)) for name, rate, checksum in _RATE.findall(text)}
        self.failures = dict(_FAILS.findall(text))

    def speedup(self, text):
        """`kernels pair` prints one process's rate, then those of two."""
        rates = [float(rate) for _, rate, _ in _RATE.findall(text.replace("\r", ""))]
        if len(rates) != 3:
            raise Failure(f"two processes beside each other: {self.failures or 'no result'}")
        return sum(rates[1:]) / rates[0]


class Native:
    name = "native"

    def works(self, seconds, names):
        kernels = [name for name in names if name not in works.APPS]
        apps = [name for name in names if name in works.APPS]
        text = self._run([works.program(), str(seconds), *kernels]) if kernels else ""
        if apps:
            text += self._run(["sh", works.HERE / "guest/apps", works.program().parent, str(seconds), *apps])
        return Said(text)

    def pair(self, seconds):
        text = self._run([works.program(), "pair", str(seconds), works.PAIRED])
        return Said(text).speedup(text)

    @staticmethod
    def _run(command):
        return subprocess.run(command, text=True, check=False, stdout=subprocess.PIPE).stdout


class Emulator:
    """An emulator with QEMU's option names."""

    def __init__(self, name, command, initrd):
        self.name, self.command, self.initrd = name, command, initrd

    def works(self, seconds, names):
        kernels = [name for name in names if name not in works.APPS]
        apps = [name for name in names if name in works.APPS]
        return Said(self._bench(f"duet.seconds={seconds} duet.only={','.join(kernels)} duet.apps={','.join(apps)}",
                                300 + 40 * seconds * len(names)))

    def pair(self, seconds):
        text = self._bench(f"duet.seconds={seconds} duet.pair={works.PAIRED}", 300, "-smp", "2")
        return Said(text).speedup(text)

    def boot(self):
        """(seconds from the start of the process to the first words of user space, resident MiB over the guest's own)"""
        started = time.monotonic()
        with self._start("idle") as console:
            console.wait_for(READY, 300)
            seconds = time.monotonic() - started
            console.wait_for("idle: begin", 300)
            time.sleep(5)
            return seconds, own_memory(console.process.pid)

    def boot_and_end(self):
        """The same seconds; the guest powers off, and the emulator ends by itself."""
        started = time.monotonic()
        with self._start("bench") as console:
            console.wait_for(READY, 300)
            seconds = time.monotonic() - started
            console.wait_exit(120, status=None)
            return seconds

    def idle(self, seconds):
        """Percent of a processor that a guest takes which does nothing."""
        with self._start("idle") as console:
            console.wait_for("idle: begin", 300)
            time.sleep(5)
            before, started = console.cpu_seconds(), time.monotonic()
            time.sleep(seconds)
            return 100 * (console.cpu_seconds() - before) / (time.monotonic() - started)

    def translation(self):
        """Of duet alone: microseconds to decode and compile a guest instruction, by -stats after a boot."""
        with self._start("bench", "512", "-stats") as console:
            console.wait_for("bench: end", 300)
            console.wait_exit(120, status=None)
            found = re.search(r"nanoseconds an instruction, decoding too +(\d+)", console.errors.decode(errors="replace"))
            if not found:
                raise Failure("-stats says nothing about the cost of an instruction")
            return int(found.group(1)) / 1000

    def soak(self, boots, *more):
        """Resident MiB over the guest's own, at the same place of each of that many boots of one process."""
        resident = []
        with self._start("soak", "512", *more, reboots=True) as console:
            for _ in range(boots):
                console.wait_for("soak: up", 300)
                resident.append(own_memory(console.process.pid))
        return resident

    def _start(self, test, memory="512", *more, append="", reboots=False):
        return Console([*self.command, "-m", memory, "-nographic", *([] if reboots else ["-no-reboot"]), "-kernel",
                        material.KERNEL, "-initrd", self.initrd, "-append",
                        f"console=ttyS0 quiet panic=-1 duet.test={test} {append}", *more])

    def _bench(self, append, limit, *more):
        # On a busy host the kernel may find that QEMU's 8254 does not tick, and give up.
        with self._start("bench", "1024", *more, append=f"no_timer_check {append}") as console:
            guest = float(console.wait_for(r"bench: begin ([\d.]+)\s", 300).group(1))
            started = time.monotonic()
            said = console.wait_for(r"((?:.|\n)*?)bench: end ([\d.]+)\s", limit)
            host, guest = time.monotonic() - started, float(said.group(2)) - guest
            if abs(host - guest) > 0.5 + 0.1 * host:
                raise Failure(f"the guest's clock cannot be believed: {guest:.1f} s in the guest were {host:.1f} s here")
            console.wait_exit(120, status=None)
            return said.group(1).decode(errors="replace")


def own_memory(pid, maps=None):
    """MiB a process keeps resident beside the RAM of its guest of 512 MiB: with QEMU one mapping of that size, with duet a
    memfd. Two views of the same pages, as duet has of its code to write and to run it, count once."""
    views = {}
    for line in (maps or Path(f"/proc/{pid}/smaps").read_text()).splitlines():
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) \S+ (\S+) (\S+) (\d+) *(.*)", line)
        if head:
            start, end, offset, device, inode, name = head.groups()
            guests = int(end, 16) - int(start, 16) == 512 << 20 or name.startswith("/memfd:")
            view = (device, inode, offset) if inode != "0" else start
        elif line.startswith("Rss:") and not guests:
            views[view] = max(views.get(view, 0), int(line.split()[1]))
    return sum(views.values()) / 1024
