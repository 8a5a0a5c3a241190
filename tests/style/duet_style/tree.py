"""The files of a checkout, read once, and the libraries its list files declare."""

import os
import re
from collections import namedtuple
from pathlib import Path

# Folders that hold no sources of ours.
SKIPPED = {"build", ".cache", ".git", "__pycache__"}
CPP = {".h", ".cpp", ".c", ".inc"}
SCRIPTS = {".py", ".sh"}
CODE = CPP | SCRIPTS | {".S"}

Include = namedtuple("Include", "line path system")
Library = namedtuple("Library", "name folder deps")

_INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
_LIBRARY = re.compile(r"\bduet_library\s*\(([^)]*)\)")


class Tree:
    """Paths are strings relative to the root, with '/'."""

    def __init__(self, root):
        self.root = Path(root)
        self.files = sorted(self._walk())
        self._known = set(self.files)
        self._text = {}
        self.used_folders = {}  # kept by the libraries check
        self.libraries = self._read_libraries()
        self._library_folders = {library.folder for library in self.libraries.values()}

    def _walk(self):
        for folder, folders, files in os.walk(self.root):
            folders[:] = [f for f in folders if f not in SKIPPED]
            for file in files:
                if file in SKIPPED:  # a linked worktree's .git is a file
                    continue
                yield os.path.relpath(os.path.join(folder, file), self.root)

    def text(self, path):
        if path not in self._text:
            self._text[path] = (self.root / path).read_text(encoding="utf-8", errors="replace")
        return self._text[path]

    def has(self, path):
        return path in self._known

    def is_code(self, path):
        """Code by its ending, or by its first line (scripts without one)."""
        suffix = os.path.splitext(path)[1]
        return suffix in CODE or (suffix == "" and self.text(path).startswith("#!"))

    def cpp_files(self):
        return [f for f in self.files if os.path.splitext(f)[1] in CPP]

    def includes(self, path):
        found = []
        for number, line in enumerate(self.text(path).split("\n"), 1):
            match = _INCLUDE.match(line)
            if match:
                found.append(Include(number, match.group(1) or match.group(2), match.group(1) is None))
        return found

    def folder_of(self, path):
        """The folder with a library that path belongs to; without one, the folder it lies in."""
        folder = here = os.path.dirname(path)
        while folder:
            if folder in self._library_folders:
                return folder
            folder = os.path.dirname(folder)
        return here

    def _read_libraries(self):
        libraries = {}
        for path in self.files:
            if os.path.basename(path) != "CMakeLists.txt":
                continue
            text = re.sub(r"#[^\n]*", "", self.text(path))
            for call in _LIBRARY.finditer(text):
                words = call.group(1).split()
                library = Library(words[0], os.path.dirname(path), _words_after(words, "DEPS"))
                libraries[library.name] = library
        return libraries


def _words_after(words, keyword):
    taken, taking = [], False
    for word in words[1:]:
        if word in ("SOURCES", "DEPS", "EXTERNAL"):
            taking = word == keyword
        elif taking:
            taken.append(word)
    return taken
