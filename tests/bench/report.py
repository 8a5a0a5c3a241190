"""The figures as text and as Markdown."""

import works
from figures import MACHINE, machine, means, rates, slowdowns, slower, verdict

SIDES = ("native", "qemu", "microvm", "duet")


def _number(value, digits=2):
    if value is None:
        return "-"
    return f"{value:.0f}" if digits == 2 and value >= 99.5 else f"{value:.{digits}f}"


def text(results):
    """What the terminal shows."""
    lines = []
    if results["works"]:
        lines += [f"{'slow-down against native':<28}{'native/s':>10}{'qemu':>9}{'duet':>9}{'duet/qemu':>11}{'target':>8}"]
    for group, runs in results["works"].items():
        for name, slow in slowdowns(runs).items():
            rate = rates(runs[name])
            ratio = rate["qemu"] / rate["duet"] if {"qemu", "duet"} <= rate.keys() else None
            lines.append(f"  {name:<26}{format(rate['native'], '.4g') if 'native' in rate else '-':>10}"
                         f"{_number(slow.get('qemu')):>9}{_number(slow.get('duet')):>9}{_number(ratio):>11}")
        m, target = means(runs), works.GROUPS[group][1]
        if not target:  # what these are of each other, only single ones can say
            continue
        ratio = m["duet"] / m["qemu"] if {"qemu", "duet"} <= m.keys() else None
        lines.append(f"{group + ', geometric mean':<28}{'':>10}{_number(m.get('qemu')):>9}{_number(m.get('duet')):>9}"
                     f"{_number(ratio):>11}{target:>8}  {_group_verdict(m, target)}")
    behind = slower(results)
    if behind:
        lines.append("behind QEMU: " + ", ".join(f"{name} ({share:.2f} of its rate)" for name, share in behind))
    facts = machine(results)
    if facts:
        lines += ["", f"{'':<54}" + "".join(f"{side:>9}" for side in SIDES) + "  target"]
    for part, values in facts.items():
        what, digits, target, _ = MACHINE[part]
        lines.append(f"{what:<54}" + "".join(f"{_number(values.get(side), digits):>9}" for side in SIDES) +
                     f"  {target}  {verdict(part, values)}")
    return "\n".join(line.rstrip() for line in lines)


def _group_verdict(m, target):
    return "" if m.get("duet") is None else "met" if m["duet"] <= target else "missed"


def markdown(results, plot=None):
    """The section of the README; `plot`: the address of the picture."""
    about, lines = results["about"], []
    beside = f", beside {about['qemu']} (`-accel tcg -cpu max`)" if about["qemu"] else ""
    if results["works"]:
        lines += [f"Slow-down against the same programs run natively: geometric means of the medians of {about['runs']} runs in turn on",
                  f"{about['processors']} processors ({about['processor']}), one vCPU{beside}; {about['date']}.", "",
                  "| programs | QEMU | duet | duet's time in QEMU's | target |", "|---|---|---|---|---|"]
    for group, runs in results["works"].items():
        m, (title, target) = means(runs), works.GROUPS[group]
        if not target:
            continue
        ratio = m["duet"] / m["qemu"] if {"qemu", "duet"} <= m.keys() else None
        missed = " (missed)" if _group_verdict(m, target) == "missed" else ""
        lines.append(f"| {title} ({len(runs)}) | {_number(m.get('qemu'))} | {_number(m.get('duet'))} | {_number(ratio)} | "
                     f"{target}{missed} |")
    if results["works"] and about["qemu"]:
        behind = [f"`{name}` ({share:.2f} of its rate)" for name, share in slower(results)]
        total = sum(len(runs) for runs in results["works"].values())
        lines += ["", f"Of all {total} programs, slower than in QEMU: {', '.join(behind) or 'none'}."]
    facts = machine(results)
    if facts:
        lines += ["", "| whole machines | native | QEMU q35 | QEMU microvm | duet | target |", "|---|---|---|---|---|---|"]
    for part, values in facts.items():
        what, digits, target, _ = MACHINE[part]
        cells = " | ".join(_number(values[side], digits) if side in values else "" for side in SIDES)
        missed = " (missed)" if verdict(part, values) == "missed" else ""
        lines.append(f"| {what} | {cells} | {target}{missed} |")
    if plot and results["works"]:
        lines += ["", f"![every program's slow-down]({plot})"]
    return "\n".join(lines).strip() + "\n"
