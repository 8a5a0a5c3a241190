"""What comes out of the results of measure.py: medians, slow-downs, and whether targets are met."""

import math
import statistics


def _against_qemu(factor):
    return lambda v: None if "qemu" not in v else v["duet"] <= factor * v["qemu"]


def _boot(v):
    return None if "microvm" not in v or "qemu" not in v else v["duet"] <= 0.6 * v["qemu"] and v["duet"] <= 0.8 * v["microvm"]


# Boots of one process after which its growth means something.
SETTLED = 15
# {part: (what the reader sees, digits, the target in words, whether it is met; None: nobody can say)}
MACHINE = {
    "boot": ("power-on to user space, s", 2, "0.6 of q35, 0.8 of microvm", _boot),
    "warm": ("the same with kept code (`cache=`), s", 2, "0.5 of q35", _against_qemu(0.5)),
    "pair": ("two processes on two vCPUs, beside one", 2, "1.9", lambda v: v["duet"] >= 1.9),
    "memory": ("resident after that boot over the guest's own, MiB", 0, "QEMU's", _against_qemu(1)),
    "idle": ("idle guest, % of a processor", 2, "QEMU's", _against_qemu(1)),
    "cost": ("decoding and compiling a guest instruction, µs", 2, "0.5", lambda v: v["duet"] <= 0.5),
    "soak": ("growth of one process over many restarts, MiB", 1, "none", lambda v: v["duet"] < 1),
}


def mean(values):
    """Geometric; of nothing: none."""
    return math.exp(sum(math.log(v) for v in values) / len(values)) if values else None


def rates(runs):
    """{side: median} of those sides that have a figure."""
    return {side: statistics.median(values) for side, values in runs.items() if values}


def slowdowns(group):
    """{work: {side: how many times slower than native}}"""
    table = {}
    for name, runs in group.items():
        rate = rates(runs)
        table[name] = {side: rate["native"] / rate[side] for side in ("qemu", "duet") if side in rate and "native" in rate}
    return table


def means(group):
    """{side: geometric mean of the works that every side has done}"""
    rows = list(slowdowns(group).values())
    present = [side for side in ("qemu", "duet") if any(side in row for row in rows)]
    whole = [row for row in rows if all(side in row for side in present)]
    return {side: mean([row[side] for row in whole]) for side in present if whole}


def slower(results):
    """[(work, duet's rate as share of QEMU's)] of those where duet is behind."""
    found = []
    for group in results["works"].values():
        for name, runs in group.items():
            rate = rates(runs)
            if rate.get("duet", math.inf) < rate.get("qemu", 0):
                found.append((name, rate["duet"] / rate["qemu"]))
    return found


def machine(results):
    """{part: {side: median}}; a soak's figure is what the process grew by from the middle third of its boots to the last, when
    there are enough of them for its caches to have filled before."""
    facts = {}
    for part in MACHINE:
        runs = results["machine"].get(part, {})
        if part == "soak" and len(runs.get("duet", [])) < SETTLED:
            continue
        if part == "soak":
            third = len(runs["duet"]) // 3
            facts[part] = {"duet": statistics.median(runs["duet"][2 * third:]) - statistics.median(runs["duet"][third:2 * third])}
        elif rates(runs):
            facts[part] = rates(runs)
    if "warm" in facts and "qemu" in facts.get("boot", {}):
        facts["warm"] = {"qemu": facts["boot"]["qemu"], **facts["warm"]}
    return facts


def verdict(part, values):
    """"met", "missed", or nothing where nobody can say."""
    met = MACHINE[part][3](values) if "duet" in values else None
    return {None: "", True: "met", False: "missed"}[met]
