"""An emulator process with its serial line in our hands."""

import os
import pty
import re
import select
import subprocess
import tempfile
import time
from pathlib import Path

# What a guest says when there is no use in waiting any longer.
DEAD = re.compile(rb"Kernel panic|Oops:|BUG: |Attempted to kill init")


class Failure(AssertionError):
    """What was expected, and the end of what came instead."""


class Console:
    """with Console(argv) as console: console.wait_for("ready"); console.send("reboot\\n"); ...

    terminal=True gives the process a pseudo-terminal for stdin and stdout, else pipes. stderr is always a
    pipe of its own. Times are seconds of the host. Leaving the block kills what still runs."""

    def __init__(self, argv, terminal=False):
        self.argv = [str(a) for a in argv]
        self.output = b""   # everything from stdout so far
        self.errors = b""   # everything from stderr so far
        self._searched = 0  # wait_for looks behind its last match only
        self._started = time.monotonic()
        if terminal:
            self._master, slave = pty.openpty()
            self.process = subprocess.Popen(self.argv, stdin=slave, stdout=slave, stderr=subprocess.PIPE)
            os.close(slave)
            self._input = self._output = self._master
        else:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE)
            self._master = None
            self._input = self.process.stdin.fileno()
            self._output = self.process.stdout.fileno()
        self._open = {self._output, self.process.stderr.fileno()}

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._master is not None:
            os.close(self._master)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass

    def wait_for(self, pattern, seconds=120):
        """Waits until the regular expression matches what came after the last match; gives the match.

        Text comes in pieces: a pattern that ends in a repetition should say what follows it."""
        expression = re.compile(pattern.encode() if isinstance(pattern, str) else pattern, re.MULTILINE)
        deadline = time.monotonic() + seconds
        while True:
            match = expression.search(self.output, self._searched)
            if match:
                self._searched = match.end()
                return match
            if DEAD.search(self.output):
                self._pump(time.monotonic() + 1)
                raise self._failure(f"the guest died while waiting for {pattern!r}")
            if not self._open:
                raise self._failure(f"the emulator ended (status {self._status(5)}) before {pattern!r}")
            if time.monotonic() >= deadline:
                raise self._failure(f"no {pattern!r} within {seconds} s")
            self._pump(deadline)

    def read_for(self, seconds):
        """Takes in what comes during that time, whatever it is."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._open:
            self._pump(deadline)

    def expect_silence(self, seconds):
        """Nothing may come on stdout for that long."""
        before = len(self.output)
        self.read_for(seconds)
        if len(self.output) != before:
            raise self._failure(f"expected silence, got {self.output[before:before + 80]!r}")

    def send(self, text):
        os.write(self._input, text.encode() if isinstance(text, str) else text)

    def wait_exit(self, seconds=60, status=0):
        """Waits for the process to end by itself with that status (None: with any)."""
        deadline = time.monotonic() + seconds
        while self._open and time.monotonic() < deadline:
            self._pump(deadline)
        got = self._status(max(0.1, deadline - time.monotonic()))
        if got is None:
            raise self._failure(f"still running after {seconds} s")
        if status is not None and got != status:
            raise self._failure(f"exit status {got}, expected {status}")
        return got

    def cpu_seconds(self):
        """Processor time the process has used, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise self._failure("no VmRSS")

    def _pump(self, deadline):
        """Reads what there is, waiting for it until the deadline but never longer than half a second."""
        wait = min(0.5, max(0.0, deadline - time.monotonic()))
        ready, _, _ = select.select(list(self._open), [], [], wait)
        for descriptor in ready:
            try:
                data = os.read(descriptor, 65536)
            except OSError:  # a pseudo-terminal whose other side is gone
                data = b""
            if not data:
                self._open.discard(descriptor)
            elif descriptor == self._output:
                self.output += data
            else:
                self.errors += data

    def _status(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def _failure(self, what):
        folder = Path(os.environ.get("DUET_TEST_LOGS", tempfile.gettempdir()))
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="console.", suffix=".log", delete=False) as log:
            log.write(b"# " + " ".join(self.argv).encode() + b"\n" + self.output)
            log.write(b"\n# stderr\n" + self.errors)
        tail = b"\n".join(self.output.split(b"\n")[-25:]).decode(errors="replace")
        return Failure(f"{what}\n  after {time.monotonic() - self._started:.1f} s of: {' '.join(self.argv)}\n"
                       f"  stderr: {self.errors[-600:].decode(errors='replace')}\n"
                       f"  whole transcript: {log.name}\n  its end:\n{tail}")
