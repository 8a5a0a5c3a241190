"""Debian's gdb, driven command by command."""

import re
import signal

from console import Console

# What gdb says when a stub misbehaves. (That it knows no program is no complaint about us.)
COMPLAINT = re.compile(r"too long|emote|rotocol|Cannot|nvalid|arning|rror|gnor", re.MULTILINE)
NO_PROGRAM = re.compile(r"warning: No executable has been specified.*\n.*\n")


class Gdb(Console):
    """with Gdb(place, program) as gdb: gdb.ask("break tick"); ...

    Connects to `place` (what `target remote` takes) at once. Every command must pass without complaint but those of
    told(). Answers come without the prompt."""

    PROMPT = r"\(gdb\) "

    def __init__(self, place, program=None):
        super().__init__(["gdb", "-q", "-nx", *([program] if program else [])])
        self.wait_for(self.PROMPT, 60)
        for setting in ("pagination off", "confirm off", "width 0", "remotetimeout 30"):
            self.ask(f"set {setting}")
        self.ask(f"target remote {place}")

    def start(self, command):
        """Gives a command without waiting for its end."""
        self._begun = self._searched
        self.send(command + "\n")

    def finish(self, seconds=60):
        """Waits for the end of what start() began."""
        match = self.wait_for(self.PROMPT, seconds)
        self.read_for(0)
        answer = self.output[self._begun:match.start()].decode(errors="replace")
        complaints = NO_PROGRAM.sub("", self.errors.decode(errors="replace"))
        if COMPLAINT.search(complaints) or "too long" in answer:
            raise self._failure(f"gdb complains: {complaints}")
        return answer

    def ask(self, command, seconds=60):
        self.start(command)
        return self.finish(seconds)

    def told(self, command):
        """What a command says on standard error: a complaint that must come, a monitor command's answer."""
        self.start(command)
        self.wait_for(self.PROMPT, 60)
        self.read_for(0.2)
        text, self.errors = self.errors.decode(errors="replace"), b""
        return text

    def interrupt(self):
        """Ctrl-C; gives what gdb says when the machine has stopped."""
        self.process.send_signal(signal.SIGINT)
        return self.finish()

    def value(self, expression):
        """An expression's value as a number."""
        match = re.search(r"value (-?\d+)", self.ask(f'printf "value %ld\\n", (long)({expression})'))
        if not match:
            raise self._failure(f"no value for {expression}")
        return int(match.group(1)) % 2**64

    def bytes_at(self, address, count):
        words = re.findall(r"\t0x([0-9a-f]{2})\b", self.ask(f"x/{count}xb {address}"))
        return bytes(int(word, 16) for word in words)
