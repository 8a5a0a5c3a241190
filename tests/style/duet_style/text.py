"""Words that do not belong in a finished tree: reminders and paths of one machine."""

import os
import re

TEXT = {".h", ".cpp", ".c", ".inc", ".S", ".py", ".sh", ".md", ".txt", ".cmake", ".json", ".yml", ""}

# Written in pieces, so that this file does not find itself.
REMINDER = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")) + r")\b")
# Home folders and work areas exist on one machine only.
MACHINE_PATH = re.compile(r"(?<![\w.}/])/(?:home|Users|work)/\w[\w.-]*")


def check(tree):
    problems = []
    for path in tree.files:
        if os.path.splitext(path)[1] not in TEXT or path == "LICENSE":
            continue
        for number, line in enumerate(tree.text(path).split("\n"), 1):
            reminder = REMINDER.search(line)
            if reminder:
                problems.append(f"{path}:{number}: '{reminder.group(0)}': do it, or say it in the README")
            machine = MACHINE_PATH.search(line)
            if machine:
                problems.append(f"{path}:{number}: '{machine.group(0)}' exists on one machine only")
    return problems
