"""What leaving guest mode costs under duet's KVM engine and under QEMU's, in turn in one laboratory."""

import re
from pathlib import Path

import lab
import material
from console import Failure

QEMU = Path("/usr/bin/qemu-system-x86_64")
# What QEMU loads when it starts a Multiboot program.
FIRMWARE = {"usr/share/seabios/bios-256k.bin": "/usr/share/seabios/bios-256k.bin",
            **{f"usr/share/qemu/{name}": f"/usr/share/qemu/{name}"
               for name in ("multiboot.bin", "multiboot_dma.bin", "kvmvapic.bin")}}
PROGRAM = "/guest/exits"
OPERATIONS = ("port-write", "port-read", "mmio-read", "halt", "ipi", "ipi-to-halted")
SIDES = {"duet": [lab.DUET, "-accel", "kvm"],
         "qemu": ["/bin/qemu-system-x86_64", "-L", "/usr/share/qemu", "-L", "/usr/share/seabios", "-M", "q35", "-cpu", "host",
                  "-accel", "kvm,kernel-irqchip=split"]}
# Many and short, so that some are not disturbed: a host's scheduler gives out pieces of some milliseconds.
BATCHES, COUNT = 120, 24
# Where the kernel does it all (HLT, interrupts), both cost the same, and two measurements of one differ by so much.
NO_WORSE = 1.1
# Operations of two processors at one time, which a host can hardly give to a laboratory that waits for so much of its time.
TOGETHER, CROWDED = ("ipi", "ipi-to-halted"), 0.25


class Found:
    """The batches of each side and operation, their medians in TSC ticks, and how many HLTs of all a lost shadow spoilt."""

    def __init__(self):
        self.batches, self.spoilt, self.halts = {}, {}, {}
        self.crowded = False

    def add(self, side, output):
        for operation, ticks in re.findall(r"exits: ([\w-]+)((?: \d+)+)\n", output):
            self.batches.setdefault((side, operation), []).extend(map(int, ticks.split()))
        spoilt, halts = re.search(r"exits: shadow lost in (\d+) of (\d+) HLTs\n", output).groups()
        self.spoilt[side] = self.spoilt.get(side, 0) + int(spoilt)
        self.halts[side] = self.halts.get(side, 0) + int(halts)

    def cost(self, side, operation):
        """What disturbs the host can only make a batch longer: the one before which a fiftieth of them are."""
        batches = sorted(self.batches[side, operation])
        return batches[len(batches) // 50]

    def ratio(self, operation, side="duet"):
        return self.cost(side, operation) / self.cost("qemu", operation)

    def worse(self, side="duet"):
        judged = [operation for operation in OPERATIONS if not (self.crowded and operation in TOGETHER)]
        return [operation for operation in judged if self.ratio(operation, side) > NO_WORSE]

    def table(self):
        sides = [side for side in self.halts if side != "qemu"]
        lines = [f"{'leaving guest mode':<20}{'qemu':>12}" + "".join(f"{side:>12}{'to qemu':>10}" for side in sides) + "   (TSC ticks)"]
        for operation in OPERATIONS:
            lines.append(f"{operation:<20}{self.cost('qemu', operation):>12}" +
                         "".join(f"{self.cost(side, operation):>12}{self.ratio(operation, side):>9.2f}x" for side in sides))
        lines.append("HLTs spoilt: " + ", ".join(f"{side} {self.spoilt[side]} of {self.halts[side]}" for side in self.halts))
        if self.crowded:
            lines.append(f"not to be judged, on a host as busy as this: {', '.join(TOGETHER)}")
        return "\n".join(lines)


def waiting(process):
    """The share of its time that the process, its two busiest threads, had work and no processor of the host's."""
    threads = [[int(n) for n in path.read_text().split()[:2]] for path in Path(f"/proc/{process.pid}/task").glob("*/schedstat")]
    busiest = sorted(threads)[-2:]
    return sum(waited for _, waited in busiest) / sum(ran + waited for ran, waited in busiest)


def script(sides):
    lines = []
    for name, command in sides:
        words = [*command, "-smp", "2", "-m", "64", "-kernel", PROGRAM, "-append", f"cpus=2 batches={BATCHES} count={COUNT}",
                 "-nodefaults", "-no-reboot", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x4", "-serial", "stdio",
                 "-display", "none"]
        # isa-debug-exit: (0 << 1) | 1
        lines.append(f"echo 'side {name}'\n{lab.shell(words).strip()} </dev/null\n[ $? = 1 ] || exit 1\n")
    return "".join(lines)


def measure(program, rounds=3, found=None, more=None):
    """The two sides in turn; added to `found`. `more`: other sides {name: command}, once each."""
    found = found or Found()
    sides = [*SIDES.items()] * rounds + [*(more or {}).items()]
    with lab.Lab("exits", script(sides), [material.program(), QEMU], {**FIRMWARE, PROGRAM: program}, processors=2) as console:
        for _ in sides:
            console.wait_for("exits: all measured", 120)
        found.crowded |= waiting(console.process) > CROWDED
        text = console.finish(60)
    runs = re.findall(r"side (\w+)\n((?:(?!side ).*\n)*?)exits: all measured\n", text)
    if len(runs) != len(sides):
        raise Failure(f"{len(runs)} of {len(sides)} runs got through:\n{text[-3000:]}")
    for name, output in runs:
        found.add(name, output)
    return found
