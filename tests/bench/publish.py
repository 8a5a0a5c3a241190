"""Where results go: a folder of the user's, or the project's README."""

import json
import re

import material
import plot
import report
from console import Failure

BEGIN, END = "<!-- bench: begin; made by tools/dev bench --readme -->", "<!-- bench: end -->"
# Kept in the tree beside the README's table, so that it can be drawn again.
KEPT, PICTURE = "tests/bench/results.json", "tests/bench/results.svg"


def text_of(results):
    """JSON with the figures of one side in one line."""
    flat = re.sub(r"\[[^\[\]{}\"]*\]", lambda found: re.sub(r"\s+", " ", found.group()).replace("[ ", "[").replace(" ]", "]"),
                  json.dumps(results, indent=1))
    return flat + "\n"


def load(path):
    try:
        results = json.loads(path.read_text())
        if {"about", "works", "machine", "problems"} <= results.keys():
            return results
        raise Failure(f"{path} holds no results of this benchmark")
    except (OSError, ValueError, AttributeError) as problem:
        raise Failure(f"cannot read results from {path}: {problem}") from problem


def write(folder, results):
    """results.json, results.md and results.svg; gives their names."""
    files = {"results.json": text_of(results), "results.md": report.markdown(results),
             "results.svg": plot.svg(results)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            if content:
                (folder / name).write_text(content)
    except OSError as problem:
        raise Failure(f"cannot write the results: {problem}") from problem
    return [str(folder / name) for name, content in files.items() if content]


def replaced(page, section):
    """The page with the section between its markers."""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise Failure(f"README.md needs one line '{BEGIN}' and, behind it, one line '{END}'")
    return re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: f"{BEGIN}\n{section}{END}", page, flags=re.S)


def into_readme(results, root=material.ROOT):
    page = root / "README.md"
    text = replaced(page.read_text(), report.markdown(results, PICTURE if plot.svg(results) else None))
    (root / KEPT).write_text(text_of(results))
    if plot.svg(results):
        (root / PICTURE).write_text(plot.svg(results))
    page.write_text(text)
    return [str(page), str(root / KEPT), str(root / PICTURE)]
