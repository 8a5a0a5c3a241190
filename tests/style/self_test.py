#!/usr/bin/env python3
"""The checks themselves: a clean tree passes, and each planted violation is found."""

import shutil
import tempfile
import unittest
from pathlib import Path

from duet_style import cycles, formatting, includes, length, libraries, readmes, text
from duet_style.tree import Tree

CLEAN = {
    "core/base/CMakeLists.txt": "duet_library(core_base SOURCES types.cpp)\n",
    "core/base/README.md": "# core/base\n",
    "core/base/types.h": "#pragma once\n",
    "core/base/types.cpp": '#include "core/base/types.h"\n',
    "core/bus/CMakeLists.txt": "duet_library(core_bus SOURCES bus.cpp DEPS core_base EXTERNAL fmt::fmt)\n",
    "core/bus/README.md": "# core/bus\n",
    "core/bus/bus.h": '#pragma once\n\n#include "core/base/types.h"\n',
    "core/bus/bus.cpp": '#include "core/bus/bus.h"\n\n#include <vector>\n',
    "hw/irq/CMakeLists.txt": "# the old pair\nduet_library(hw_irq\n  SOURCES pic.cpp\n  DEPS core_base core_bus)\n",
    "hw/irq/README.md": "# hw/irq\n",
    "hw/irq/pic.cpp": '#include "core/base/types.h"\n#include "core/bus/bus.h"\n',
    "tests/unit/README.md": "# tests/unit\n",
    "tests/unit/bus/bus_test.cpp": '#include "core/bus/bus.h"\n\n#include "hw/irq/pic.cpp"\n',
    ".clang-format": "BasedOnStyle: Google\n",
}


class StyleTest(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        for path, content in CLEAN.items():
            self.write(path, content)

    def write(self, path, content):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(content, encoding="utf-8")

    def found(self, check, *parts):
        """check finds exactly one problem, and it names all parts."""
        problems = check(Tree(self.root))
        self.assertEqual(len(problems), 1, problems)
        for part in parts:
            self.assertIn(part, problems[0])

    def test_clean_tree_passes(self):
        for check in (includes, libraries, cycles, length, readmes, text, formatting):
            self.assertEqual(check.check(Tree(self.root)), [], check.__name__)

    def test_unformatted_file(self):
        self.write("core/base/ugly.cpp", "int  a( ) {return 1 ;}\n")
        self.found(formatting.check, "core/base/ugly.cpp:1")

    def test_core_including_a_device(self):
        self.write("hw/irq/pic.h", "#pragma once\n")
        self.write("core/bus/bus.cpp", '#include "hw/irq/pic.h"\n')
        self.found(includes.check, "core/bus/bus.cpp:1", "core/bus must not include hw/irq")

    def test_device_including_an_engine(self):
        self.write("cpu-tcg/isa/decoder.h", "#pragma once\n")
        self.write("hw/irq/pic.cpp", '#include "cpu-tcg/isa/decoder.h"\n')
        self.found(includes.check, "hw/irq must not include cpu-tcg/isa")

    def test_engine_including_an_engine(self):
        self.write("cpu-tcg/isa/decoder.h", "#pragma once\n")
        self.write("cpu-kvm/vcpu/vcpu.cpp", '#include "cpu-tcg/isa/decoder.h"\n')
        self.found(includes.check, "cpu-kvm/vcpu must not include cpu-tcg/isa")

    def test_low_core_including_high_core(self):
        self.write("core/base/types.cpp", '#include "core/bus/bus.h"\n')
        self.found(includes.check, "core/base must not include core/bus")

    def test_program_including_a_test(self):
        self.write("tests/unit/bus/mock.h", "#pragma once\n")
        self.write("ui/app/main.cpp", '#include "tests/unit/bus/mock.h"\n')
        self.found(includes.check, "ui/app must not include tests/unit/bus")

    def test_device_including_the_board(self):
        self.write("hw/board/pc.h", "#pragma once\n")
        self.write("hw/irq/pic.cpp", '#include "hw/board/pc.h"\n')
        self.found(includes.check, "hw/irq must not include hw/board")

    def test_device_including_the_host_side(self):
        self.write("hw/host/qcow2.h", "#pragma once\n")
        self.write("hw/irq/pic.cpp", '#include "hw/host/qcow2.h"\n')
        self.found(includes.check, "hw/irq must not include hw/host")

    def test_include_not_from_the_root(self):
        self.write("core/bus/bus.cpp", '#include "bus.h"\n')
        self.found(includes.check, "core/bus/bus.cpp:1", "no file of this tree")

    def test_fenced_headers(self):
        for header in ("linux/kvm.h", "llvm/IR/Module.h", "asmjit/x86.h", "SDL2/SDL.h"):
            self.write("hw/irq/pic.cpp", f"#include <{header}>\n")
            self.found(includes.check, "hw/irq/pic.cpp:1", header, "only")

    def test_fenced_header_at_home(self):
        self.write("cpu-tcg/native/stub.cpp", "#include <asmjit/x86.h>\n")
        self.assertEqual(includes.check(Tree(self.root)), [])

    def test_undeclared_dependency(self):
        self.write("core/bus/CMakeLists.txt", "duet_library(core_bus SOURCES bus.cpp)\n")
        self.found(libraries.check, "core/bus/bus.h:3", "core_base")

    def test_declared_but_unused_dependency(self):
        self.write("hw/irq/pic.cpp", '#include "core/base/types.h"\n')
        self.found(libraries.check, "hw/irq/CMakeLists.txt", "core_bus", "includes nothing")

    def test_dependency_that_comes_with_a_header(self):
        self.write("hw/irq/pic.cpp", '#include "core/bus/bus.h"\n')
        self.assertEqual(libraries.check(Tree(self.root)), [])

    def test_unknown_dependency(self):
        self.write("core/base/CMakeLists.txt", "duet_library(core_base SOURCES types.cpp DEPS core_nosuch)\n")
        self.found(libraries.check, "core_nosuch", "no duet_library")

    def test_cycle(self):
        self.write("core/bus/bus.cpp", '#include "hw/irq/pic.cpp"\n')
        self.found(cycles.check, "core/bus", "hw/irq", "include each other")

    def test_long_file(self):
        self.write("core/base/long.cpp", "int a;\n" * 601)
        self.found(length.check, "core/base/long.cpp", "601 lines")

    def test_long_script_without_ending(self):
        self.write("tools/dev", "#!/bin/bash\n" + "true\n" * 600)
        self.found(length.check, "tools/dev", "601 lines")

    def test_missing_readme(self):
        (self.root / "hw/irq/README.md").unlink()
        self.found(readmes.check, "hw/irq/README.md", "missing")

    def test_long_readme(self):
        self.write("tests/unit/README.md", "a line\n" * 61)
        self.found(readmes.check, "tests/unit/README.md", "more than 60")

    def test_reminder(self):
        self.write("core/base/types.cpp", "int a;\n// TO" + "DO: more\n")
        self.found(text.check, "core/base/types.cpp:2", "TO" + "DO")

    def test_machine_path(self):
        self.write("hw/irq/README.md", "see /ho" + "me/someone/notes\n")
        self.found(text.check, "hw/irq/README.md:1", "one machine")


if __name__ == "__main__":
    unittest.main()
