"""SeaBIOS entered again: after ACPI S3, and after INIT. gdb puts the guest's program in place."""

import unittest

import material
from firmware_test import SEABIOS, debug_port
from gdb_test import GdbCase

PROGRAM = material.SCRATCH / "resume.bin"
AT = 0x8000
SLEEP, WAKE, KEYBOARD, PORT92 = AT, AT + 0x100, AT + 0x200, AT + 0x300  # resume/resume.S
BIOS_SEGMENT = 0xF0000


@unittest.skipUnless(material.testing_duet(), "sets segment bases, which QEMU does not take")
class Resume(GdbCase):
    def setUp(self):
        super().setUp()
        self.log = self.place.path.parent / "debug.log"
        self.log.touch()

    def said(self):
        return self.log.read_text(errors="replace")

    def wait_until_said(self, machine, words, begin=0):
        for _ in range(240):
            if words in self.said()[begin:]:
                return
            machine.read_for(0.25)
        self.fail(f"no {words!r} in {self.said()[begin:]!r}")

    def word(self, address):
        return self.gdb.value(f"*(unsigned int *){address:#x}")

    def tables(self):
        """The addresses in the XSDT, by way of the RSDP in the shadow."""
        shadow = self.gdb.bytes_at(BIOS_SEGMENT, 0x10000)
        rsdp = next(at for at in range(0, len(shadow), 16)
                    if shadow[at:at + 8] == b"RSD PTR " and sum(shadow[at:at + 20]) % 256 == 0)
        xsdt = int.from_bytes(shadow[rsdp + 24:rsdp + 32], "little")
        return [self.word(at) for at in range(xsdt + 36, xsdt + self.word(xsdt + 4), 8)]

    def facs(self):
        fadt = next(table for table in self.tables() if self.gdb.bytes_at(table, 4) == b"FACP")
        return self.word(fadt + 36)

    def idle_firmware(self, *options):
        """SeaBIOS when it has found nothing to boot, stopped, with the program in memory."""
        self.machine = self.start("-bios", SEABIOS / "bios-256k.bin", "-serial", "null", *debug_port(self.log), *options)
        self.gdb = self.gdb()
        self.gdb.start("continue")
        self.wait_until_said(self.machine, "No bootable device")
        self.gdb.interrupt()
        self.gdb.ask(f"restore {PROGRAM} binary {AT:#x}")

    def run_at(self, address):
        """Gives back how much had been said before."""
        self.assertEqual(self.gdb.value("$cr0 & 1"), 0, "SeaBIOS waits in real mode")
        for register, value in (("cs", 0), ("cs_base", 0), ("rip", address)):
            self.gdb.ask(f"set var ${register} = {value:#x}")
        begin = len(self.said())
        self.gdb.start("continue")
        return begin

    def test_s3(self):
        self.idle_firmware()
        self.gdb.ask(f"set var *(unsigned int *){self.facs() + 12:#x} = {WAKE:#x}")
        begin = self.run_at(SLEEP)
        self.wait_until_said(self.machine, "W!", begin)
        resumed = self.said()[begin:]
        self.assertRegex(resumed, r"^ZIn resume \(status=254\)")
        self.assertIn("Jump to resume vector (8000)".replace("8000", f"{WAKE:x}"), resumed)

    def initialised_by(self, program):
        self.idle_firmware("-no-reboot")
        begin = self.run_at(program)
        self.machine.wait_exit(60)
        self.assertRegex(self.said()[begin:], r"^In resume \(status=0\)[^$]*hard reboot")

    def test_keyboard_controller(self):
        self.initialised_by(KEYBOARD)

    def test_port_92(self):
        self.initialised_by(PORT92)
