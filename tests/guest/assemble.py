#!/usr/bin/env python3
"""Assembles one guest test into an ELF file a mode.

assemble.py SOURCE OUTPUT_PREFIX STAMP: makes OUTPUT_PREFIX.MODE.elf for every mode of the `// mode:` line.
"""

import pathlib
import re
import subprocess
import sys

MODES = {
    "real16": ("-m16", 16),
    "prot16": ("-m16", 16),
    "prot32": ("-m32", 32),
    "long64": ("-m64", 64),
    "compat32": ("-m32", 32),
}


def modes_of(source):
    found = []
    for line in source.read_text(encoding="utf-8").splitlines():
        match = re.match(r"// mode:(.*)$", line)
        if match:
            found += match.group(1).split()
    unknown = [mode for mode in found if mode not in MODES]
    if not found or unknown:
        sys.exit(f"{source}: needs `// mode:` with some of {' '.join(MODES)}; unknown: {unknown}")
    return found


def assemble(source, mode, output):
    here = pathlib.Path(__file__).resolve().parent
    width, bits = MODES[mode]
    defines = [f"-DMODE_{name.upper()}={int(name == mode)}" for name in MODES]
    command = [
        "gcc", width, *defines, f"-DBITS={bits}", "-nostdlib", "-static", "-no-pie", f"-I{here.parent.parent}",
        "-include", str(here / "guest.inc"), "-Wl,--build-id=none", "-Wl,-z,noexecstack",
        "-Wl,--no-warn-rwx-segments", "-Wa,--noexecstack", f"-Wl,-T,{here / 'image.ld'}",
        "-Wa,-mx86-used-note=no", "-o", str(output), str(source)]
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"{source}: does not assemble for {mode}")


def main():
    source, prefix, stamp = (pathlib.Path(argument) for argument in sys.argv[1:])
    stamp.parent.mkdir(parents=True, exist_ok=True)
    for mode in modes_of(source):
        assemble(source, mode, pathlib.Path(f"{prefix}.{mode}.elf"))
    stamp.touch()


main()
