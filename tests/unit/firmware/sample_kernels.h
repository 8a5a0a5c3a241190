// Small kernels of every format, made by hand from the specifications.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "firmware/layout/byte_writer.h"
#include "firmware/loader/kernel.h"

namespace duet::firmware::test {

// A file whose payload bytes are recognisable: byte i of the payload is (i * 7 + 1) & 0xff.
inline u8 payloadByte(u64 i) { return static_cast<u8>(i * 7 + 1); }

struct BzImageOptions {
  u16 version = 0x20f;
  u16 xloadflags = 1;
  u8 loadflags = 1;
  u8 setupSectors = 3;
  u64 payload = 4096;
  u32 initSize = 0x20000;
  u64 preferred = 0x1000000;
  u32 alignment = 0x200000;
  u8 relocatable = 1;
  u32 initrdMax = 0x7fffffff;
  u32 commandLineSize = 2047;
};

inline FileBytes bzImage(const BzImageOptions& o = {}) {
  std::vector<u8> f((o.setupSectors + 1u) * 512 + o.payload);
  const std::span<u8> s(f);
  setField<u8>(s, 0x1f1, o.setupSectors);
  setField<u32>(s, 0x1f4, static_cast<u32>(o.payload / 16));
  setField<u16>(s, 0x1fe, 0xaa55);
  setField<u8>(s, 0x200, 0xeb);
  setField<u8>(s, 0x201, 0x66);  // header ends at 0x268
  std::memcpy(&f[0x202], "HdrS", 4);
  setField<u16>(s, 0x206, o.version);
  setField<u8>(s, 0x211, o.loadflags);
  setField<u32>(s, 0x214, 0x100000);
  setField<u32>(s, 0x22c, o.initrdMax);
  setField<u32>(s, 0x230, o.alignment);
  setField<u8>(s, 0x234, o.relocatable);
  setField<u16>(s, 0x236, o.xloadflags);
  setField<u32>(s, 0x238, o.commandLineSize);
  setField<u64>(s, 0x258, o.preferred);
  setField<u32>(s, 0x260, o.initSize);
  for (u64 i = 0; i < o.payload; ++i) f[f.size() - o.payload + i] = payloadByte(i);
  return {"test.bz", std::move(f)};
}

struct ElfOptions {
  bool wide = true;
  u64 physical = 0x200000, virtualAddress = 0x200000;
  u64 entry = 0x200010;
  u64 fileSize = 256, memorySize = 4096;
  u32 pvhEntry = 0;          // 0: no note
  u32 multibootFlags = ~0u;  // ~0: no header; else at the start of the segment
};

// Header, two program headers (PT_LOAD, PT_NOTE or PT_NULL), a note, then the segment at 0x200.
inline FileBytes elf(const ElfOptions& o = {}) {
  ByteWriter w;
  const auto word = [&](u64 v) { o.wide ? w.u64le(v) : w.u32le(v); };
  w.raw(std::array<u8, 16>{0x7f, 'E', 'L', 'F', static_cast<u8>(o.wide ? 2 : 1), 1, 1});
  w.u16le(2);
  w.u16le(o.wide ? 62 : 3);
  w.u32le(1);
  word(o.entry);
  word(o.wide ? 64 : 52);
  word(0);
  w.u32le(0);
  w.u16le(o.wide ? 64 : 52);
  w.u16le(o.wide ? 56 : 32);
  w.u16le(2);
  for (int i = 0; i < 3; ++i) w.u16le(0);
  const auto programHeader = [&](u32 type, u64 offset, u64 va, u64 pa, u64 filesz, u64 memsz) {
    w.u32le(type);
    if (o.wide) w.u32le(7);
    word(offset);
    word(va);
    word(pa);
    word(filesz);
    word(memsz);
    if (!o.wide) w.u32le(7);
    word(4);
  };
  programHeader(1, 0x200, o.virtualAddress, o.physical, o.fileSize, o.memorySize);
  programHeader(o.pvhEntry ? 4 : 0, 0x180, 0, 0, 20, 20);
  w.zeros(0x180 - w.size());
  w.u32le(4);
  w.u32le(4);
  w.u32le(18);
  w.text("Xen", 4);
  w.u32le(o.pvhEntry);
  w.zeros(0x200 - w.size());
  for (u64 i = 0; i < o.fileSize; ++i) w.u8le(payloadByte(i));
  if (o.multibootFlags != ~0u) {
    w.patch(0x200, 0x1badb002, 4);
    w.patch(0x204, o.multibootFlags, 4);
    w.patch(0x208, static_cast<u32>(-(0x1badb002 + o.multibootFlags)), 4);
  }
  return {"test.elf", w.take()};
}

// A flat Multiboot file with address fields; the header at `headerOffset`.
struct FlatOptions {
  u64 headerOffset = 0x40;
  u32 load = 0x100000, loadEnd = 0, bssEnd = 0, entry = 0x100080;
  u64 size = 1024;
};
inline FileBytes flatMultiboot(const FlatOptions& o = {}) {
  std::vector<u8> f(o.size);
  for (u64 i = 0; i < f.size(); ++i) f[i] = payloadByte(i);
  const std::span<u8> s(f);
  const u32 flags = 0x10003;
  const u64 h = o.headerOffset;
  setField<u32>(s, h, 0x1badb002);
  setField<u32>(s, h + 4, flags);
  setField<u32>(s, h + 8, static_cast<u32>(-(0x1badb002 + flags)));
  setField<u32>(s, h + 12, o.load + static_cast<u32>(h));
  setField<u32>(s, h + 16, o.load);
  setField<u32>(s, h + 20, o.loadEnd);
  setField<u32>(s, h + 24, o.bssEnd);
  setField<u32>(s, h + 28, o.entry);
  return {"test.flat", std::move(f)};
}

}  // namespace duet::firmware::test
