"""The KVM laboratory: Debian's QEMU emulates a processor with SVM and nested paging, Debian's cloud kernel loads kvm-amd
on it, and what a script starts in there has a whole KVM, on any host.

As a program (`tools/dev kvm-lab`): runs duet with the given options in there, on this terminal."""

import functools
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]

import material  # noqa: E402
from console import Console, Failure  # noqa: E402

MODULES = material.CACHE / "guest/modules-cloud"
READY = r"kvm-lab: ready, Linux \S+, /dev/kvm\s"
ENDED = r"kvm-lab: ended with status (\d+)\s"
# Where a script finds duet, the kernel and the usual initramfs in there.
DUET, KERNEL, INITRD = "/bin/duet", "/guest/vmlinuz", "/guest/initrd"


def libraries(program):
    """The shared libraries of a program, {path in the laboratory: file}."""
    listed = subprocess.run(["ldd", program], text=True, check=True, stdout=subprocess.PIPE).stdout
    return {name.lstrip("/"): Path(name).resolve() for name in re.findall(r"(/\S+)", listed)}


def pack(out, script, programs=(), files=None):
    """Writes the laboratory's initramfs to `out`: the script (text) as /run.sh, programs in /bin with their libraries,
    and files {path: file}."""
    everything = {"init": HERE / "init", "bin/busybox": material.CACHE / "guest/busybox",
                  KERNEL: material.KERNEL, INITRD: material.INITRAMFS, **(files or {})}
    for module in ("irqbypass", "kvm", "kvm-amd"):
        everything[f"modules/{module}.ko"] = MODULES / f"{module}.ko"
    for program in programs:
        everything[f"bin/{Path(program).name}"] = program
        everything.update(libraries(program))
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as run:
        run.write(script)
        run.flush()
        everything["run.sh"] = run.name
        items = [f"{file}={path.lstrip('/')}" for path, file in sorted(everything.items())]
        subprocess.run([material.ROOT / "tools/guest/initramfs.sh", out, *items], check=True)


def command(initrd, processors=1, memory=1536, accel="tcg", console=("-serial", "stdio", "-display", "none")):
    """QEMU's command line for a packed laboratory."""
    return ["qemu-system-x86_64", "-accel", accel, "-M", "q35", "-cpu", "max,-la57", "-m", str(memory),
            "-smp", str(processors), "-nodefaults", "-no-reboot", "-kernel", str(material.KERNEL), "-initrd", str(initrd),
            "-append", "console=ttyS0 panic=-1 quiet tsc=reliable", *console]


class LabDied(Failure):
    """The laboratory itself ended or stands still, whatever runs in it."""


class Lab(Console):
    """with Lab("boot", script, programs, files) as lab: lab.wait_for(...); lab.finish()"""

    # Its first process writes to the second serial port every two seconds; a busy host can be late.
    STILL = 40

    def __init__(self, name, script, programs=(), files=None, **machine):
        initrd = material.SCRATCH / f"lab-{name}.cpio.gz"
        pack(initrd, script, programs, files)
        self._beats = material.SCRATCH / f"lab-{name}.beats"
        self._beats.write_bytes(b"")
        super().__init__([*command(initrd, **machine), "-serial", f"file:{self._beats}"])

    def __enter__(self):
        try:
            self.wait_for(READY, 120)
        except Failure:
            self.__exit__(None, None, None)
            raise
        return super().__enter__()

    def _failure(self, what):
        failure = super()._failure(what)
        ended = self.process.poll() is not None and not re.search(ENDED.encode(), self.output)
        still = time.time() - self._beats.stat().st_mtime > self.STILL
        return LabDied(f"the laboratory {'ended' if ended else 'stands still'}: {failure}") if ended or still else failure

    def finish(self, seconds):
        """Waits for the script's end; its exit status must be 0. Gives all that was printed."""
        status = int(self.wait_for(ENDED, seconds).group(1))
        if status:
            raise self._failure(f"the script ended with status {status}")
        self.wait_exit(30)
        return self.output.decode(errors="replace").replace("\r", "")


def survived(test):
    """A test method, or a part of one, that is begun again, twice at most, when the laboratory died under it. What duet or its guest do wrong
    counts at once."""
    @functools.wraps(test)
    def run(self, *arguments):
        for left in (2, 1, 0):
            try:
                return test(self, *arguments)
            except LabDied as death:
                if not left:
                    raise
                print(f"once more: {str(death).splitlines()[0]}", flush=True)
        return None
    return run


def shell(words):
    """A script that runs one command, and ends with its status."""
    return shlex.join(words) + "\n"


def packed_options(options):
    """Options whose file arguments are in the laboratory, and those files."""
    files = {f"/files/{n}-{Path(o).name}": Path(o) for n, o in enumerate(options) if Path(o).is_file()}
    names = {str(file): path for path, file in files.items()}
    return [names.get(o, o) for o in options], files


def main(options):
    material.fetch("cloud")
    words, files = packed_options(options)
    if "-kernel" not in words and "-bios" not in words:
        words = ["-kernel", KERNEL, "-initrd", INITRD, "-append", "console=ttyS0", *words]
    script = shell([DUET, "-enable-kvm", "-m", "256", "-nographic", *words])
    with tempfile.TemporaryDirectory() as folder:
        initrd = Path(folder) / "lab.cpio.gz"
        pack(initrd, script, [material.program()], files)
        print("the laboratory starts in about ten seconds; Ctrl-A x leaves duet, Ctrl-] x the laboratory", file=sys.stderr)
        return subprocess.run(command(initrd, console=("-serial", "mon:stdio", "-display", "none", "-echr", "0x1d")), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
