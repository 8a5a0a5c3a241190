"""What is run on every side: our own kernels by group, and Debian's programs."""

import re
import shutil
import subprocess
from pathlib import Path

import material
from console import Failure

HERE = Path(__file__).resolve().parent
# {group: (what the reader sees, how many times slower than native it shall be at most)}
GROUPS = {"int": ("integer", 2.9), "fp": ("floating point and SIMD", 3), "memory": ("memory", 4),
          "os": ("system calls, processes, signals", 4), "jit": ("new and changing code", 18),
          "apps": ("openssl, xz and gzip", 3), "rare": ("what a host answers itself", None)}
# Debian's program behind each work; `-sse2`: told to use nothing newer.
APPS = {"sha256": "openssl", "sha256-sse2": "openssl", "aes": "openssl", "aes-sse2": "openssl", "prime": "openssl",
        "kdf": "openssl", "xz": "xz", "unxz": "xz", "gzip": "gzip"}
# What two processes do beside each other.
PAIRED = "interp"


def program():
    """The one program of all kernels, static, for the plainest x86-64: the same bytes run on every side."""
    made = material.SCRATCH / "kernels"
    sources = sorted((HERE / "guest").glob("*.[ch]"))
    if not made.exists() or made.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        if not shutil.which("gcc"):
            raise Failure("gcc is not installed; tools/dev setup does it")
        material.SCRATCH.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["gcc", "-O2", "-march=x86-64", "-Wall", "-Wextra", "-static", "-pthread", f"-I{material.ROOT}", "-o", made,
                               *[source for source in sources if source.suffix == ".c"], "-lm"],
                              text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise Failure(f"the kernels do not compile:\n{done.stdout}")
    return made


def groups():
    """{group: works}"""
    found = {group: [] for group in GROUPS}
    listed = subprocess.run([program(), "list"], text=True, check=True, stdout=subprocess.PIPE).stdout
    for line in listed.splitlines():
        group, name = line.split()
        found[group].append(name)
    found["apps"] = list(APPS)
    return found


def chosen(everything, only):
    """{group: works} of those that `only` names, by group or one by one; all of them when it is empty."""
    picked = {group: [work for work in works if not only or group in only or work in only]
              for group, works in everything.items()}
    return {group: works for group, works in picked.items() if works}


def missing(works):
    """Those of these works whose program is not installed."""
    return [work for work in works if work in APPS and not shutil.which(APPS[work])]


def files(works):
    """{path in the guest: file} that these works take."""
    found = {"tests/bench": HERE / "guest/bench", "tests/apps": HERE / "guest/apps", "tests/kernels": program()}
    for name in sorted({APPS[work] for work in works if work in APPS}):
        path = shutil.which(name)
        found[f"usr/bin/{name}"] = Path(path)
        said = subprocess.run(["ldd", path], text=True, check=True, stdout=subprocess.PIPE).stdout
        for library in re.findall(r"(/\S+) \(0x", said):
            found[library.lstrip("/")] = Path(library).resolve()
    return found
