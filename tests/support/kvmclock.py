"""The guest that takes to KVM's clock and watches it (tests/boot/guest/kvmclock)."""

import re
import time

import handover
import material

SCRIPT = material.ROOT / "tests/boot/guest/kvmclock"
WORDS = "duet.test=kvmclock"
SECONDS = 4


def initramfs():
    return material.pack("kvmclock", {"tests/kvmclock": SCRIPT, "bin/watch-clocks": handover.WATCH})


def watched(console, meanwhile=None):
    """Waits for the end; gives the seconds that the guest's four took outside. `meanwhile` is called within them."""
    console.wait_for("kvmclock: start", 120)
    started = time.monotonic()
    if meanwhile:
        meanwhile()
    console.wait_for("kvmclock: stop", 60)
    took = time.monotonic() - started
    console.wait_for("kvmclock: end", 60)
    return took


def problems(text, source="kvm-clock"):
    """What is wrong with what the guest printed, as lines; none when all is well."""
    wrong = []
    for line in ("log Hypervisor detected: KVM", "log kvm-clock: Using msrs 4b564d01 and 4b564d00", f"source {source}",
                 "watched with status 0"):
        if not re.search(rf"^kvmclock: {line}$", text, re.M):
            wrong.append(f"no line 'kvmclock: {line}'")
    date = re.search(r"^kvmclock: date (\d+)$", text, re.M)
    if not date or abs(int(date.group(1)) - time.time()) > 120:
        wrong.append(f"the guest's date is {date and date.group(1)}")
    wrong += re.findall(r"^kvmclock: complaint .*$", text, re.M)
    wrong += re.findall(r"^watch: .*(?:goes back|jumps by).*$", text, re.M)
    return wrong
