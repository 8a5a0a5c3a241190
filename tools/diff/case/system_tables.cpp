// Descriptors, gates and task segments of the system world's stage.
#include "tools/diff/case/system_tables.h"

#include <cstring>

#include "core/base/assert.h"
#include "core/cpu/exception.h"
#include "tools/diff/case/descriptor.h"
#include "tools/diff/case/system_stage.h"

namespace duet::diff::stage {
namespace {

constexpr u32 kFlat = 0xfffff, kBig = kSegDb | kSegG;

constexpr u32 segment(unsigned dpl, u32 type) { return kSegPresent | kSegS | dpl << 5 | type; }
constexpr u32 system(unsigned dpl, u32 type) { return kSegPresent | dpl << 5 | type; }

// A call gate: where to, how many parameters (SDM vol. 3 figure 5-8).
constexpr u64 gate(u16 selector, u32 offset, u32 attributes, unsigned count = 0) {
  return (u64{offset} & 0xffff) | u64{selector} << 16 | u64{count} << 32 | u64{attributes} << 40 |
         u64{offset >> 16} << 48;
}

constexpr u32 kKernelEntry = kKernelCode + 0xf00, kUserEntry = kUserCode + 0xf00;

struct Entry {
  unsigned index;
  u64 value;
};

constexpr u64 ofKind(unsigned dpl, Kind kind) {
  switch (kind) {
    case kCode32:
      return descriptor(0, kFlat, segment(dpl, 0xb) | kBig);
    case kData32:
      return descriptor(0, kFlat, segment(dpl, 3) | kBig);
    case kCode64:
      return descriptor(0, kFlat, segment(dpl, 0xb) | kSegL | kSegG);
    case kCode16:
      return descriptor(0, 0xffff, segment(dpl, 0xb));
    case kData16:
      return descriptor(0, 0xffff, segment(dpl, 3));
    case kConforming:
      return descriptor(0, kFlat, segment(dpl, 0xf) | kBig);
    case kExpandDown:
      return descriptor(0, kUserCode + 0xfff, segment(dpl, 7) | kSegDb);
    case kReadOnlyData:
      return descriptor(0, kFlat, segment(dpl, 1) | kBig);
  }
  return 0;
}

// Beside the eight of each privilege. System descriptors have an even number, and nothing behind them: in long mode they
// take two places.
constexpr Entry kOthers[] = {
    {33, descriptor(0, kFlat, (segment(0, 0xb) & ~u32{kSegPresent}) | kBig)},
    {34, descriptor(0, kFlat, (segment(3, 3) & ~u32{kSegPresent}) | kBig)},
    {35, descriptor(0, kFlat, (segment(3, 0xb) & ~u32{kSegPresent}) | kBig)},
    {36, descriptor(0, kFlat, segment(3, 9) | kBig)},                 // execute only
    {37, descriptor(0, kUserData0 + 0xfff, segment(3, 3) | kSegDb)},  // with a limit
    {38, descriptor(0, kFlat, segment(3, 2) | kBig)},                 // not accessed
    {39, descriptor(0, kFlat, segment(0, 0xa) | kBig)},
    {40, descriptor(0, kFlat, segment(0, 0xb) | kBig | kSegL)},  // L and D
    {41, descriptor(0, kKernelCode + 0x7ff, segment(0, 0xb) | kSegDb)},
    {42, descriptor(0x1000, kFlat, segment(3, 3) | kBig)},  // with a base
    {43, descriptor(0, kFlat, segment(0, 0xf) | kSegL | kSegG)},
    {44, descriptor(0, kFlat, segment(3, 0xf) | kSegL | kSegG)},
    {45, descriptor(0, kFlat, segment(0, 2) | kBig)},
    {48, descriptor(kLdt, kLdtLimit, system(0, 2))},
    {50, descriptor(kTss32, kTss32Limit, system(0, 0xb))},
    {52, descriptor(kOtherTss32, kTss32Limit, system(3, 9))},
    {54, descriptor(kOtherTss16, kTss16Limit, system(3, 1))},
    {56, descriptor(kTss64, kTss64Limit, system(0, 9))},
    {58, descriptor(kTss64, kTss64Limit, system(0, 0xb))},
    {60, descriptor(kOtherTss32, kTss32Limit, system(3, 9) & ~u32{kSegPresent})},
    {62, descriptor(kLdt, kLdtLimit, system(0, 2) & ~u32{kSegPresent})},
    {64, descriptor(kLdt, 7, system(0, 2))},
    {66, gate(selectorOf(0, kCode32), kKernelEntry, system(3, 0xc))},
    {68, gate(selectorOf(1, kCode32), kKernelEntry, system(3, 0xc), 2)},
    {70, gate(selectorOf(0, kCode32), kKernelEntry, system(0, 0xc))},
    {72, gate(selectorOf(0, kCode16), kKernelEntry, system(3, 4), 1)},
    {74, gate(selectorOf(0, kConforming), kKernelEntry, system(3, 0xc))},
    {76, gate(selectorOf(0, kCode32), kKernelEntry, system(3, 0xc) & ~u32{kSegPresent})},
    {78, gate(selectorOf(3, kCode32), kUserEntry, system(3, 0xc))},
    {80, gate(0, kKernelEntry, system(3, 0xc))},
    {82, gate(selectorOf(0, kData32), kKernelEntry, system(3, 0xc))},
    {84, gate(selectorOf(0, kCode64), kKernelEntry, system(3, 0xc))},
    {86, gate(selectorOf(1, kCode64), kKernelEntry, system(3, 0xc))},
    {88, gate(33 * 8, kKernelEntry, system(3, 0xc))},  // its segment is not present
    {90, gate(selectorOf(0, kCode64), kKernelEntry, system(3, 0xc))},
    {91, u64{9} << 40},  // long mode: the upper half has a type
    {92, gate(selectorOf(3, kCode64), kUserEntry, system(3, 0xc))},
    {94, gate(52 * 8, 0, system(3, 5))},
    {96, gate(52 * 8, 0, system(0, 5))},
    {98, gate(kLdtSelector, 0, system(3, 5))},
    {100, u64{system(3, 0)} << 40},
    {102, u64{system(3, 8)} << 40},
    {104, u64{system(3, 0xd)} << 40},
    {106, descriptor(kTss16, kTss16Limit, system(0, 3))},
    {108, descriptor(kOtherTss32, 0x40, system(3, 9))},  // too short
};

constexpr u64 kLdtEntries[] = {ofKind(0, kCode32), ofKind(3, kData32), ofKind(3, kCode32),
                               descriptor(0, kFlat, (segment(3, 3) & ~u32{kSegPresent}) | kBig),
                               ofKind(3, kCode64)};

template <class T>
void put(u8* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

// What the gates of the odd vectors lead to; `code`: the kind of code segment that handlers of this IDT have.
struct Gate {
  u16 selector;
  u32 attributes;
  u32 offset;
  u8 stack = 0;  // 64 bits: IST
};

Gate oddGate(unsigned vector, Kind code, u32 interrupt) {
  const u16 usual = selectorOf(0, code);
  const u32 handler = kHandlers + vector;
  switch (vector - kFirstOddVector) {
    case 0:
      return {usual, system(3, interrupt), handler};
    case 1:
      return {usual, system(3, interrupt | 1), handler};  // a trap gate
    case 2:
      return {usual, system(2, interrupt), handler};
    case 3:
      return {usual, system(1, interrupt), handler};
    case 4:
      return {usual, system(0, interrupt), handler};
    case 5:
      return {usual, system(3, interrupt) & ~u32{kSegPresent}, handler};
    case 6:
      return {usual, system(0, interrupt) & ~u32{kSegPresent}, handler};
    case 7:
      return {usual, system(3, 0xc), handler};
    case 8:
      return {52 * 8, system(3, 5), 0};
    case 9:
      return {0, system(3, interrupt), handler};
    case 10:
      return {selectorOf(0, kData32), system(3, interrupt), handler};
    case 11:
      return {33 * 8, system(3, interrupt), handler};
    case 12:
      return {selectorOf(3, code), system(3, interrupt), kUserEntry};
    case 13:
      return {selectorOf(0, kConforming), system(3, interrupt), handler};
    case 14:
      return {usual, system(3, 6), handler};  // 16 bits
    case 15:
      return {selectorOf(1, code), system(3, interrupt), handler};
    case 16:
      return {selectorOf(2, code), system(3, interrupt), handler};
    case 17:
      return {selectorOf(0, kCode16), system(3, interrupt), handler};
    case 18:
      return {4, system(3, interrupt), handler};  // of the LDT
    case 19:
      return {kGdtLimit + 1, system(3, interrupt), handler};
    case 20:
      return {usual, system(3, interrupt), handler, 1};
    case 21:
      return {41 * 8, system(3, interrupt), kKernelCode + 0x800};  // beyond the segment's limit
    case 22:
      return {39 * 8, system(3, interrupt), handler};  // not accessed
    default:
      return {usual, 0, handler};
  }
}

Gate gateOf(unsigned vector, Kind code, u32 interrupt) {
  if (vector >= kFirstOddVector && vector <= kLastOddVector) return oddGate(vector, code, interrupt);
  const bool user = vector == kExcBP || vector == kExcOF || vector > kLastOddVector;
  return {selectorOf(0, code), system(user ? 3 : 0, interrupt), kHandlers + vector};
}

void putStacks(u8* tss, unsigned pointerSize, unsigned selectorAt) {
  for (unsigned level = 0; level < 3; ++level) {
    const u64 top = stackTop(level);
    u8* at = tss + (pointerSize == 2 ? 2 : 4) + level * (pointerSize == 8 ? 8 : 2 * pointerSize);
    std::memcpy(at, &top, pointerSize);
    if (selectorAt) put(at + pointerSize, static_cast<u16>(selectorOf(level, kData32) | level));
  }
}

// Of the permission map every third port is closed; what lies beyond the limit is, too (SDM vol. 1 19.5.2).
void putPortMap(u8* tss) {
  constexpr u16 kAt = 0x88;
  put(tss + 102, kAt);
  for (unsigned port = 0; port < 512; port += 3) tss[kAt + port / 8] |= static_cast<u8>(1u << port % 8);
  tss[kTss32Limit] = 0xff;
}

void putOtherTask32(u8* tss) {
  put(tss + 28, u32{kDirectory32});
  put(tss + 32, kKernelCode + 0xf80);
  put(tss + 36, u32{2});
  put(tss + 56, static_cast<u32>(stackTop(3)));
  for (unsigned at : {72u, 80u, 84u, 88u, 92u}) put(tss + at, selectorOf(0, kData32));
  put(tss + 76, selectorOf(0, kCode32));
  put(tss + 96, kLdtSelector);
}

void putOtherTask16(u8* tss) {
  put(tss + 14, static_cast<u16>(kKernelCode + 0xf80));
  put(tss + 16, u16{2});
  put(tss + 26, static_cast<u16>(stackTop(3)));
  for (unsigned at : {34u, 38u, 40u}) put(tss + at, selectorOf(0, kData16));
  put(tss + 36, selectorOf(0, kCode16));
}

}  // namespace

u64 descriptorAt(u16 selector) {
  const unsigned index = selector >> 3;
  if (selector & 4) return index < std::size(kLdtEntries) ? kLdtEntries[index] : 0;
  if (index >= 1 && index <= 32) return ofKind((index - 1) / 8, static_cast<Kind>((index - 1) % 8));
  for (const Entry& e : kOthers)
    if (e.index == index) return e.value;
  return 0;
}

std::span<const u16> selectors() {
  static const std::vector<u16> list = [] {
    std::vector<u16> out;
    for (unsigned index = 1; index <= 32; ++index) out.push_back(static_cast<u16>(index << 3));
    for (const Entry& e : kOthers) out.push_back(static_cast<u16>(e.index << 3));
    for (unsigned index = 0; index < std::size(kLdtEntries); ++index)
      out.push_back(static_cast<u16>(index << 3 | 4));
    return out;
  }();
  return list;
}

std::span<const u16> gateSelectors() {
  static const std::vector<u16> list = [] {
    std::vector<u16> out;
    for (const Entry& e : kOthers)
      if (e.index >= 50) out.push_back(static_cast<u16>(e.index << 3));
    return out;
  }();
  return list;
}

void putDescriptors(u8* gdt, u8* ldt) {
  for (u16 selector = 8; selector < kGdtLimit; selector = static_cast<u16>(selector + 8))
    put(gdt + selector, descriptorAt(selector));
  std::memcpy(ldt, kLdtEntries, sizeof kLdtEntries);
}

void putGates(u8* ram) {
  for (unsigned v = 0; v < 256; ++v) {
    put(ram + kVectors + 4 * v, u32{kHandlers + v});
    const Gate narrow = gateOf(v, kCode16, 6), usual = gateOf(v, kCode32, 0xe),
               wide = gateOf(v, kCode64, 0xe);
    put(ram + kIdt16 + 8 * v, gate(narrow.selector, narrow.offset, narrow.attributes));
    put(ram + kIdt32 + 8 * v, gate(usual.selector, usual.offset, usual.attributes));
    put(ram + kIdt64 + 16 * v, gate(wide.selector, wide.offset, wide.attributes, wide.stack));
  }
}

void putTasks(u8* ram) {
  for (u32 at : {u32{kTss32}, u32{kOtherTss32}}) {
    putStacks(ram + at, 4, true);
    putPortMap(ram + at);
  }
  for (u32 at : {u32{kTss16}, u32{kOtherTss16}}) putStacks(ram + at, 2, true);
  putStacks(ram + kTss64, 8, false);
  put(ram + kTss64 + 36, stackTop(3));  // IST1
  putPortMap(ram + kTss64);
  putOtherTask32(ram + kOtherTss32);
  putOtherTask16(ram + kOtherTss16);
}

}  // namespace duet::diff::stage
