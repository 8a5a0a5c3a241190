"""Debian's gdb on the machine, from the first instruction through every mode."""

import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

import material
from console import Console
from firmware_test import SEABIOS
from gdb import Gdb
from machine import PROMPT, READY, arguments

DEBUGGEE = material.SCRATCH / "debuggee.elf"
TRAMPOLINE = 0x8000  # as in debuggee/debuggee.h
ALIAS = 0xFFFF800000000000
QUIET = ["-bios", SEABIOS / "bios-256k.bin", "-display", "none", "-serial", "null"]
PROTECTED, LONG = 1, 1 << 10  # CR0.PE, EFER.LMA


class Place:
    """A folder of its own with the socket file that duet listens at."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "gdb"
        self.options = ["-S", "-gdb", f"unix:{self.path}"]
        return self

    def __exit__(self, *why):
        self._folder.cleanup()

    def wait(self, console):
        for _ in range(200):
            if self.path.exists():
                return
            console.read_for(0.1)
        raise AssertionError("nothing listens")


class GdbCase(unittest.TestCase):
    def setUp(self):
        self.place = self.enter(Place())

    def enter(self, context):
        value = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return value

    def start(self, *options):
        machine = self.enter(Console([*material.emulator(), *self.place.options, "-nodefaults", "-display", "none",
                                      "-m", "128", *options]))
        self.place.wait(machine)
        return machine

    def gdb(self, program=None):
        return self.enter(Gdb(self.place.path, program))


@unittest.skipUnless(material.testing_duet(), "asks for registers that QEMU does not show")
class Modes(GdbCase):
    def test_all_modes_and_both_processors(self):
        machine = self.start("-kernel", DEBUGGEE, "-smp", "2")
        gdb = self.gdb(DEBUGGEE)
        # Before the first instruction: 32-bit protected mode.
        self.assertEqual(gdb.value("$rip"), gdb.value("&start32"))
        self.assertEqual((gdb.value("$cr0 & 1"), gdb.value("$efer")), (PROTECTED, 0))
        threads = gdb.ask("info threads")
        self.assertRegex(threads, r"\* 1 +Thread 1 \(vCPU 0 \[running\]\) +start32")
        self.assertRegex(threads, r" 2 +Thread 2 \(vCPU 1 \[waits for SIPI\]\)")
        self.assertIn("lgdt", gdb.ask("stepi"))
        # A kernel symbol, in long mode.
        gdb.ask("break kernelMain")
        self.assertRegex(gdb.ask("continue"), r"Breakpoint 1, kernelMain")
        self.assertEqual(gdb.value("$efer") & LONG, LONG)
        self.assertRegex(gdb.ask("bt"), r"#0 +kernelMain.*\n#1 .* in start64")
        # The second processor comes out of its SIPI in real mode.
        gdb.ask(f"break *{TRAMPOLINE:#x}")
        self.assertIn("Switching to Thread 2", gdb.ask("continue"))
        self.assertEqual((gdb.value("$rip"), gdb.value("$cs"), gdb.value("$cs_base"), gdb.value("$linear_pc")),
                         (0, TRAMPOLINE >> 4, TRAMPOLINE, TRAMPOLINE))
        self.assertEqual(gdb.value("$cr0") & PROTECTED, 0)
        for rip in (1, 8):  # cli; lgdtl %cs:disp16 with two prefixes
            gdb.ask("stepi")
            self.assertEqual(gdb.value("$rip"), rip)
        gdb.ask("break second32")
        self.assertIn("hit Breakpoint 3, second32", gdb.ask("continue"))
        self.assertEqual(gdb.value("$cr0") & PROTECTED, PROTECTED)
        gdb.ask("break secondMain")
        self.assertIn("hit Breakpoint 4, secondMain", gdb.ask("continue"))
        self.assertRegex(gdb.ask("bt"), r"#0 +secondMain.*\n#1 .* in second64")
        self.assertRegex(gdb.ask("info threads"), r"  1 .*kernelMain.*\n\* 2 .*secondMain")
        # Each has registers of its own.
        self.assertIn("kernelMain", gdb.ask("thread 1"))
        self.assertLess(gdb.value("$rsp"), gdb.value("&bootStack") + 1)
        gdb.ask("thread 2")
        self.assertGreater(gdb.value("$rsp"), gdb.value("&bootStack"))
        gdb.ask("delete")
        gdb.ask("kill")
        machine.wait_exit(30)

    def until_tick(self):
        self.start("-kernel", DEBUGGEE, "-smp", "2")
        gdb = self.gdb(DEBUGGEE)
        gdb.ask("break tick")
        self.assertIn("hit Breakpoint 1, tick", gdb.ask("continue"))
        return gdb

    def test_breakpoints_and_steps(self):
        gdb = self.until_tick()
        ticks = gdb.value("ticks")
        for _ in range(5):
            self.assertIn("Breakpoint 1, tick", gdb.ask("continue"))
            ticks += 1
            self.assertEqual(gdb.value("ticks"), ticks)
        gdb.ask("next")
        self.assertEqual(gdb.value("ticks"), ticks + 1)
        self.assertIn("Breakpoint 1, tick", gdb.ask("continue"))
        self.assertRegex(gdb.ask("step"), rf"twice \(value={ticks + 1}\)")
        self.assertRegex(gdb.ask("finish"), rf"Value returned is .* = {2 * (ticks + 1)}\n")
        self.assertRegex(gdb.ask("up"), r"kernelMain")
        # Hardware breakpoints, and conditions (gdb's own).
        gdb.ask("delete")
        gdb.ask(f"hbreak twice if value == {ticks + 20}")
        self.assertRegex(gdb.ask("continue"), rf"Breakpoint \d+, twice \(value={ticks + 20}\)")
        # A breakpoint is no byte of memory.
        self.assertEqual(gdb.bytes_at("&twice", 1), self.file_bytes("twice", 1))
        # What is written is what runs: "return value + value" becomes 77.
        gdb.ask("delete")
        gdb.ask("break tick")
        gdb.ask("continue")
        gdb.ask("set var ticks = 1000")
        gdb.ask("next")
        self.assertEqual(gdb.value("ticks"), 1001)
        gdb.ask("set $rax = 77")
        self.assertEqual(gdb.value("$rax"), 77)

    def file_bytes(self, symbol, count):
        text = subprocess.run(["gdb", "-q", "-nx", "-batch", "-ex", f"x/{count}xb &{symbol}", str(DEBUGGEE)],
                              check=True, capture_output=True, text=True).stdout
        return bytes(int(word, 16) for word in text.split("\t0x")[1:])

    def test_watchpoints(self):
        gdb = self.until_tick()
        gdb.ask("delete")
        gdb.ask("watch hundreds")
        for old in range(2):
            answer = gdb.ask("continue")
            self.assertRegex(answer, rf"Hardware watchpoint 2: hundreds\s+Old value = {old}\s+New value = {old + 1}\s")
            self.assertEqual(gdb.value("ticks") % 100, 0)
        gdb.ask("delete")
        gdb.ask("rwatch hundreds")
        self.assertRegex(gdb.ask("continue"), r"Hardware read watchpoint 3: hundreds\s+Value = 2\s")
        gdb.ask("delete")
        gdb.ask("awatch ticks")
        self.assertRegex(gdb.ask("continue"), r"Hardware access \(read/write\) watchpoint 4: ticks\s")
        gdb.ask("delete")
        gdb.ask("watch -l pattern[3]")  # nobody writes it
        gdb.start("continue")
        gdb.read_for(1)
        self.assertIn("SIGINT", gdb.interrupt())

    def test_memory(self):
        gdb = self.until_tick()
        expected = bytes(range(0xD0, 0xD8))
        pattern = gdb.value("&pattern")
        self.assertEqual(gdb.bytes_at(hex(pattern), 8), expected)
        self.assertEqual(gdb.bytes_at(hex(ALIAS + pattern), 8), expected)
        self.assertIn("Cannot access memory", gdb.told("x/xb 0x123456789000"))
        self.assertIn("Cannot access memory", gdb.told("x/xb 0xfee00020"))  # a device: the local APIC
        self.assertIn('"OK"', gdb.ask("maint packet Qqemu.PhyMemMode:1"))
        self.assertEqual(gdb.bytes_at(hex(pattern), 8), expected)
        self.assertIn("Cannot access memory", gdb.told(f"x/xb {ALIAS + pattern:#x}"))
        gdb.ask("set var pattern[1] = 0x42")
        gdb.ask("maint packet Qqemu.PhyMemMode:0")
        self.assertEqual(gdb.bytes_at(hex(ALIAS + pattern), 2), b"\xd0\x42")
        self.assertIn("Cannot access memory", gdb.told("x/xb 0x8000000000"))

    def test_processors_apart(self):
        gdb = self.until_tick()
        gdb.ask("delete")
        gdb.ask("set scheduler-locking on")
        gdb.ask("thread 2")
        ticks, seconds = gdb.value("ticks"), gdb.value("seconds")
        gdb.start("continue")
        gdb.read_for(0.5)
        gdb.interrupt()
        self.assertEqual(gdb.value("ticks"), ticks)
        self.assertGreater(gdb.value("seconds"), seconds + 1000)
        gdb.ask("set scheduler-locking off")
        gdb.start("continue")
        gdb.read_for(0.5)
        gdb.interrupt()
        self.assertGreater(gdb.value("ticks"), ticks)

    def test_connections_come_and_go(self):
        machine = self.start("-kernel", DEBUGGEE, "-smp", "2")
        with socket.socket(socket.AF_UNIX) as hostile:  # half a packet, nonsense, gone
            hostile.connect(str(self.place.path))
            hostile.sendall(b"$qSupported#37+++\x03\x03$vCont;c:7fffffff#00$m" + b"f" * 200000 + b"#00$Z9,")
        first = self.gdb(DEBUGGEE)
        first.ask("break tick")
        first.ask("continue")
        ticks = first.value("ticks")
        first.ask("disconnect")
        second = self.gdb(DEBUGGEE)
        self.assertEqual(second.value("ticks"), ticks)
        second.start("continue")  # the first one's breakpoint is gone
        second.read_for(1)
        self.assertIn("SIGINT", second.interrupt())
        self.assertGreater(second.value("ticks"), ticks)
        second.ask("detach")
        third = self.gdb(DEBUGGEE)  # stops what runs
        before = third.value("ticks")
        self.assertEqual(third.value("ticks"), before)
        self.assertIn("system_reset", third.told("monitor help"))
        third.ask("monitor quit")
        machine.wait_exit(30)


@unittest.skipUnless(material.testing_duet(), "asks for registers that QEMU does not show")
class Firmware(GdbCase):
    def test_from_the_reset_vector(self):
        image = (SEABIOS / "bios-256k.bin").read_bytes()
        self.start("-bios", SEABIOS / "bios-256k.bin", "-serial", "null")
        gdb = self.gdb()
        # SDM vol. 3 table 10-1.
        self.assertEqual([gdb.value(r) for r in ("$cs", "$rip", "$cs_base", "$linear_pc", "$cr0")],
                         [0xF000, 0xFFF0, 0xFFFF0000, 0xFFFFFFF0, 0x60000010])
        self.assertEqual(gdb.bytes_at("$linear_pc", 16), image[-16:])
        # The jump there is "ea offset segment".
        self.assertEqual(image[-16], 0xEA)
        gdb.ask("stepi")
        self.assertEqual(gdb.value("$rip"), int.from_bytes(image[-15:-13], "little"))
        self.assertEqual(gdb.value("$cs"), int.from_bytes(image[-13:-11], "little"))
        self.assertEqual(gdb.bytes_at("$linear_pc", 8), gdb.bytes_at("$cs * 16 + $rip", 8))
        for _ in range(500):
            if gdb.value("$cr0") & PROTECTED:
                break
            gdb.ask("stepi")
        self.assertEqual(gdb.value("$cr0") & PROTECTED, PROTECTED)
        for _ in range(20):
            gdb.ask("stepi")
        gdb.ask("info registers")
        gdb.start("continue")
        gdb.read_for(1)
        self.assertIn("SIGINT", gdb.interrupt())


@unittest.skipUnless(material.testing_duet(), "asks for registers that QEMU does not show")
class Linux(GdbCase):
    def test_kernel(self):
        machine = self.enter(Console(arguments("-smp", "2", *self.place.options)))
        self.place.wait(machine)
        gdb = self.gdb()
        gdb.ask("stepi")
        gdb.start("continue")
        machine.wait_for(READY, 240)
        machine.wait_for(PROMPT, 60)
        gdb.interrupt()
        self.assertRegex(gdb.ask("info threads"), r"Thread 1 [^\n]*\n.*Thread 2 ")
        # The kernel's entry for system calls is where LSTAR says, for whom has no symbols.
        entry = gdb.value("$lstar")
        self.assertGreater(entry, 0xFFFF800000000000)
        gdb.ask(f"break *{entry:#x}")
        gdb.start("continue")
        machine.send("true\n")
        answer = gdb.finish()
        self.assertIn("Breakpoint 1", answer)
        self.assertEqual((gdb.value("$rip"), gdb.value("$cs & 3")), (entry, 0))
        self.assertEqual(gdb.bytes_at("$rcx - 2", 2), b"\x0f\x05")  # the SYSCALL that RCX points behind
        self.assertNotEqual(gdb.value("$rsp") >> 63, 1)  # still the program's stack
        gdb.ask("stepi")
        self.assertNotEqual(gdb.value("$gs_base"), 0)  # SWAPGS
        gdb.ask("delete")
        gdb.ask("detach")
        machine.send("echo alive-$((6 * 7))\n")
        machine.wait_for("alive-42", 60)


class Options(unittest.TestCase):
    def refused(self, *options):
        done = subprocess.run([*material.emulator(), *QUIET, *options],
                              capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def test_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.assertRegex(self.refused("-gdb", f"tcp::{port}"), rf"-gdb: cannot listen at tcp::{port}: .*in use")

    def test_grammar(self):
        self.assertIn("-gdb 1234: ", self.refused("-gdb", "1234"))

    def test_loopback_alone(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with Console([*material.emulator(), *QUIET, "-S", "-gdb", f"tcp::{port}"]) as machine:
            for _ in range(100):
                machine.read_for(0.1)
                listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
                lines = [line.split()[1] for line in listening.splitlines() if f":{port:04X} 0" in line]
                if lines:
                    break
            self.assertEqual(lines, [f"0100007F:{port:04X}"])
            with Gdb(f"localhost:{port}") as gdb:
                gdb.ask("kill")
            machine.wait_exit(30)
