"""Where things are: the emulator, the kernel, the initramfs, and a place for what tests make."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = Path(os.environ.get("DUET_CACHE", ROOT / ".cache"))
KERNEL = CACHE / "guest/vmlinuz-cloud"
INITRAMFS = CACHE / "guest/initramfs.cpio.gz"
# Files that the tests make; ctest gives the build folder's.
SCRATCH = Path(os.environ.get("DUET_TEST_SCRATCH", ROOT / "build/boot"))
QEMU = ["qemu-system-x86_64", "-accel", "tcg", "-M", "q35", "-cpu", "max"]


def program():
    """The duet under test."""
    return os.environ.get("DUET_PROGRAM", str(ROOT / "build/release/duet"))


def emulator():
    """The command under test, as a list. The translator, whatever the host's KVM can do: tests/kvm_lab has the other.
    DUET_TIER names its tier."""
    if "DUET_EMULATOR" in os.environ:
        return shlex.split(os.environ["DUET_EMULATOR"])
    tier = os.environ.get("DUET_TIER")
    return [program(), "-accel", f"tcg,tier={tier}" if tier else "tcg"]


def testing_duet():
    """False when another emulator stands in to check the tests themselves."""
    return "DUET_EMULATOR" not in os.environ


def fetch(kernel="cloud"):
    """Makes sure that kernel is there; gives its file and the initramfs of its architecture."""
    done = subprocess.run([ROOT / "tools/guest/fetch.sh", kernel], check=True, text=True, stdout=subprocess.PIPE,
                          env={**os.environ, "DUET_CACHE": str(CACHE)})
    return [Path(part) for part in done.stdout.rstrip("\n").split("\t")]


def prepare(scripts, kernels):
    """Fetches the guests and packs the scripts as /tests/NAME. Quick when done."""
    for initramfs in {fetch(kernel)[1] for kernel in kernels}:
        pack("tests", {f"tests/{script.name}": script for script in scripts}, initramfs)


def packed(name, initramfs=INITRAMFS):
    """Where pack() puts its result."""
    return SCRATCH / f"{name}.{initramfs.name}"


def pack(name, files, initramfs=INITRAMFS):
    """A common initramfs with more files in it ({path in the guest: file}); gives its path."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    whole = packed(name, initramfs)
    extra = whole.with_name(f"{whole.name}.{os.getpid()}")
    items = [f"{file}={path}" for path, file in sorted(files.items())]
    subprocess.run([ROOT / "tools/guest/initramfs.sh", extra, *items], check=True)
    # The kernel unpacks archives that follow each other into one tree.
    with open(f"{extra}.whole", "wb") as out:
        for part in (initramfs, extra):
            with open(part, "rb") as source:
                shutil.copyfileobj(source, out)
    os.replace(f"{extra}.whole", whole)
    extra.unlink()
    return whole
