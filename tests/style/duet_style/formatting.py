"""clang-format 19 would change nothing."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

# The same endings as `tools/dev fmt`; tables (.inc) are aligned by hand.
ENDINGS = {".h", ".cpp", ".c"}
PROGRAM = "clang-format-19"
FILES_A_CALL = 16


def check(tree):
    if not shutil.which(PROGRAM):
        return [f"{PROGRAM} is not installed (tools/dev setup)"]
    files = [f for f in tree.files if os.path.splitext(f)[1] in ENDINGS]
    chunks = [files[i:i + FILES_A_CALL] for i in range(0, len(files), FILES_A_CALL)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outputs = list(pool.map(lambda chunk: _run(tree.root, chunk), chunks))
    # One line a file is enough to act on: tools/dev fmt mends all of it.
    seen, problems = set(), []
    for line in "\n".join(outputs).split("\n"):
        path = line.split(":")[0]
        if "[-Wclang-format-violations]" in line and path not in seen:
            seen.add(path)
            problems.append(f"{':'.join(line.split(':')[:2])}: not formatted (tools/dev fmt)")
    return problems


def _run(root, files):
    done = subprocess.run([PROGRAM, "--dry-run", "-Werror", *files], cwd=root, text=True,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode != 0 and "[-Wclang-format-violations]" not in done.stderr:
        return f"{files[0]}:1: {PROGRAM} failed: {done.stderr} [-Wclang-format-violations]"
    return done.stderr
