"""The guest that computes, logs and watches its clocks while the engines change under it (tests/boot/guest/handover)."""

import hashlib
import os
import re
from pathlib import Path

import material

SCRIPT = material.ROOT / "tests/boot/guest/handover"
WATCH = Path(os.environ.get("DUET_WATCH_CLOCKS", material.ROOT / "build/release/tests/boot/watch-clocks"))


def initramfs():
    return material.pack("handover", {"tests/handover": SCRIPT, "bin/watch-clocks": WATCH})


def words(seconds):
    return f"duet.test=handover duet.seconds={seconds}"


def checksum(n):
    """What `seq N $((N + 3000)) | sha256sum` says."""
    return hashlib.sha256("".join(f"{i}\n" for i in range(n, n + 3001)).encode()).hexdigest()


def problems(text):
    """What is wrong with what the guest printed, as lines; none when all is well."""
    wrong = []
    for name in "ab":
        lines = [(int(n), digest) for n, digest in re.findall(rf"^handover: {name} (\d+) (\w+)$", text, re.M)]
        made = re.search(rf"^handover: {name} made (\d+)$", text, re.M)
        if not made:
            wrong.append(f"process {name} did not end")
            continue
        if [n for n, _ in lines] != list(range(1, int(made.group(1)) + 1)) or len(lines) < 3:
            wrong.append(f"process {name} made {made.group(1)} lines; there are {[n for n, _ in lines]}")
        wrong += [f"process {name}: the checksum of round {n} is wrong" for n, digest in lines if digest != checksum(n)]
    wrong += re.findall(r"^handover: complaint .*$", text, re.M)
    wrong += re.findall(r"^watch: .*(?:goes back|jumps by).*$", text, re.M)
    if not re.search(r"^handover: clocks 0$", text, re.M):
        wrong.append("the clocks: " + "; ".join(re.findall(r"^watch: .*$", text, re.M)))
    if not re.search(r"^watch: bursts [1-9]", text, re.M):
        wrong.append("nobody has watched the clocks")
    return wrong


def pauses(text):
    """The pause of each change of engines, in milliseconds."""
    return [float(p) for p in re.findall(r"engine \w+ goes on after a pause of ([\d.]+) ms", text)]
