"""DEPS of every duet_library are what its files include: all of it, and nothing they never reach."""


def check(tree):
    problems = []
    folders = {}
    for library in tree.libraries.values():
        folders.setdefault(library.folder, []).append(library)
    for folder, libraries in sorted(folders.items()):
        used = _used_folders(tree, folder)
        problems += _missing(tree, folder, libraries, folders, used)
        problems += _idle(tree, folder, libraries, _reached(tree, used))
    return problems


def _reached(tree, used):
    """The folders used, and those that come with their headers."""
    reached, waiting = set(), list(used)
    while waiting:
        folder = waiting.pop()
        if folder not in reached:
            reached.add(folder)
            waiting += _used_folders(tree, folder)
    return reached


def _used_folders(tree, folder):
    """Folders that this folder's files include, with one place for each."""
    if folder in tree.used_folders:
        return tree.used_folders[folder]
    used = tree.used_folders[folder] = {}
    for path in tree.cpp_files():
        if tree.folder_of(path) != folder:
            continue
        for include in tree.includes(path):
            if not include.system and tree.has(include.path):
                used.setdefault(tree.folder_of(include.path), f"{path}:{include.line}")
    used.pop(folder, None)
    return used


def _missing(tree, folder, libraries, folders, used):
    problems = []
    declared = {dep for library in libraries for dep in library.deps}
    for target, place in sorted(used.items()):
        names = [library.name for library in folders.get(target, [])]
        if not names:
            problems.append(f"{place}: {target} has no duet_library, so {folder} cannot depend on it")
        elif not declared.intersection(names):
            problems.append(f"{place}: {folder}/CMakeLists.txt does not list {' or '.join(names)} in DEPS")
    return problems


def _idle(tree, folder, libraries, reached):
    problems = []
    for library in libraries:
        for dep in library.deps:
            place = f"{folder}/CMakeLists.txt"
            if dep not in tree.libraries:
                problems.append(f"{place}: {library.name} lists {dep}, which is no duet_library")
            elif tree.libraries[dep].folder not in reached and tree.libraries[dep].folder != folder:
                problems.append(f"{place}: {library.name} lists {dep} but includes nothing of it")
    return problems
