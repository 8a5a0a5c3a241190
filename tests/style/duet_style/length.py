"""Files stay short enough to read at one sitting."""

LIMIT = 600


def check(tree):
    problems = []
    for path in tree.files:
        # Tables (.inc) are data: one row an instruction, however many there are.
        if not tree.is_code(path) or path.endswith(".inc"):
            continue
        lines = tree.text(path).count("\n")
        if lines > LIMIT:
            problems.append(f"{path}:{LIMIT}: {lines} lines, more than {LIMIT}")
    return problems
