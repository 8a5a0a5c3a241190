#include "tests/diff/planted/system_cases.h"

#include "core/cpu/registers.h"

namespace duet::diff::planted {
namespace {

// Physical pages; linear addresses are the same, but where a case says otherwise.
constexpr u32 kDirectory = 0x1000, kTable = 0x2000, kGdt = 0x3000, kFirst = 0x5000, kSecond = 0x6000,
              kCode = 0x7000;
constexpr u32 kPresentWritable = 3, kAccessedDirty = 0x60;
constexpr u16 kDataSelector = 0x10;

Piece piece(u64 address, std::initializer_list<u32> words) {
  Piece out{address, {}};
  for (const u32 w : words)
    for (unsigned shift = 0; shift < 32; shift += 8) out.bytes.push_back(static_cast<u8>(w >> shift));
  return out;
}

// SDM vol. 3 4.3, 32-bit paging: the first eight pages onto themselves.
Piece pageTable() {
  Piece out = piece(kTable, {});
  for (u32 page = 0; page < 8; ++page) {
    const Piece entry = piece(0, {page << 12 | kPresentWritable | kAccessedDirty});
    out.bytes.insert(out.bytes.end(), entry.bytes.begin(), entry.bytes.end());
  }
  return out;
}

// 32-bit protected mode, privilege 0, flat.
Case flat(std::vector<u8> code) {
  auto memory = std::make_shared<Memory>();
  for (u64 at = 0; at < 0x8000; at += sizeof(PageBytes))
    memory->pages.push_back({at, PageAccess::ReadWrite, {}});
  Case c;
  c.world = World::System;
  c.memory = std::move(memory);
  c.pieces = {{kCode, std::move(code)}};
  c.start = resetState(true);
  c.start.rip = kCode;
  c.start.cr0 = kCr0Pe | kCr0Et;
  for (SegmentRegister& s : c.start.segment)
    s = {kDataSelector, 0, ~u32{0}, kSegG | kSegDb | kSegPresent | kSegS | 3};
  c.start.segment[kSegCs].selector = 8;
  c.start.segment[kSegCs].attributes |= 8;
  return c;
}

// Reads a page, maps another one there, does what flushes the TLB, and reads again.
Case remapped(std::vector<u8> flush) {
  std::vector<u8> code = {0xa0, 0x00, 0x50, 0x00, 0x00,  // MOV AL, [5000h]
                          0xc6, 0x05, 0x15, 0x20, 0x00,
                          0x00, 0x60};  // MOV BYTE [2015h], 60h: the entry's address
  code.insert(code.end(), flush.begin(), flush.end());
  code.insert(code.end(), {0x8a, 0x1d, 0x00, 0x50, 0x00, 0x00, 0xf4});  // MOV BL, [5000h]; HLT
  Case c = flat(std::move(code));
  c.pieces.push_back(piece(kDirectory, {kTable | kPresentWritable | kAccessedDirty}));
  c.pieces.push_back(pageTable());
  c.pieces.push_back(piece(kFirst, {0x11}));
  c.pieces.push_back(piece(kSecond, {0x22}));
  c.start.cr0 |= kCr0Pg;
  c.start.cr3 = c.start.gpr[kRcx] = kDirectory;
  return c;
}

// A flat data segment, not accessed yet, at kDataSelector.
Case loadsSegment() {
  Case c = flat({0x8e, 0xd8, 0xf4});  // MOV DS, AX; HLT
  c.pieces.push_back(piece(kGdt + kDataSelector, {0x0000ffff, 0x00cf9200}));
  c.start.gdtr = {kGdt, 0x1f};
  c.start.gpr[kRax] = kDataSelector;
  return c;
}

}  // namespace

std::vector<Case> systemCases() {
  return {flat({0x0f, 0x01, 0xf0, 0xf4}),                        // LMSW AX; HLT
          loadsSegment(),                                        //
          remapped({0x0f, 0x01, 0x3d, 0x00, 0x50, 0x00, 0x00}),  // INVLPG [5000h]
          remapped({0x0f, 0x22, 0xd9})};                         // MOV CR3, ECX
}

}  // namespace duet::diff::planted
