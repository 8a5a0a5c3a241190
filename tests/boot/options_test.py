"""Wrong command lines: one clear line on stderr, status 1, nothing started."""

import subprocess
import tempfile
import unittest
from pathlib import Path

import images
import material

KERNEL = str(material.KERNEL)

# What to pass; what the one line must name.
MISTAKES = [
    (["-m", "0"], ["-m"]),
    (["-m", "1P"], ["-m"]),
    (["-m", "-5"], ["-m"]),
    (["-m", "12x"], ["-m", "12x"]),
    (["-m", "99999999999999999999G"], ["-m"]),
    (["-smp", "0"], ["-smp"]),
    (["-smp", "many"], ["-smp", "many"]),
    (["-smp", "100000"], ["-smp"]),
    (["-cpu", "nosuch"], ["-cpu", "nosuch"]),
    (["-cpu", "max,+nosuchflag"], ["nosuchflag"]),
    (["-M", "nosuch"], ["nosuch"]),
    (["-accel", "nosuch"], ["-accel", "nosuch"]),
    (["-accel", "tcg,tier=nosuch"], ["tier", "nosuch"]),
    (["-perfmap", "-accel", "tcg,tier=interp"], ["-perfmap", "baseline"]),
    (["-accel", "tcg,tier=interp,gdb-jit=on"], ["gdb-jit", "baseline"]),
    (["-accel", "tcg,gdb-jit=perhaps"], ["gdb-jit", "perhaps"]),
    (["-accel", "tcg,cache="], ["cache", "folder"]),
    (["-accel", "tcg,tier=baseline,cache=/nonexistent"], ["cache", "tier=baseline"]),
    (["-d", "in_asm,nosuch"], ["-d", "nosuch"]),
    (["-d", "exec", "-D", "/nonexistent/folder/log"], ["/nonexistent/folder/log", "No such file"]),
    (["-device", "nosuch"], ["nosuch"]),
    (["-device", "isa-debug-exit,nosuch=1"], ["nosuch"]),
    (["-serial", "nosuch:thing"], ["-serial", "nosuch"]),
    (["-serial", "file:/nonexistent/folder/log"], ["/nonexistent/folder/log", "No such file"]),
    (["-display", "nosuch"], ["-display", "nosuch"]),
    (["-kernel", KERNEL, "-rtc", "base=nosuch"], ["nosuch"]),
    (["-nosuch"], ["-nosuch"]),
    (["-kernal", "x"], ["-kernal", "-kernel"]),
    (["-apend", "x"], ["-apend", "-append"]),
    (["stray"], ["stray"]),
    (["-kernel"], ["-kernel"]),
    (["-kernel", KERNEL, "-m"], ["-m"]),
    (["-kernel", "/nonexistent/kernel"], ["/nonexistent/kernel", "No such file"]),
    (["-kernel", "/"], ["kernel", "directory"]),
    (["-kernel", KERNEL, "-initrd", "/nonexistent/initrd"], ["/nonexistent/initrd", "No such file"]),
    (["-bios", "/nonexistent/bios"], ["/nonexistent/bios", "No such file"]),
    (["-bios", "/dev/null"], ["/dev/null", "regular file"]),
    (["-initrd", KERNEL], ["-kernel"]),
    (["-append", "x"], ["-kernel"]),
]

# How to make a broken kernel; what the line must name.
HALF = 1 << 63
BROKEN_KERNELS = {
    "truncated bzImage": lambda out: images.truncated(material.KERNEL, out, 100_000),
    "bzImage cut in its setup": lambda out: images.truncated(material.KERNEL, out, 0x230),
    "empty file": lambda out: images.truncated(material.KERNEL, out, 0),
    "text file": lambda out: (out.write_text("not a kernel\n" * 500), out)[1],
    "ELF header alone": lambda out: (images.elf(out), images.truncated(out, out, 40))[1],
    "ELF without program headers": lambda out: images.elf(out),
    "ELF headers past its end": lambda out: images.elf(out, phoff=1 << 40, phnum=3),
    "ELF with 65535 headers": lambda out: images.elf(out, phnum=0xFFFF),
    "ELF with odd header size": lambda out: images.elf(out, headers=[(1, 0, 1 << 20, 16, 16)], phentsize=3),
    "ELF segment past its end": lambda out: images.elf(out, headers=[(1, 1 << 40, 1 << 20, 4096, 4096)]),
    "ELF segment that wraps": lambda out: images.elf(out, headers=[(1, 0, HALF * 2 - 4096, 4096, 8192)]),
    "ELF segment far above RAM": lambda out: images.elf(out, headers=[(1, 0, 1 << 45, 64, 64)]),
    "ELF segment of 2^63 bytes": lambda out: images.elf(out, headers=[(1, 0, 1 << 20, HALF, HALF)]),
    "ELF filesz over memsz": lambda out: images.elf(out, headers=[(1, 0, 1 << 20, 4096, 16)]),
    "ELF of another machine": lambda out: images.elf(out, headers=[(1, 0, 1 << 20, 64, 64)], machine=183),
}


class Mistakes(unittest.TestCase):
    def assert_refused(self, options, names):
        # A serial port on stdout would show a machine that started.
        done = subprocess.run([*material.emulator(), *options], text=True, check=False, timeout=30,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = f"{options}: status {done.returncode}, stderr {done.stderr!r}"
        self.assertEqual(done.returncode, 1, said)
        self.assertEqual(done.stdout, "", said)
        self.assertEqual(len(done.stderr.rstrip("\n").split("\n")), 1, said)
        self.assertLess(len(done.stderr), 400, said)
        for name in names:
            self.assertIn(name, done.stderr, said)

    def test_options(self):
        for options, names in MISTAKES:
            with self.subTest(options=options):
                self.assert_refused([*options, "-display", "none"] if options[-1] not in ("-kernel", "-m")
                                    else options, names)

    def test_broken_kernels(self):
        with tempfile.TemporaryDirectory() as folder:
            for title, make in BROKEN_KERNELS.items():
                path = make(Path(folder) / (title.replace(" ", "-") + ".img"))
                with self.subTest(kernel=title):
                    self.assert_refused(["-kernel", str(path), "-nographic"], [path.name])

    def test_initrd_larger_than_ram(self):
        with tempfile.TemporaryDirectory() as folder:
            initrd = Path(folder) / "big.initrd"
            with open(initrd, "wb") as file:
                file.truncate(200 << 20)
            self.assert_refused(["-m", "128", "-kernel", KERNEL, "-initrd", str(initrd), "-nographic"],
                                ["big.initrd"])


class Answers(unittest.TestCase):
    """Options that print something and leave with status 0."""

    def answer(self, *options):
        done = subprocess.run([*material.emulator(), *options], text=True, check=False, timeout=30,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (0, ""), options)
        return done.stdout

    def test_version(self):
        self.assertRegex(self.answer("-version"), r"\d+\.\d+\.\d+")

    def test_help_lists_every_option(self):
        text = self.answer("-help")
        for option in ("-m", "-smp", "-cpu", "-M", "-machine", "-accel", "-kernel", "-initrd", "-append", "-bios",
                       "-serial", "-nographic", "-display", "-nodefaults", "-no-reboot", "-no-shutdown",
                       "-device", "-d", "-D", "-S", "-name", "-rtc", "-version", "-help"):
            self.assertRegex(text, rf"(?m)(^|[\s,/]){option}\b", option)

    def test_lists(self):
        self.assertIn("max", self.answer("-cpu", "help"))
        self.assertIn("tcg", self.answer("-accel", "help"))
        self.assertIn("q35", self.answer("-M", "help"))
        self.assertIn("isa-debug-exit", self.answer("-device", "help"))
