"""SeaBIOS by -bios, read through its debug port."""

import tempfile
import unittest
from pathlib import Path

import material
from console import Console

SEABIOS = Path("/usr/share/seabios")
DEBUG_PORT = "0x402"


def debug_port(path):
    """Options that write what comes out of SeaBIOS's debug port to a file."""
    if material.testing_duet():
        return ["-device", f"isa-debugcon,iobase={DEBUG_PORT},chardev=file:{path}"]
    return ["-chardev", f"file,id=debug,path={path}", "-device", f"isa-debugcon,iobase={DEBUG_PORT},chardev=debug"]


class SeaBios(unittest.TestCase):
    def start(self, image, log, *options):
        return Console([*material.emulator(), "-bios", SEABIOS / image, "-m", "256", "-nodefaults", "-display",
                        "none", "-serial", "null", *debug_port(log), *options])

    def run_to_end(self, image, *options):
        """What SeaBIOS says until it gives up looking for something to boot."""
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "debug.log"
            log.touch()
            with self.start(image, log, *options) as console:
                for _ in range(120):
                    console.expect_silence(0.5)
                    if "No bootable device" in log.read_text(errors="replace"):
                        break
                text = log.read_text(errors="replace")
        self.assertIn("No bootable device", text)
        return text

    def test_finds_the_machine(self):
        text = self.run_to_end("bios-256k.bin", "-smp", "2")
        self.assertRegex(text, r"SeaBIOS \(version \d")
        self.assertRegex(text, r"Found 2 cpu\(s\) max supported 2 cpu\(s\)")
        self.assertRegex(text, r"RamSize: 0x10000000|len 0x0*10000000 \[RAM\]")
        self.assertNotRegex(text, r"(?i)warning|panic|internal error|unable to")

    def test_small_image(self):
        self.assertRegex(self.run_to_end("bios.bin"), r"SeaBIOS \(version \d")

    def test_takes_its_smi(self):
        """SeaBIOS moves SMBASE by an SMI when there is SMM, and leaves it alone when there is none."""
        for smm, smis in (("on", 1), ("off", 0)):
            with tempfile.TemporaryDirectory() as folder:
                log = Path(folder) / "int.log"
                self.run_to_end("bios-256k.bin", "-machine", f"q35,smm={smm}", "-d", "int", "-D", log)
                self.assertEqual(log.read_text(errors="replace").count(" SMI at "), smis)
