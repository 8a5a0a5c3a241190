"""Command lines for the guest of tools/guest."""

import material
from console import Console

READY = r"duet-guest: ready, Linux (\S+)"
PROMPT = r"duet:\S+# "


def arguments(*options, test=None, append="", memory="256", initrd=None, kernel=None):
    words = ["console=ttyS0", "panic=-1", append, f"duet.test={test}" if test else ""]
    return [*material.emulator(), "-m", memory,
            "-kernel", str(kernel or material.KERNEL),
            "-initrd", str(initrd or material.packed("tests")),
            "-append", " ".join(w for w in words if w), "-nographic", *options]


def boot(*options, terminal=False, **details):
    """A Console on a machine that boots Linux; `details` as for arguments()."""
    return Console(arguments(*options, **details), terminal=terminal)
