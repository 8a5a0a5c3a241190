"""The terminal and the serial port: a shell to work in, the escape keys, where output can go."""

import os
import pty
import re
import select
import socket
import tempfile
import time
import unittest
from pathlib import Path

import material
from console import Console
from machine import PROMPT, READY, arguments, boot

CTRL_A = b"\x01"
CTRL_C = b"\x03"


class Shell(unittest.TestCase):
    def test_commands_and_power_off(self):
        with boot(terminal=True) as console:
            console.wait_for(READY)
            console.wait_for(PROMPT)
            # The echo of what was typed does not contain the sum.
            console.send("echo sum-$((40000 + 2))-$(uname -m)\n")
            console.wait_for("sum-40002-x86_64")
            console.wait_for(PROMPT)
            console.send("sleep 1000\n")
            time.sleep(1)
            console.send(CTRL_C)
            console.wait_for(PROMPT)
            console.send("echo status-$(($? + 0))\n")
            console.wait_for("status-130")
            console.send("poweroff -f\n")
            console.wait_exit(status=0)

    def test_long_line_arrives_whole(self):
        # More than the receiver's sixteen bytes of buffer, at once.
        line = "".join(chr(ord("a") + i % 26) for i in range(700))
        with boot(terminal=True) as console:
            console.wait_for(PROMPT)
            console.send(f"echo {line} | md5sum | cut -c 1-32 | sed s/^/sum-/\n")
            import hashlib
            console.wait_for("sum-" + hashlib.md5(f"{line}\n".encode()).hexdigest())
            console.send("exit\n")
            console.wait_exit(status=0)


class Keys(unittest.TestCase):
    def test_ctrl_a_x_leaves(self):
        with boot(terminal=True) as console:
            console.wait_for(PROMPT)
            console.send(CTRL_A + b"x")
            console.wait_exit(seconds=10, status=0)

    def test_ctrl_a_x_leaves_during_boot(self):
        with boot(terminal=True) as console:
            console.wait_for("Linux version")
            console.send(CTRL_A + b"x")
            console.wait_exit(seconds=10, status=0)

    def test_ctrl_a_h_helps(self):
        with boot(terminal=True) as console:
            console.wait_for(PROMPT)
            console.send(CTRL_A + b"h")
            console.wait_for(r"(C-a|Ctrl-A) x\s", seconds=10)
            console.send("echo still-$((1 + 1))\n")
            console.wait_for("still-2")

    @unittest.skipUnless(material.testing_duet(), "a key of duet's")
    def test_ctrl_a_e_changes_the_engine_or_says_why_not(self):
        with boot(terminal=True) as console:
            console.wait_for(PROMPT)
            console.send(CTRL_A + b"e")
            console.send("echo still-$((1 + 1))\n")
            console.wait_for("still-2")
            for _ in range(100):
                console.send("echo again-$((2 + 1))\n")
                console.wait_for("again-3")
                if b"engine" in console.errors:
                    break
                time.sleep(0.1)
            self.assertRegex(console.errors.decode(),
                             r"engine kvm goes on after a pause|the engine is not changed: .*kvm")

    def test_ctrl_a_twice_sends_it(self):
        with boot(terminal=True) as console:
            console.wait_for(PROMPT)
            # Ctrl-A moves to the start of the line in the shell's editor.
            console.send(b"ho start-$((5 * 5))" + CTRL_A + CTRL_A + b"ec\n")
            console.wait_for("start-25")


class Backends(unittest.TestCase):
    """-display none with a serial port of each kind."""

    def arguments(self, *options):
        return [a for a in arguments(*options, test="memory") if a != "-nographic"] + ["-display", "none"]

    def test_stdio(self):
        with Console(self.arguments("-serial", "stdio")) as console:
            console.wait_for("memory: copies agree")
            console.wait_exit()

    def test_file(self):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "serial.log"
            with Console(self.arguments("-serial", f"file:{log}")) as console:
                console.wait_exit(seconds=180)
            self.assertIn("memory: copies agree", log.read_text(errors="replace"))

    def test_null(self):
        with Console(self.arguments("-serial", "null")) as console:
            console.wait_exit(seconds=180)
            self.assertEqual(console.output, b"")

    def test_unix(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "serial"
            with Console(self.arguments("-serial", f"unix:{path},server=on,wait=on")) as console:
                text = self.read_socket(path)
                console.wait_exit(seconds=60)
            self.assertIn(b"memory: copies agree", text)

    def read_socket(self, path):
        deadline = time.monotonic() + 20
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(path))
            return drain(line.fileno())

    def test_pty(self):
        with Console(self.arguments("-serial", "pty")) as console:
            name = self.name_of_terminal(console)
            descriptor = os.open(name, os.O_RDWR | os.O_NOCTTY)
            self.assertIn(b"memory: copies agree", drain(descriptor))
            os.close(descriptor)
            console.wait_exit(seconds=60)

    def name_of_terminal(self, console):
        # QEMU says it on stdout, duet on stderr, where messages belong.
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            console.read_for(0.2)
            found = re.search(rb"(/dev/pts/\d+)\s", console.output + console.errors)
            if found:
                return found.group(1).decode()
        self.fail("no pseudo-terminal is named")

    def test_stopped_machine_is_silent(self):
        with boot("-S") as console:
            console.expect_silence(4)
            console.send(CTRL_A + b"x")
            console.wait_exit(seconds=10, status=0)


class Terminal(unittest.TestCase):
    def test_settings_are_given_back(self):
        import termios
        master, slave = pty.openpty()
        before = termios.tcgetattr(slave)
        try:
            self.leave_with_keys(master, slave)
            self.assertEqual(termios.tcgetattr(slave)[:4], before[:4])
        finally:
            os.close(master)
            os.close(slave)

    def leave_with_keys(self, master, slave):
        import subprocess
        with subprocess.Popen(arguments(), stdin=slave, stdout=slave, stderr=subprocess.PIPE) as process:
            seen = b""
            while b"Linux version" not in seen and select.select([master], [], [], 60)[0]:
                seen += os.read(master, 4096)
            os.write(master, CTRL_A + b"x")
            try:
                self.assertEqual(process.wait(20), 0)
            finally:
                process.kill()


def drain(descriptor, seconds=180):
    """All that comes until the other side closes."""
    data, deadline = b"", time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not select.select([descriptor], [], [], 1)[0]:
            continue
        try:
            piece = os.read(descriptor, 65536)
        except OSError:
            break
        if not piece:
            break
        data += piece
    return data
