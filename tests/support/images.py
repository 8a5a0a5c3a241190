"""Kernel files from a few bytes: good ones and broken ones."""

import lzma
import struct
import subprocess


def truncated(path, out, size):
    """The first `size` bytes of a file."""
    out.write_bytes(path.read_bytes()[:size])
    return out


def elf(out, entry=0x100000, headers=(), phoff=64, phnum=None, phentsize=56, machine=62):
    """A 64-bit ELF executable with these program headers: (type, offset, paddr, filesz, memsz)."""
    count = len(headers) if phnum is None else phnum
    ident = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = ident + struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, entry, phoff, 0, 0, 64, phentsize, count, 0, 0, 0)
    table = b"".join(struct.pack("<IIQQQQQQ", kind, 7, offset, paddr, paddr, filesz, memsz, 4096)
                     for kind, offset, paddr, filesz, memsz in headers)
    out.write_bytes(header + table + bytes(4096))
    return out


def vmlinux_of(bzimage, out):
    """The ELF kernel inside a bzImage (Linux/x86 boot protocol: payload_offset and payload_length)."""
    image = bzimage.read_bytes()
    setup_sectors = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = image[start:start + length]
    out.write_bytes(_unpack(payload))
    return out


def _unpack(payload):
    # The payload ends with four bytes of its unpacked size, which the decoder must not see.
    if payload[:6] == b"\xfd7zXZ\x00":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(payload)
    tools = {b"\x02!L\x18": ["lz4", "-dc"], b"\x28\xb5\x2f\xfd": ["zstd", "-dc"]}
    if payload[:4] not in tools:
        raise ValueError(f"kernel packed in an unknown way: {payload[:6].hex()}")
    return subprocess.run(tools[payload[:4]], input=payload[:-4], stdout=subprocess.PIPE, check=True).stdout
