"""No folder includes itself by way of others."""


def check(tree):
    graph = {}
    for path in tree.cpp_files():
        source = tree.folder_of(path)
        for include in tree.includes(path):
            if include.system or not tree.has(include.path):
                continue
            target = tree.folder_of(include.path)
            if target != source:
                graph.setdefault(source, {}).setdefault(target, f"{path}:{include.line}")
    return [_describe(graph, cycle) for cycle in find_cycles(graph)]


def find_cycles(graph):
    """One cycle from every group of folders that has one (depth first, white-grey-black)."""
    cycles, done, stack = [], set(), []

    def visit(folder):
        stack.append(folder)
        for target in sorted(graph.get(folder, {})):
            if target in stack:
                cycles.append(stack[stack.index(target):] + [target])
            elif target not in done:
                visit(target)
        done.add(stack.pop())

    for folder in sorted(graph):
        if folder not in done:
            visit(folder)
    return cycles


def _describe(graph, cycle):
    places = ", ".join(graph[a][b] for a, b in zip(cycle, cycle[1:]))
    return f"{places}: folders include each other: {' -> '.join(cycle)}"
