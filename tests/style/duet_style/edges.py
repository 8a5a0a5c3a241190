"""Which folder may include which: the block diagram as data."""

# Inside core every edge is listed; a folder not listed may include core/base alone.
CORE = {
    "core/base": [],
    "core/memory": ["core/base"],
    "core/time": ["core/base"],
    "core/backend": ["core/base"],
    "core/bus": ["core/base", "core/memory"],
    # The seam to the engines (VcpuEnv) names RAM, the address spaces and the clock.
    "core/cpu": ["core/base", "core/memory", "core/bus", "core/time"],
    "core/state": ["core/base", "core/memory", "core/bus", "core/cpu", "core/time"],
    "core/device": ["core/base", "core/memory", "core/bus", "core/cpu", "core/time", "core/state"],
}

# Third-party headers that belong to one place: prefix of the include, folders that may have it.
FENCED = [
    ("linux/kvm.h", ["cpu-kvm"]),
    ("llvm/", ["cpu-tcg/llvm"]),
    ("llvm-c/", ["cpu-tcg/llvm", "tools/diff/decode"]),
    ("asmjit/", ["cpu-tcg/native", "cpu-tcg/baseline", "cpu-tcg/region"]),
    ("SDL", ["ui/display"]),
]


def under(folder, parent):
    return folder == parent or folder.startswith(parent + "/")


def may_include(source, target):
    """Whether a file in folder `source` may include one of folder `target`."""
    if under(source, target) or under(target, source):
        return True
    top, target_top = source.split("/")[0], target.split("/")[0]
    if top in ("tests", "tools"):
        return True
    if target_top in ("tests", "tools"):
        return False
    if under(source, "ui/app"):
        return True
    if top == "core":
        return _core(source, target)
    if target_top == "core":
        return True
    if top in ("cpu-tcg", "cpu-kvm") and target_top == "mmu":
        return True
    return top == target_top and _siblings(source, target)


def _core(source, target):
    if not under(target, "core"):
        return False
    if under(source, "core/machine"):
        return True
    allowed = CORE.get("/".join(source.split("/")[:2]), ["core/base"])
    return any(under(target, folder) for folder in allowed)


def _siblings(source, target):
    """Families side by side: nobody looks up at the part that puts them together."""
    if target in ("ui/app", "hw/board"):
        return False
    # Guest devices and the host side are apart; they meet in core/backend.
    if under(source, "hw") and not under(source, "hw/board"):
        return under(source, "hw/host") == under(target, "hw/host")
    return True
