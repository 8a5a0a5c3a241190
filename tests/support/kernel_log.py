"""Complaints in a Linux kernel log, as `dmesg -r` prints it (<level>[time] text)."""

import re

_LINE = re.compile(r"^<(\d+)>\[\s*\d+\.\d+\] (.*)$")
_WARNING = 4

# What this project is answerable for.
_SUBJECT = re.compile(r"ACPI|APIC|TSC|tsc|clocksource|timer|HPET|x86/mm|x86/fpu|x86/cpu|FPU|fpu|xsave|XSAVE|"
                      r"PAT|MTRR|mtrr|[Pp]age|NX|PCI|pci|smp|SMP|CPU|MSR|e820|RTC|rtc|i8042|IRQ|irq|Bug|BUG")
_COMPLAINT = re.compile(r"WARN|[Ff]irmware [Bb]ug|[Ee]rror|[Ff]ail|[Uu]nstable|[Ii]nvalid|[Bb]ad |BUG|"
                        r"[Uu]nchecked MSR|[Mm]ismatch|[Cc]onflict|[Cc]orrupt|not correct|stall|lockup|"
                        r"not responding|[Ss]purious|[Bb]roken|[Bb]ogus|incomplete|[Uu]nexpected|unhandled")


def complaints(log):
    """{normalized text: the line} of every warning (by level or by wording) about our subjects."""
    found = {}
    for line in log.replace("\r", "").split("\n"):
        match = _LINE.match(line)
        if not match:
            continue
        level, text = int(match.group(1)) & 7, match.group(2)
        if _SUBJECT.search(text) and (level <= _WARNING or _COMPLAINT.search(text)):
            found.setdefault(normalized(text), text)
    return found


def normalized(text):
    """Addresses, counts and times differ between two runs of one machine."""
    return re.sub(r"0x[0-9a-fA-F]+|\b[0-9a-fA-F]{4,}\b|\d+", "#", text)


def new_complaints(log, reference):
    """Lines that `log` complains with and `reference` does not."""
    known = complaints(reference)
    return [text for key, text in complaints(log).items() if key not in known]
