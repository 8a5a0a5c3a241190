#include "tools/diff/engine/system_area.h"

#include <cstring>

#include "core/cpu/exception.h"
#include "tools/diff/case/user_world.h"

namespace duet::diff {
namespace {

// Guest-physical addresses; linear ones are kBase above them.
enum : u64 {
  kGdt = 0x1000,
  kTss = 0x2000,
  kIdt = 0x3000,
  kHandlers = SystemArea::kHandlers,
  kStackTop = 0x6000,
  kTables = 0x8000,
};
constexpr u64 kBase = 0xffffffff80000000, kHandlerSize = SystemArea::kHandlerSize, kPage = 4096;
constexpr u16 kKernelCode = 0x10, kTssSelector = 0x40, kTssLimit = 0x67;
constexpr u32 kGdtLimit = 16 * 8 - 1;

// Accessed and dirty already, so that the processor has nothing to write into the tables.
constexpr u64 kPresent = 1, kWritable = 2, kUser = 4, kAccessedDirty = 0x60, kNoExecute = u64{1} << 63;
constexpr u64 kAddressMask = 0x000ffffffffff000;

template <class T>
void put(u8* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

class Tables {
 public:
  explicit Tables(u8* ram) : ram_(ram) {}

  // False: no room for another table.
  bool map(u64 linear, u64 physical, u64 flags) {
    u64 table = kTables;
    for (unsigned level = 3; level > 0; --level) {
      u8* entry = at(table, linear >> (12 + 9 * level));
      u64 value;
      std::memcpy(&value, entry, 8);
      if (!value) {
        if (next_ + kPage > SystemArea::kSize) return false;
        value = next_ | kPresent | kWritable | kUser | kAccessedDirty;
        next_ += kPage;
        put(entry, value);
      }
      table = value & kAddressMask;
    }
    put(at(table, linear >> 12), physical | kPresent | kAccessedDirty | flags);
    return true;
  }

 private:
  u8* at(u64 table, u64 index) { return ram_ + table + (index & 511) * 8; }

  u8* ram_;
  u64 next_ = kTables + kPage;
};

u64 pageFlags(PageAccess access) {
  const bool write = access == PageAccess::ReadWrite || access == PageAccess::ReadWriteExecute;
  const bool execute = access == PageAccess::ReadExecute || access == PageAccess::ReadWriteExecute;
  return kUser | (write ? kWritable : 0) | (execute ? 0 : kNoExecute);
}

// SDM vol. 3 figure 6-8: 64-bit interrupt gate. Linux lets user mode use those of INT3 and INTO alone, and INT 80h.
void putGate(u8* ram, unsigned vector) {
  const u64 handler = kBase + kHandlers + vector * kHandlerSize;
  const bool user = vector == kExcBP || vector == kExcOF || vector == 0x80;
  const u64 low = (handler & 0xffff) | u64{kKernelCode} << 16 | u64{0x8e00u | (user ? 3u << 13 : 0)} << 32 |
                  (handler >> 16 & 0xffff) << 48;
  put(ram + kIdt + vector * 16, low);
  put(ram + kIdt + vector * 16 + 8, handler >> 32);
}

void putDescriptors(u8* ram) {
  for (const Descriptor& d : userDescriptors()) put(ram + kGdt + (d.selector & ~7u), d.value);
  const u64 base = kBase + kTss;
  put(ram + kGdt + kTssSelector,
      u64{kTssLimit} | (base & 0xffffff) << 16 | u64{0x8b} << 40 | (base >> 24 & 0xff) << 56);
  put(ram + kGdt + kTssSelector + 8, base >> 32);
}

bool pushesErrorCode(unsigned vector) {
  return vector == kExcDF || (vector >= kExcTS && vector <= kExcPF) || vector == kExcAC || vector == kExcCP;
}

}  // namespace

Result<> SystemArea::build(u8* ram, const Memory& memory) {
  std::memset(ram, 0, kSize);
  putDescriptors(ram);
  put(ram + kTss + 4, kBase + kStackTop);      // RSP0
  put(ram + kTss + 0x66, u16{kTssLimit + 1});  // no I/O permission map
  for (unsigned v = 0; v < 256; ++v) {
    putGate(ram, v);
    ram[kHandlers + v * kHandlerSize] = 0xf4;  // HLT
  }
  Tables tables(ram);
  bool room = true;
  for (u64 at = 0; at < kTables; at += kPage) room = room && tables.map(kBase + at, at, kWritable);
  u64 physical = kSize;
  for (const Page& page : memory.pages) {
    if (page.address >> 32)
      return fail("the page at {:#x} lies above 4 GiB, where no user case may have one", page.address);
    room = room && tables.map(page.address, physical, pageFlags(page.access));
    physical += kPage;
  }
  if (!room) return fail("the case's {} pages lie too far apart for the page tables", memory.pages.size());
  return {};
}

void SystemArea::enter(CpuState& state) {
  state.cr3 = kTables;
  state.gdtr = {kBase + kGdt, kGdtLimit};
  state.idtr = {kBase + kIdt, 256 * 16 - 1};
  state.tr = {kTssSelector, kBase + kTss, kTssLimit, 0x8b};
  state.ldtr = {0, 0, 0, kSegUnusable};
}

std::optional<SystemArea::Frame> SystemArea::frame(const u8* ram, const CpuState& halted) {
  const u64 vector = (halted.rip - 1 - kBase - kHandlers) / kHandlerSize;
  if (halted.activity != Activity::Halted || vector > 255) return std::nullopt;
  const bool code = pushesErrorCode(static_cast<unsigned>(vector));
  u64 words[6];
  const u64 at = kStackTop - (code ? 48 : 40);
  std::memcpy(words, ram + at, code ? 48 : 40);
  const u64* rest = words + (code ? 1 : 0);
  return Frame{{static_cast<u8>(vector), code, code ? static_cast<u32>(words[0]) : 0},
               rest[0],
               rest[1],
               rest[2],
               rest[3],
               rest[4]};
}

}  // namespace duet::diff
