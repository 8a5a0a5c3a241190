"""What leaving guest mode costs under duet's KVM engine and under QEMU's, in turn in one laboratory."""

import re
import statistics
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
         "qemu": ["/bin/qemu-system-x86_64", "-L", "/usr/share/qemu", "-L", "/usr/share/seabios", "-M", "q35", "-cpu", "host", "-accel", "kvm,kernel-irqchip=split"]}


def script(sides, rounds, count):
    lines = []
    for _ in range(rounds):
        for name, command in sides.items():
            words = [*command, "-smp", "2", "-m", "64", "-kernel", PROGRAM, "-append", f"cpus=2 count={count}", "-nodefaults",
                     "-no-reboot", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x4", "-serial", "stdio", "-display", "none"]
            # isa-debug-exit: (0 << 1) | 1
            lines.append(f"echo 'side {name}'\n{lab.shell(words).strip()} </dev/null\n[ $? = 1 ] || exit 1\n")
    return "".join(lines)


def measure(program, rounds=3, count=400, duet=()):
    """{side: {operation: TSC ticks}}, the median of the rounds; `duet`: more options for it."""
    sides = {**SIDES, "duet": [*SIDES["duet"], *duet]}
    files = {**FIRMWARE, PROGRAM: program}
    with lab.Lab("exits", script(sides, rounds, count), [material.program(), QEMU], files, processors=2) as console:
        text = console.finish(240)
    found = {name: {operation: [] for operation in OPERATIONS} for name in sides}
    runs = re.findall(r"side (\w+)\n((?:(?!side ).*\n)*?)exits: all measured\n", text)
    if len(runs) != rounds * len(sides):
        raise Failure(f"{len(runs)} of {rounds * len(sides)} runs got through:\n{text[-3000:]}")
    for name, output in runs:
        for operation, ticks in re.findall(r"exits: ([\w-]+) (\d+)\n", output):
            found[name][operation].append(int(ticks))
    return {name: {operation: statistics.median(values) for operation, values in results.items()}
            for name, results in found.items()}


def table(results):
    lines = [f"{'leaving guest mode':<20}{'duet':>12}{'qemu':>12}{'duet/qemu':>12}   (TSC ticks)"]
    for operation in OPERATIONS:
        ours, theirs = results["duet"][operation], results["qemu"][operation]
        lines.append(f"{operation:<20}{ours:>12.0f}{theirs:>12.0f}{ours / theirs:>11.2f}x")
    return "\n".join(lines)
