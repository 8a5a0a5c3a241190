"""Include lines: written from the root, along the edges of the block diagram, fences respected."""

from duet_style.edges import FENCED, may_include, under


def check(tree):
    problems = []
    for path in tree.cpp_files():
        for include in tree.includes(path):
            where = f"{path}:{include.line}"
            problems += _fences(where, path, include)
            if not include.system:
                problems += _edge(tree, where, path, include)
    return problems


def _fences(where, path, include):
    if path.startswith(("tests/", "tools/")):
        return []
    for prefix, folders in FENCED:
        if include.path.startswith(prefix) and not any(under(path, folder) for folder in folders):
            return [f"{where}: <{include.path}> belongs in {' or '.join(folders)} only"]
    return []


def _edge(tree, where, path, include):
    if not tree.has(include.path):
        return [f"{where}: \"{include.path}\" is no file of this tree (write includes from the root)"]
    source, target = tree.folder_of(path), tree.folder_of(include.path)
    if not may_include(source, target):
        return [f"{where}: {source} must not include {target}"]
    return []
