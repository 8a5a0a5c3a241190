"""Every folder with sources says in at most a page what it is for."""

import os

LIMIT = 60


def check(tree):
    problems = []
    folders = {os.path.dirname(path) for path in tree.files if tree.is_code(path)}
    for folder in sorted(set(_speaking(tree, folders))):
        readme = os.path.join(folder, "README.md")
        if not tree.has(readme):
            problems.append(f"{readme}:1: missing")
        elif tree.text(readme).count("\n") > LIMIT:
            problems.append(f"{readme}:{LIMIT}: more than {LIMIT} lines")
    return problems


def _speaking(tree, folders):
    """The folders that need a page: not the root, whose README is the project's, and not a part of a
    folder that has one (a test folder's groups, a library's tables)."""
    for folder in folders:
        if not folder or folder.startswith("."):
            continue
        parts = folder.split("/")
        if parts[0] == "tests":
            yield "/".join(parts[:2])
        elif parts[0] in ("tools", "cmake"):
            yield parts[0]
        else:
            yield tree.folder_of(folder + "/x")
